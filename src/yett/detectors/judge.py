"""
Judge: how much a text looks like an attack, and by which of its words.

Rules:

1. A text has the value of its worst window. Very long texts are read in pieces that overlap by a window, so memory is
   bounded and nothing lies across a border unseen.
2. An explanation is exact: what the words of a window weigh, and what is known of it as a whole, add up to its value.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.detectors.features import Featured, Features
from yett.detectors.lexicon import Lexicon
from yett.detectors.linear import DAMPING, LinearModel
from yett.detectors.windows import BLOCK, DENSE, Windows, windows

__all__ = ["Explanation", "Judge", "Piece", "Suspect"]

_Numbers = NDArray[np.float64]
_PIECE = 1 << 15
"""Characters that are read at once."""
_FEATURE_BITS = np.array(32)
_FEATURE = 1 << 32
"""Added to what a feature weighs, if that is anything, so that one sum is both the weight and the number of features."""
_BYTES = np.arange(256).astype(np.uint8).view(np.int8)
_WORTH = _BYTES + (_BYTES != 0) * np.array(_FEATURE)
"""What a feature is worth, by its weight as a byte: two looks at small tables are quicker than one at a large one."""
_HALF = np.array(_FEATURE // 2)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A window and what it looks like."""

    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a window and what it weighs; more than nothing speaks for an attack."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a window has its value: the weights of its *pieces* and of *traits* add up to it."""

    value: float
    score: float
    pieces: tuple[Piece, ...]
    traits: tuple[tuple[str, float], ...]
    """What is known of the window as a whole, and the bias all windows start with."""

    def telling(self) -> tuple[int, int]:
        """Return the stretch whose pieces weigh the most together, beyond what all of them do on average."""
        average = max(0.0, sum(piece.weight for piece in self.pieces) / len(self.pieces))
        best, since, total = (0.0, 0, 0), 0, 0.0
        for index, piece in enumerate(self.pieces):
            if total <= 0.0:
                since, total = index, 0.0
            total += piece.weight - average
            best = max(best, (total, since, index + 1))
        if not best[2]:
            return self.pieces[0].start, self.pieces[-1].end
        return self.pieces[best[1]].start, self.pieces[best[2] - 1].end


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a text was found to be worth."""

    featured: Featured
    cut: Windows
    roots: _Numbers
    """By what the sum of the weights in each window is divided."""
    value: _Numbers
    """Of each window."""


class Judge:
    """Applies a model to texts."""

    __slots__ = ("_factors", "_features", "_weights", "model")

    def __init__(self, model: LinearModel, lexicon: Lexicon) -> None:
        """Judge by *model*, which was learnt with *lexicon*."""
        self.model = model
        self._features = Features(lexicon, model.bits)
        self._factors = model.dense.tolist()
        self._weights = np.append(model.weights, np.int8(0)).view(np.uint8)

    def suspects(self, text: str, most: int = 1, *, trusted: bool) -> list[Suspect]:
        """Return the windows of *text*, at most *most*, that look worst, the worst first; a blank text has none."""
        found = [suspect for start, piece in _pieces(text) for suspect in self._worst(piece, start, most, trusted)]
        return sorted(found, key=lambda suspect: -suspect.value)[:most]

    def _worst(self, text: str, start: int, most: int, trusted: bool) -> Iterator[Suspect]:  # noqa: FBT001 - of `suspects`
        judged = self._judged(text, trusted=trusted)
        starts, ends, value = judged.cut.starts, judged.cut.ends, judged.value
        order = [int(value.argmax())] if most == 1 else np.argsort(-value, kind="stable")[:most].tolist()
        for index in order:
            yield Suspect(start + int(starts[index]), start + int(ends[index]), float(value[index]))

    def _judged(self, text: str, *, trusted: bool) -> _Judged:
        featured = self._features.of(text, trusted=trusted)
        cut = windows(featured.letters, trusted=trusted)
        worth = _WORTH.take(self._weights.take(featured.cells))
        if len(cut.starts) == 1:
            sums = np.add.reduce(worth, keepdims=True)
        else:
            sums = _between(featured.summed(worth), featured.letters.places, cut)
        counts = (sums + _HALF) >> _FEATURE_BITS
        sums -= counts << _FEATURE_BITS
        roots = np.sqrt(counts + DAMPING)
        value = sums * self.model.step
        value /= roots
        value += cut.values(self.model.dense, self._factors)
        value += self.model.bias
        return _Judged(featured, cut, roots, value)

    def explain(self, text: str, *, trusted: bool) -> Explanation:
        """
        Explain the worst window of *text*.

        Raises:
            ValueError: *text* is blank.
        """
        found = self.suspects(text, trusted=trusted)
        if not found:
            raise ValueError("there is nothing to explain in a blank text")
        worst = found[0]
        start, piece = next((start, piece) for start, piece in _pieces(text) if worst.end <= start + len(piece))
        judged = self._judged(piece, trusted=trusted)
        index, featured, cut, value = int(judged.value.argmax()), judged.featured, judged.cut, judged.value
        first, last, places = cut.starts[index], cut.ends[index], featured.places
        inside = (places >= first) & (places < last)
        each = self.model.weights[featured.buckets[inside]] * (self.model.step / judged.roots[index])
        return Explanation(
            float(value[index]),
            self.model.score(float(value[index]), len(text), trusted=trusted),
            _by_word(featured, (int(first), int(last)), each, places[inside], start),
            (*zip(DENSE, (cut.dense[index] * self.model.dense).tolist(), strict=True), ("bias", self.model.bias)),
        )


def _between(numbers: NDArray[np.int64], places: NDArray[np.intp], cut: Windows) -> NDArray[np.int64]:
    """Add up *numbers*, of what begins at *places*, in each window."""
    totals = np.zeros(len(numbers) + 1, np.int64)
    np.add.accumulate(numbers, out=totals[1:])
    sums = totals.take(places.searchsorted(cut.ends))
    sums -= totals.take(places.searchsorted(cut.starts))
    return sums


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    if len(text) <= _PIECE:
        if text and not text.isspace():
            yield 0, text
        return
    for start in range(0, len(text) - 2 * BLOCK, _PIECE - 2 * BLOCK):
        piece = text[start : start + _PIECE]
        if not piece.isspace():
            yield start, piece


def _by_word(
    featured: Featured, window: tuple[int, int], each: _Numbers, places: NDArray[np.intp], start: int
) -> tuple[Piece, ...]:
    """Give every word of *window*, with what follows it, the weights of the features that begin there."""
    letters = featured.letters
    begins = letters.places[letters.begins] if len(letters.begins) else np.zeros(0, np.intp)
    edges = np.unique(np.concatenate([[window[0]], begins[(begins > window[0]) & (begins < window[1])], [window[1]]]))
    totals = np.bincount(np.searchsorted(edges, places, side="right") - 1, each, len(edges) - 1)
    return tuple(
        Piece(start + int(first), start + int(last), float(total))
        for first, last, total in zip(edges[:-1], edges[1:], totals, strict=True)
    )
