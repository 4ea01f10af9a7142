"""
Retelling: what the revision writes of rules that are alike, put together from what is written of one of them.

It is written once, of the rule with marks in its holes; wherever a mark comes out of it, what is in the hole of another rule
belongs there. A list brings the sorts of its members along, which are written behind it.
"""

import re
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as quoted

from yett.policy.clause import Clause
from yett.policy.holes import MARK, MARK_WORD, Hole
from yett.policy.revision import written
from yett.policy.values import Scalar, sort_of

__all__ = ["Retelling"]

_MARKED = re.compile(rf"{MARK // 1000}\d{{3}}")
"""The number of a mark, wherever it is."""
_BEHIND = re.compile(r'\], \["[a-z]+"\]')
"""What follows the one member of a list."""


class Retelling:
    """What is written of the rules that are as *clause* is, which has *count* marks."""

    __slots__ = ("_asked", "_form")

    def __init__(self, clause: Clause, count: int) -> None:
        text, at, form = written(clause), 0, []
        self._asked: list[tuple[int, bool]] = []
        """Where a rule's own belongs: whose hole it is, and whether what is in it is written as a word."""
        for found in _MARKED.finditer(text):
            place = int(found[0]) - MARK
            if 0 <= place < count:
                start, end, is_word = _written_as(text, *found.span())
                form.append(text[at:start])
                self._asked.append((place, is_word))
                at = end
        self._form = "%s".join([piece.replace("%", "%%") for piece in (*form, text[at:])])

    def __len__(self) -> int:
        """Return how many holes are written."""
        return len(self._asked)

    def of(self, holes: Sequence[Hole]) -> str:
        """Return what is written of the rule with these *holes*."""
        return self._form % tuple(
            [quoted(holes[place].text) if is_word else _told(holes[place].value) for place, is_word in self._asked]
        )


def _written_as(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Say where all that stands for a mark is, whose number is at these places of *text*, and whether it is a word."""
    start -= len(MARK_WORD) if text.endswith(MARK_WORD, 0, start) else 0
    is_word = text[start - 1] == '"' == text[end]
    first, last = start - is_word, end + is_word
    listed = _BEHIND.match(text, last) if text[first - 1] == "[" else None
    return (first - 1, listed.end(), False) if listed else (first, last, is_word)


def _told(value: Scalar | tuple[Scalar, ...] | None) -> str:
    if not isinstance(value, tuple):
        return repr(value)
    told = [quoted(each) if isinstance(each, str) else repr(each) for each in value]
    return f"[{', '.join(told)}], [{', '.join(quoted(sort_of(each)) for each in value)}]"
