"""
Surroundings: one text that many rules ask about, each at many places.

Rules:

1. What is told of a place is what a look at the bytes around it says. Who asks for the same words often is told from a
   list of all places where they stand, which is made once.
2. A value is checked once, however often it stands in the text and however many rules find it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yett.detectors.expression import Spans, compiled
from yett.detectors.validators import VALIDATORS, Validator

__all__ = ["Surroundings"]

_FEW = 8
_BYTES_FOR_EACH = 1024
"""Looking through so many bytes for words takes as long as looking around one place."""

_BEYOND = 1 << 48
"""A place behind all others."""
_Places = NDArray[np.intp]


class _Stretches(NamedTuple):
    """Stretches that follow one another and share no byte, and one behind all places."""

    starts: _Places
    ends: _Places


class _Checked(dict[str, bool]):
    """Which values a validator believes."""

    __slots__ = ("_believes",)

    def __init__(self, validator: Validator) -> None:
        super().__init__()
        self._believes = validator

    def __missing__(self, value: str) -> bool:
        believed = self[value] = self._believes(value)
        return believed


class Surroundings:
    """A text, as UTF-8, and what was found out about it."""

    __slots__ = ("_asked", "_few", "_framed", "_standing", "_text", "_values", "data")

    def __init__(self, data: bytes) -> None:
        """Look at *data*."""
        self.data = data
        self._text = data.decode() if data.isascii() else ""
        self._framed = b""
        self._few = _FEW + len(data) // _BYTES_FOR_EACH
        self._asked: dict[str, int] = {}
        self._standing: dict[str, _Stretches] = {}
        self._values: dict[str, _Checked] = {}

    def believed(self, validator: str, start: int, end: int) -> bool:
        """Say whether *validator* believes the bytes *start* to *end*."""
        return self._checked(validator)[self._value(start, end)]

    def valid(self, validator: str, places: Spans) -> list[bool]:
        """Say of each of *places* whether *validator* believes the bytes there."""
        checked = self._checked(validator)
        if self._text:
            text = self._text
            return [checked[text[start:end]] for start, end in places]
        return [checked[self._value(*place)] for place in places]

    def _value(self, start: int, end: int) -> str:
        return self._text[start:end] if self._text else self.data[start:end].decode(errors="replace")

    def _checked(self, validator: str) -> "_Checked":
        if validator not in self._values:
            self._values[validator] = _Checked(VALIDATORS[validator])
        return self._values[validator]

    def near(self, words: str, places: Spans, reach: int) -> list[bool]:
        """
        Say for each of *places* whether the pattern *words* matches within *reach* bytes before or after it.

        Where the text ends there is a space, which shows that a word stands there whole.
        """
        asked = self._asked[words] = self._asked.get(words, 0) + len(places)
        if asked <= self._few:
            return [self._around(words, place, reach) for place in places]
        if words not in self._standing:
            self._standing[words] = self._all(words)
        starts, ends = np.array(places, np.intp).T + 1
        # Places count in the text between two spaces, one byte further on.
        before = self._within(self._standing[words], np.maximum(0, starts - reach), starts)
        after = self._within(self._standing[words], ends, ends + reach)
        near: list[bool] = (before[0] | after[0]).tolist()
        for at in ((before[1] | after[1]) & ~(before[0] | after[0])).nonzero()[0].tolist():
            near[at] = self._around(words, places[at], reach)
        return near

    def _around(self, words: str, place: tuple[int, int], reach: int) -> bool:
        """Look around one place."""
        text, expression = self.between_spaces, compiled(words)
        start, end = place
        before, after = text[max(0, start + 1 - reach) : start + 1], text[end + 1 : end + 1 + reach]
        return expression.search(before) is not None or expression.search(after) is not None

    @staticmethod
    def _within(standing: _Stretches, lows: _Places, highs: _Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """
        Say where some of the stretches lies within *lows* to *highs*, and where some shares a byte with that.

        What matches within, yet is not among all stretches, shares a byte with one of them.
        """
        starts, ends = standing
        at = starts.searchsorted(lows)
        inside = ends[at] <= highs
        touching = (starts[at] < highs) | ((at > 0) & (ends[at - 1] > lows))
        return inside, touching

    @property
    def between_spaces(self) -> bytes:
        """The text with a space before and after it."""
        self._framed = self._framed or b" %b " % self.data
        return self._framed

    def _all(self, words: str) -> _Stretches:
        text = self.between_spaces
        spans = [(found.whole_start, found.whole_end) for found in compiled(words).finditer(text)]
        starts, ends = np.array([*spans, (_BEYOND, _BEYOND)], np.intp).T
        return _Stretches(starts, ends)
