"""
Windows: a text in pieces that are judged one by one.

A long text is as suspicious as its most suspicious window, so an order among pages of prose is not diluted. The windows
are the sentences and lines of a text, and every two neighbouring blocks of equal length, so that what takes several
sentences to say is seen, too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.detectors.features import Featured
from yett.detectors.letters import TRAITS

__all__ = ["BLOCK", "DENSE", "Windows", "windows"]

BLOCK = 256
"""Characters of a block."""
_LOWER, _CAPITAL, _DIGIT, _BLANK = range(4)
_KINDS = len(TRAITS)
_CHANGES = ("a capital after a small letter", "a sign after a letter", "a letter after a sign", "a character twice")
_SHARES = _KINDS + len(_CHANGES)
DENSE = (*TRAITS, *_CHANGES, "length", "length of the whole", "beginning", "end", "a sentence", "somebody else's text")
"""What is known of a window beside its hashed features, in this order."""
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a text."""

    starts: NDArray[np.intp]
    """Where in the text each begins."""
    ends: NDArray[np.intp]
    sums: _Numbers
    """The sum of the values of the features of each."""
    counts: _Numbers
    """How many features each has that have a value at all."""
    dense: _Numbers
    """A row for each."""


def windows(featured: Featured, values: _Numbers, *, trusted: bool) -> Windows:
    """Cut the text of *featured*, whose features have *values*, into windows."""
    traits, breaks = featured.letters.traits, featured.letters.breaks
    length = len(traits)
    blocks = np.arange(0, max(1, length), BLOCK)
    edges = np.unique(np.concatenate([blocks, breaks])) if len(breaks) else blocks
    totals = np.zeros((len(edges) + 1, 2 + _SHARES))
    np.cumsum(_per_piece(featured, values, edges, length), axis=0, out=totals[1:])
    edges = np.append(edges, length)
    starts, ends = _spans(edges, blocks, breaks, length)
    inside = totals[ends] - totals[starts]
    begins, stops = edges[starts], edges[ends]
    sizes = np.maximum(1, stops - begins)
    dense = np.empty((len(starts), len(DENSE)))
    np.sqrt(inside[:, 2:] / sizes[:, None], out=dense[:, :_SHARES])
    dense[:, _SHARES] = np.log1p(sizes) / 6
    dense[:, _SHARES + 1] = np.log1p(length) / 10
    dense[:, _SHARES + 2] = begins == 0
    dense[:, _SHARES + 3] = stops == length
    dense[:, _SHARES + 4] = np.arange(len(starts)) >= max(1, len(blocks) - 1)
    dense[:, _SHARES + 5] = not trusted
    return Windows(begins, stops, inside[:, 0], inside[:, 1], dense)


def _spans(
    edges: NDArray[np.intp], blocks: NDArray[np.intp], breaks: NDArray[np.intp], length: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the edges between which windows lie: first those of blocks, then those of sentences."""
    starts = blocks[: max(1, len(blocks) - 1)]
    ends = np.minimum(starts + 2 * BLOCK, length)
    if len(breaks):
        starts = np.concatenate([starts, [0], breaks])
        ends = np.concatenate([ends, breaks, [length]])
    return np.searchsorted(edges, starts), np.searchsorted(edges, ends)


def _per_piece(featured: Featured, values: _Numbers, edges: NDArray[np.intp], length: int) -> _Numbers:
    """Count, between every two neighbouring *edges*, what is summed up and what is known."""
    traits, pieces = featured.letters.traits, len(edges)
    table = np.empty((pieces, 2 + _SHARES))
    of_character = np.zeros(max(1, length), np.intp)
    of_character[edges[1:]] = 1
    np.cumsum(of_character, out=of_character)
    home = of_character[featured.places]
    table[:, 0] = np.bincount(home, values, pieces)
    table[:, 1] = np.bincount(home, values != 0, pieces)
    cells = of_character[:length] * _KINDS + traits
    table[:, 2 : 2 + _KINDS] = np.bincount(cells, minlength=pieces * _KINDS).reshape(pieces, _KINDS)
    for column, change in enumerate(_changes(traits), 2 + _KINDS):
        table[:, column] = np.bincount(of_character[np.flatnonzero(change)], minlength=pieces)
    return table


def _changes(traits: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], ...]:
    before, after = traits[:-1], traits[1:]
    wordy = (traits <= _DIGIT) | ((traits >= _KINDS - 7) & (traits < _KINDS - 1))
    sign = ~wordy & (traits > _BLANK + 1)
    return (
        (before == _LOWER) & (after == _CAPITAL),
        wordy[:-1] & sign[1:],
        sign[:-1] & wordy[1:],
        (before == after) & sign[1:],
    )
