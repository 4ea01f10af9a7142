"""
Windows: a text in pieces that are judged one by one.

A long text is as suspicious as its most suspicious window, so an order among pages of prose is not diluted. The windows
are the sentences and lines of a text, and every two neighbouring blocks of equal length, so that what takes several
sentences to say is seen, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from yett.detectors.letters import CHANGES, TRAITS, Letters

__all__ = ["BLOCK", "DENSE", "Windows", "windows"]

BLOCK = 256
"""Characters of a block."""
_SHARES = len(TRAITS) + len(CHANGES)
DENSE = (*TRAITS, *CHANGES, "length", "length of the whole", "beginning", "end", "a sentence", "somebody else's text")
"""What is known of a window beside its hashed features, in this order."""
_LENGTH, _WHOLE, _BEGINNING, _END, _SENTENCE, _FOREIGN = range(_SHARES, len(DENSE))
_MARKS = len(TRAITS) * (1 + len(CHANGES))
_BLOCK = np.array(BLOCK)
_COLUMN, _ONE = np.array(_MARKS), np.array(1)
_Places = NDArray[np.intp]
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of a text: first those of blocks, then those of sentences."""

    starts: _Places
    """Where in the text each begins."""
    ends: _Places
    blocks: int
    """How many are of blocks."""
    length: int
    """How many characters the text has."""
    shares: _Numbers
    """The root of the share that each trait and change has in each."""
    trusted: bool

    @property
    def dense(self) -> _Numbers:
        """All that is known of each."""
        dense = np.empty((len(self.starts), len(DENSE)))
        dense[:, :_SHARES] = self.shares
        dense[:, _LENGTH] = np.log1p(self.ends - self.starts) / 6
        dense[:, _WHOLE] = log1p(self.length) / 10
        dense[:, _BEGINNING] = self.starts == 0
        dense[:, _END] = self.ends == self.length
        dense[:, _SENTENCE] = np.arange(len(self.starts)) >= self.blocks
        dense[:, _FOREIGN] = not self.trusted
        return dense

    def values(self, weights: _Numbers, factors: Sequence[float]) -> _Numbers:
        """Return `dense @ weights`, in fewer steps, given the *weights* also as *factors*."""
        values: _Numbers = np.log1p(self.ends - self.starts)
        values *= factors[_LENGTH] / 6
        values += factors[_WHOLE] * log1p(self.length) / 10 + factors[_FOREIGN] * (not self.trusted)
        values += np.add.reduce(self.shares * weights[:_SHARES], axis=1)
        values[0] += factors[_BEGINNING]
        values[self.blocks - 1] += factors[_END]
        if self.blocks < len(values):
            values[self.blocks :] += factors[_SENTENCE]
            values[self.blocks] += factors[_BEGINNING]
            values[-1] += factors[_END]
        return values


def windows(letters: Letters, *, trusted: bool) -> Windows:
    """Cut the text of *letters* into windows."""
    length, breaks = letters.length, letters.breaks
    if length <= 2 * BLOCK and not len(breaks):
        starts, ends, blocks = np.zeros(1, np.intp), np.array([length]), 1
        counts = np.bincount(letters.marks, minlength=_MARKS).reshape(1, _MARKS)
    else:
        starts = np.arange(0, max(1, length - BLOCK), BLOCK)
        blocks, ends = len(starts), np.minimum(starts + 2 * BLOCK, length)
        if len(breaks):
            starts, ends = np.concatenate((starts, starts[:1], breaks)), np.concatenate((ends, breaks, ends[-1:]))
        counts = _counted(letters, starts, ends)
    shares = _sorted_out(counts)
    shares /= (ends - starts)[:, None]
    np.sqrt(shares, out=shares)
    return Windows(starts, ends, blocks, length, shares, trusted)


def _sorted_out(counts: _Places) -> _Numbers:
    """Count traits, and changes, given how often each mark is there."""
    marks = counts.reshape(-1, 1 + len(CHANGES), len(TRAITS))
    found = np.empty((len(marks), _SHARES))
    # No products of matrices here: BLAS would take several threads for long texts, which wait for each other busily.
    np.add.reduce(marks, axis=1, out=found[:, : len(TRAITS)])
    np.add.reduce(marks[:, 1:], axis=2, out=found[:, len(TRAITS) :])
    return found


def _counted(letters: Letters, starts: _Places, ends: _Places) -> NDArray[np.intp]:
    """Count the marks between *starts* and *ends*, all of which lie between blocks or at breaks."""
    rows = np.zeros(letters.length, np.intp)
    rows[::BLOCK] = 1
    rows[letters.breaks] = 1
    np.add.accumulate(
        rows, out=rows
    )  # of a table whose first row is left empty, so that sums of rows begin with nothing
    first, last = rows.take(starts), rows.take(ends - _ONE)
    first -= _ONE
    count = int(rows[-1]) + 1
    rows *= _COLUMN
    rows += letters.marks
    totals = np.bincount(rows, minlength=count * _MARKS).reshape(count, _MARKS)
    np.add.accumulate(totals, axis=0, out=totals)
    inside: _Places = totals.take(last, axis=0)
    inside -= totals.take(first, axis=0)
    return inside
