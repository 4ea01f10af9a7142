"""
Meanings: which words of a text mean something, by their hashes.

Few words do. So all are held against a table of bits first, which lets one in thirty pass that should not, and only
those that pass are looked for. Where entries overlap, that of more words counts, and any word more than a stem.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Meanings"]

_BITS = 16
_SHIFT = np.array(64 - _BITS, np.uint64)


class Meanings:
    """Looks up the meanings of words."""

    __slots__ = ("_likely", "_meanings")

    def __init__(self, entries: Iterable[tuple[int, int]]) -> None:
        """Look up *entries*, hashes of 64 bits and what they mean; of like hashes the last counts."""
        self._meanings = dict(entries)
        self._likely = np.zeros(1 << _BITS, np.bool_)
        self._likely[np.array([*self._meanings], np.uint64) >> _SHIFT] = True

    def of(self, keys: NDArray[np.uint64]) -> dict[int, int]:
        """
        Return which words mean something, in order, and what.

        *keys* has a column for each word, and a row for each way in which it may be listed, the one that counts most
        last.
        """
        flat = keys.ravel()
        likely = self._likely.take((flat >> _SHIFT).view(np.intp)).nonzero()[0]
        known, count, told = self._meanings, keys.shape[1], {}
        for place, key in zip(likely.tolist(), flat.take(likely).tolist(), strict=True):
            if meaning := known.get(key):
                told[place % count] = meaning
        return dict(sorted(told.items()))
