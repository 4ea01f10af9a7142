"""
Rows: the windows of many texts, as one table to learn from.

A text gives one row for each window of each of its readings, as the detector would judge them. It is an attack when one
of its rows is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.detectors.features import Features
from yett.detectors.windows import DENSE, windows
from yett.guard.readings import Readings
from yett.learning.example import Example
from yett.model.segment import Origin

__all__ = ["Rows", "kept", "numbered", "presence", "table"]

_MOST = 3_000
"""Characters of a text that are learnt from: collections that repeat themselves at length are not worth more."""
_Row = tuple[NDArray[np.int32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Windows of texts, one after another."""

    buckets: NDArray[np.int32]
    """The features of all rows."""
    offsets: NDArray[np.int64]
    """Where the features of each row begin, and where the last one's end."""
    dense: NDArray[np.float32]
    texts: NDArray[np.int32]
    """Which text each row is of, counted from 0."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.texts)


def _rows_of(example: Example, features: Features, readings: Readings) -> list[_Row]:
    text, trusted = example.text[:_MOST], example.origin is Origin.USER
    rows: list[_Row] = []
    for reading in readings.of(text, example.origin)[0]:
        if reading.family == "raw" or not reading.text.strip():
            continue
        featured = features.of(reading.text, trusted=trusted)
        cut = windows(featured.letters, trusted=trusted)
        order = np.argsort(featured.places, kind="stable")
        buckets, places = featured.buckets[order].astype(np.int32), featured.places[order]
        bounds = np.searchsorted(places, np.stack([cut.starts, cut.ends]))
        dense = cut.dense.astype(np.float32)
        rows += [(buckets[first:last], known) for (first, last), known in zip(bounds.T, dense, strict=True)]
    return rows


def table(examples: Iterable[Example], features: Features) -> Rows:
    """Put the windows of all *examples* into one table."""
    readings = Readings()
    buckets, dense, texts = [], [], []
    for index, example in enumerate(examples):
        for found, known in _rows_of(example, features, readings):
            buckets.append(found)
            dense.append(known)
            texts.append(index)
    offsets = np.zeros(len(buckets) + 1, np.int64)
    np.cumsum([len(each) for each in buckets], out=offsets[1:])
    flat = np.concatenate(buckets) if buckets else np.zeros(0, np.int32)
    return Rows(flat, offsets, np.array(dense, np.float32).reshape(-1, len(DENSE)), np.array(texts, np.int32))


def numbered(examples: Sequence[Example]) -> NDArray[np.intp]:
    """Return the number of the source of each of *examples*, in alphabetical order."""
    return np.unique([example.source for example in examples], return_inverse=True)[1].astype(np.intp)


def presence(rows: Rows, sources: NDArray[np.intp], buckets: int) -> NDArray[np.bool_]:
    """Say, for each source (numbered for each text), which of *buckets* its rows have."""
    found = np.zeros((int(sources.max()) + 1, buckets), np.bool_)
    of_row = sources[rows.texts]
    for row in range(len(rows)):
        found[of_row[row], rows.buckets[rows.offsets[row] : rows.offsets[row + 1]]] = True
    return found


def kept(rows: Rows, chosen: NDArray[np.bool_]) -> Rows:
    """Return *rows* with the *chosen* buckets alone, numbered anew."""
    numbers = (np.cumsum(chosen) - 1).astype(np.int32)
    inside = chosen[rows.buckets]
    before = np.zeros(len(inside) + 1, np.int64)
    np.cumsum(inside, out=before[1:])
    return Rows(numbers[rows.buckets[inside]], before[rows.offsets], rows.dense, rows.texts)
