"""
Sheets: the excerpts of records that follow each other, by the column.

Rules:

1. A column is read by itself: of the facts that a record holds, few have a say.
2. A column that is the same all the way down is written once.
3. A sheet is a copy, and somebody may have changed it: what does not fit together is an error when it is read.
"""

from collections.abc import Callable, Sequence
from itertools import compress
from typing import NamedTuple

import orjson

from yett.records.excerpts import Excerpt

__all__ = ["MOST", "Block", "Page", "Sheet", "column", "rows", "sheet"]

MOST = 256
"""Records of a sheet, at most: which frame each has is one byte."""
_ONE = b"\1".ljust(MOST, b"\0")
_ALIKE = b"="
"""Begins a column of which all values are the one that follows; no JSON begins with it."""


class Sheet(NamedTuple):
    """The excerpts of records that follow each other."""

    first: int
    """The sequence of the first."""
    frames: Sequence[bytes]
    """The frames that there are, or names of them."""
    which: bytes
    """Of each record, which frame it has."""
    columns: Sequence[Sequence[bytes]]
    """Of each frame the columns of values."""
    told: Sequence[bytes]
    """Of each record, whom it is counted for."""


class Block(NamedTuple):
    """The records of a sheet that have one frame."""

    sheet: Sheet
    which: int

    @property
    def size(self) -> int:
        """How many there are."""
        return self.sheet.which.count(self.which)

    @property
    def places(self) -> list[int]:
        """Where they are in the sheet."""
        which = self.sheet.which
        return list(compress(range(len(which)), which.translate(_ONE[-self.which :] + _ONE[: -self.which])))


class Page(NamedTuple):
    """The excerpts of many records."""

    sheets: Sequence[Sheet]
    others: Sequence[int]
    """The sequences of records that have no excerpt."""
    frame: Callable[[bytes], bytes]
    """Returns the frame of a name, or raises `LookupError`."""
    whole: Callable[[int], bytes]
    """Returns the body of the record with a sequence."""

    @property
    def size(self) -> int:
        """How many records there are."""
        return sum(len(each.which) for each in self.sheets) + len(self.others)


def sheet(first: int, cuts: Sequence[Excerpt]) -> Sheet:
    """Return a sheet of *cuts*, of which there are `MOST` at most; the sequence of the first record is *first*."""
    frames = dict.fromkeys(each.frame for each in cuts)
    numbers = {frame: number for number, frame in enumerate(frames)}
    values: list[list[list[object]]] = [[] for _ in frames]
    which = bytes([numbers[each.frame] for each in cuts])
    for number, each in zip(which, cuts, strict=True):
        values[number].append(each.values)
    columns = [[_written(column) for column in zip(*rows, strict=True)] for rows in values]
    return Sheet(first, tuple(frames), which, columns, [each.told for each in cuts])


def column(blocks: Sequence[Block], at: int) -> Sequence[object]:
    """
    Return the values of *blocks* with the same frame in the column at *at*; one value where all are the same.

    Raises:
        ValueError: they are no column, or not of that many.
        IndexError: there is no such column.
    """
    written = [block.sheet.columns[block.which][at] for block in blocks]
    if written[0].startswith(_ALIKE) and written.count(written[0]) == len(written):
        return _array(written[0][len(_ALIKE) :], 1)
    sizes = [block.size for block in blocks]
    parts = [
        b",".join([each[len(_ALIKE) :]] * size) if each.startswith(_ALIKE) else each
        for each, size in zip(written, sizes, strict=True)
    ]
    return _array(b",".join(parts), sum(sizes))


def rows(block: Block) -> list[tuple[object, ...]]:
    """
    Return the values of each record in *block*.

    Raises:
        ValueError: they are no columns, or not of that many.
    """
    size = block.size
    columns = [column([block], at) for at in range(len(block.sheet.columns[block.which]))]
    whole = [each if len(each) == size else [*each] * size for each in columns]
    return list(zip(*whole, strict=True)) if whole else [()] * size


def _written(values: Sequence[object]) -> bytes:
    whole = orjson.dumps(values)[1:-1]
    # What compares equal need not be the same: 1 and 1.0 are not.
    one = orjson.dumps(values[0])
    return _ALIKE + one if whole == b",".join([one] * len(values)) else whole


def _array(written: bytes, count: int) -> list[object]:
    found: list[object] = orjson.loads(b"[%b]" % written)
    if len(found) != count:
        raise ValueError("the column is not as long as it should be")
    return found
