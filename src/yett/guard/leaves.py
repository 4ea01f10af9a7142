r"""
Leaves: the words inside JSON, HTML and Markdown, without what these put between them.

An order is the same order when `\u0069gnore` or `i&#103;nore` is written in it, or `ig<b></b>nore`, or when `\n` stands
for a line's end. What stands around such places is read with escapes and entities resolved, tags and emphasis left out. A tag that begins a
line of its own, such as `<p>`, stands between words and not inside of one: it is read as a line's end.
Comments, attributes, link titles and hidden elements stand in the text as it is, and are read there.
"""

import html
import re
from collections.abc import Iterator

import re2

from yett.guard.piece import Edited, Piece, windows

__all__ = ["LEAF", "leaves"]

_TAG = r"</?[A-Za-z][^<>]{0,256}>|<!--[^<>]{0,256}-->"
_ENTITY = r"&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][0-9A-Za-z]{1,30};)"
_ESCAPE = r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})"
_INLINE = r"</?(?i:a|abbr|b|bdi|bdo|big|code|em|font|i|kbd|mark|s|small|span|strong|sub|sup|tt|u|var)\b[^<>]*>"
_APART = rf"{_INLINE}{_INLINE}"
"""What stands between letters each of which has a tag of its own; words that have one are highlighted code."""
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "iframe",
        "label",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "script",
        "section",
        "select",
        "style",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
"""Elements that browsers set apart from what is around them (HTML Living Standard, 15.3)."""
_SHORT = r'\\[nrt"/\\]'
_EMPHASIS = r"\*{1,3}|`{1,3}"
# Only where it stands in or beside a word does it keep anybody from reading.
LEAF = (
    rf"[A-Za-z](?:{_TAG}|{_ENTITY}|{_ESCAPE}|{_SHORT}|{_EMPHASIS})[A-Za-z]"
    rf"|[A-Za-z]{_APART}[A-Za-z]{{1,3}}{_APART}[A-Za-z]"
    rf"|(?:{_ENTITY}|{_ESCAPE})[A-Za-z]|\\[nrt][A-Za-z]{{2}}"
)
"""A pattern for what `leaves` looks for."""
_TELLING = re2.compile(LEAF.encode())
_EDIT = re2.compile(rf"{_TAG}|{_ENTITY}|{_ESCAPE}|{_SHORT}|{_EMPHASIS}".encode())
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_MARKS = (b"<", b"&", b"\\", b"*", b"`")
_MEANING = {"n": "\n", "r": "\n", "t": " "}


def leaves(text: str, data: bytes) -> Iterator[Piece]:
    """
    Yield what stands around markup and escapes in *text* without them; *data* has one byte for each character.

    Raises:
        TooManyPlaces: there are more of them than are looked at.
    """
    if not any(mark in data for mark in _MARKS):
        return
    for start, end in windows(text, (found.span() for found in _TELLING.finditer(data))):
        yield _leaf(text, data, start, end)


def _leaf(text: str, data: bytes, start: int, end: int) -> Piece:
    pieces: list[str] = []
    begins: list[int] = []
    starts: list[tuple[int, int]] = []
    ends: list[tuple[int, int]] = []
    known: dict[str, str] = {}
    last, length = start, 0
    for found in _EDIT.finditer(data, start, end):
        first, after = found.span()
        written = text[first:after]
        meant = known.get(written)
        if meant is None:
            meant = known[written] = _meant(written)
        pieces += (text[last:first], meant)
        begins += (length, length + first - last)
        starts += ((last, 1), (first, 0))
        ends += ((last + 1, 1), (after, 0))
        length += first - last + len(meant)
        last = after
    pieces.append(text[last:end])
    begins.append(length)
    length += end - last
    starts.append((last, 1))
    ends.append((last + 1, 1))
    return Piece("leaves", start, end, "".join(pieces), Edited(begins, starts, length), Edited(begins, ends, length))


def _meant(written: str) -> str:
    """Return what *written*, an escape or markup, stands for."""
    if written[0] == "&":
        return html.unescape(written)
    if written[0] == "<":
        return "\n" if (found := _NAME.match(written)) and found[1].lower() in _BLOCKS else ""
    if written[0] != "\\":
        return ""
    if written[1] in "ux" and len(written) > 2:  # noqa: PLR2004 - a backslash and a letter
        return chr(int(written.lstrip(r"\ux"), 16)).encode(errors="replace").decode()
    return _MEANING.get(written[1], written[1])
