"""
Positions: lines and columns of editors, of YAML, and offsets in a text.

Rules:

1. The Language Server Protocol counts lines that end with CR, LF or both, and columns in the units of an encoding, UTF-16 if
   nothing else was agreed on (LSP 3.17, Position). A position behind the end of a line is that end.
2. YAML 1.1, whose parser tells places, ends lines also at NEL, LS and PS, and counts columns in characters.
"""

import re
from types import MappingProxyType

from yett.model.errors import Place

__all__ = ["offset_at", "position_at", "spotted"]

_ENDS = re.compile(r"\r\n|\r|\n")
_YAML_ENDS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_UNITS = MappingProxyType({"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)})
"""The codec of each encoding, and how many bytes a unit has."""
_WORD = re.compile(r"[^\s,:\[\]{}]+|\S")


def offset_at(text: str, line: int, column: int, encoding: str = "utf-16") -> int:
    """Return which character of *text* is at *line* and *column*, both counted from 0."""
    start, end = _line(text, _ENDS, line)
    for offset in range(start, end):
        width = _width(text[offset], encoding)
        if column < width:
            return offset
        column -= width
    return end


def position_at(text: str, offset: int, encoding: str = "utf-16") -> tuple[int, int]:
    """Return at which line and column the character *offset* of *text* is, both counted from 0."""
    line, start = 0, 0
    for end in _ENDS.finditer(text):
        if end.end() > offset:
            break
        line, start = line + 1, end.end()
    return line, _width(text[start:offset], encoding)


def spotted(text: str, place: Place) -> tuple[int, int]:
    """Return from where to where the word at *place* goes; the first line where *place* names none."""
    start, end = _line(text, _YAML_ENDS, max(place.line, 1) - 1)
    if not place.line:
        return start, end
    start = min(start + max(place.column, 1) - 1, end)
    word = _WORD.match(text, start, end)
    return start, word.end() if word else start


def _line(text: str, ends: re.Pattern[str], line: int) -> tuple[int, int]:
    """Return where *line* begins and ends, without what ends it; the end of *text* where there is no such line."""
    start = 0
    for count, end in enumerate(ends.finditer(text)):
        if count == line:
            return start, end.start()
        start = end.end()
    lines = sum(1 for _ in ends.finditer(text))
    return (start, len(text)) if line <= lines else (len(text), len(text))


def _width(text: str, encoding: str) -> int:
    codec, size = _UNITS[encoding]
    return len(text.encode(codec, "surrogatepass")) // size
