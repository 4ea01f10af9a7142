"""
Spots: where a character of a scalar's value is written.

A value is not the text that stands for it: quotes, escapes, indentation and folded lines lie between. Both are walked side
by side. Blanks are matched with blanks without counting them, since no message points at one.
"""

from yett.model.errors import Place
from yett.policy.nodes import Scalar

__all__ = ["Spots"]

_ESCAPES = {"x": 4, "u": 6, "U": 10}
"""How long an escape in double quotes is, by its letter; all others are two characters long."""
_ESCAPED_BLANKS = frozenset({"\\\n", "\\ ", "\\\t"})


class Spots:
    """Tell the places of the characters of one scalar."""

    def __init__(self, scalar: Scalar) -> None:
        self._start = scalar.place
        # One that nobody read from a file is taken as written plainly.
        self._raw = scalar.written or scalar.text
        self._offsets = tuple(_offsets(scalar.text, self._raw) if scalar.written else range(len(scalar.text)))

    def place(self, offset: int) -> Place:
        """Return where the character at *offset* of the value is written; the end where there is none."""
        if not self._offsets:
            return self._start
        last = len(self._offsets) - 1
        at = self._offsets[offset] if offset <= last else self._offsets[last] + offset - last
        before = self._raw[:at]
        lines = before.count("\n")
        column = at - before.rfind("\n") if lines else self._start.column + at
        return Place(self._start.file, self._start.line + lines, column)


def _offsets(value: str, raw: str) -> list[int]:
    at, quote = _body(raw)
    offsets = []
    for char in value:
        if not char.isspace():
            at = _inked(raw, at, quote)
        offsets.append(at)
        at += _width(raw, at, quote)
    return offsets


def _body(raw: str) -> tuple[int, str]:
    """Return where the value begins, and its quote."""
    at = 0
    if raw.startswith("!"):
        tag = raw.split(maxsplit=1)[0]
        at = _inked(raw, len(tag), "")
    first = raw[at : at + 1]
    if first in {"|", ">"}:
        return raw.find("\n", at) + 1 or len(raw), ""
    return (at + 1, first) if first in {"'", '"'} else (at, "")


def _inked(raw: str, at: int, quote: str) -> int:
    """Return the first position from *at* on that is not blank, and no escaped blank or end of a line."""
    while raw[at : at + 1].isspace() or (quote == '"' and raw[at : at + 2] in _ESCAPED_BLANKS):
        at += 1
    return at


def _width(raw: str, at: int, quote: str) -> int:
    if quote == "'" and raw.startswith("''", at):
        return 2
    if quote == '"' and raw.startswith("\\", at):
        return _ESCAPES.get(raw[at + 1 : at + 2], 2)
    return 1
