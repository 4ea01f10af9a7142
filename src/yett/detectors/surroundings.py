"""
Surroundings: one text that many rules ask about, each at many places.

Rules:

1. What is told of a place is what a look at the bytes around it says. Who asks for the same words often is told from a
   list of all places where they stand, which is made once.
2. A value is checked once, however often it stands in the text and however many rules find it.
"""

from bisect import bisect_left
from typing import NamedTuple

from yett.detectors.expression import compiled
from yett.detectors.validators import VALIDATORS

__all__ = ["Surroundings"]

_FEW = 8
_BYTES_FOR_EACH = 1024
"""Looking through so many bytes for words takes as long as looking around one place."""


class _Stretches(NamedTuple):
    """Stretches that follow one another and share no byte."""

    starts: list[int]
    ends: list[int]


class Surroundings:
    """A text, as UTF-8, and what was found out about it."""

    __slots__ = ("_asked", "_few", "_framed", "_standing", "_values", "data")

    def __init__(self, data: bytes) -> None:
        """Look at *data*."""
        self.data = data
        self._framed = b""
        self._few = _FEW + len(data) // _BYTES_FOR_EACH
        self._asked: dict[str, int] = {}
        self._standing: dict[str, _Stretches] = {}
        self._values: dict[str, dict[bytes, bool]] = {}

    def valid(self, validator: str, start: int, end: int) -> bool:
        """Say whether *validator* believes the bytes *start* to *end*."""
        values = self._values.get(validator)
        if values is None:
            values = self._values[validator] = {}
        value = self.data[start:end]
        known = values.get(value)
        if known is None:
            known = values[value] = VALIDATORS[validator](value.decode(errors="replace"))
        return known

    def near(self, words: str, start: int, end: int, reach: int) -> bool:
        """
        Say whether the pattern *words* matches within *reach* bytes before *start* or after *end*.

        Where the text ends there is a space, which shows that a word stands there whole.
        """
        standing = self._standing.get(words)
        if standing is None:
            asked = self._asked[words] = self._asked.get(words, 0) + 1
            if asked > self._few:
                standing = self._standing[words] = self._all(words)
        # Places count in the text between two spaces, one byte further on.
        low, high = start - reach + 1, end + 1 + reach
        return self._within(words, max(0, low), start + 1, standing) or self._within(words, end + 1, high, standing)

    def _within(self, words: str, low: int, high: int, standing: _Stretches | None) -> bool:
        """Say whether *words* match within *low* to *high*, given all stretches where they do, if those are known."""
        if standing is not None:
            starts, ends = standing
            at = bisect_left(starts, low)
            if at < len(starts) and ends[at] <= high:
                return True
            # What matches within, yet is not among all stretches, shares a byte with one of them.
            if (at == len(starts) or starts[at] >= high) and (not at or ends[at - 1] <= low):
                return False
        return compiled(words).search(self._between_spaces[low:high]) is not None

    @property
    def _between_spaces(self) -> bytes:
        self._framed = self._framed or b" %b " % self.data
        return self._framed

    def _all(self, words: str) -> _Stretches:
        spans = [(found.whole_start, found.whole_end) for found in compiled(words).finditer(self._between_spaces)]
        return _Stretches([start for start, _ in spans], [end for _, end in spans])
