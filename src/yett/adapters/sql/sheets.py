"""
What replaying needs of the trail, beside the trail.

Rules:

1. It is a copy: what it lacks is read in the entries, and nothing is ever proved by it.
2. It is written with the entries, in one transaction, and never changed. Entries that follow each other share a row, for a
   row costs more than what is in it. A row is read as a whole or not at all.
3. Whatever somebody wrote into it, reading it raises nothing: what cannot be understood is read in the entries.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, Select, case, select

from yett.adapters.sql.database import fetched, insert_rows
from yett.adapters.sql.tables import entries, frames, sheets
from yett.model.record import Entry
from yett.records.excerpts import Excerpt, Excerpts
from yett.records.sheets import MOST, Page, Sheet, sheet

__all__ = ["Reach", "SqlSheets"]

_DIGEST_SIZE = 16
_END = (1 << 63) - 1
"""No sequence is greater."""
_MOST_FRAMES = 1 << 12
_AT_ONCE = MOST
"""Entries of a row, at most."""
_ROWS, _BODIES = 64, 1024
"""Read at a time."""
_BETWEEN, _COLUMN = b"\x01", b"\x02"
"""Never bytes of JSON."""

_Row = tuple[int, int, float, bytes | None, bytes, bytes, bytes]


class _Cut(NamedTuple):
    """What was cut out of an entry."""

    sequence: int
    at: float
    excerpt: Excerpt


class Reach(NamedTuple):
    """Which entries to read."""

    chain: str
    since: float
    """Seconds since 1970-01-01 UTC."""
    after: int
    """The sequence that they follow."""


class SqlSheets:
    """Excerpts of entries, in the same database."""

    def __init__(self) -> None:
        self._excerpts = Excerpts()
        self._digests: dict[bytes, bytes] = {}
        self._frames: dict[bytes, bytes] = {}
        self._stored: set[bytes] = set()

    def append(self, connection: Connection, added: Sequence[Entry]) -> Sequence[bytes]:
        """Store the excerpts of the entries *added*; return the digests of frames that were new, for `appended`."""
        new, rows = dict[bytes, bytes](), list[tuple[object, ...]]()
        for chain, its in groupby(added, key=itemgetter(0)):
            for run in _runs((each.sequence, each.at, self._excerpts.of(each.body)) for each in its):
                made = sheet(run[0].sequence, [cut.excerpt for cut in run])
                digests = [self._digest(frame) for frame in made.frames]
                new.update(each for each in zip(digests, made.frames, strict=True) if each[0] not in self._stored)
                rows.append(_packed(chain, [cut.at for cut in run], made._replace(frames=digests)))
        insert_rows(connection, frames, [(digest.decode(), body) for digest, body in new.items()])
        insert_rows(connection, sheets, rows)
        return tuple(new)

    def appended(self, new: Sequence[bytes]) -> None:
        """Know that frames with the digests *new* are stored for good."""
        if len(self._stored) >= _MOST_FRAMES:
            self._stored.clear()
        self._stored.update(new)

    def scan(self, connection: Connection, reach: Reach, work: Callable[[Page], None]) -> int:
        """Hand the excerpts of the next entries in *reach* to *work*; return the last sequence, or where they begin."""
        last, found, gaps = _read(connection, reach)
        bodies = dict[int, bytes]()
        for low, high in gaps:
            missing = fetched(connection, _missing(reach, low, high))
            bodies.update((sequence, _bytes(body)) for sequence, body in missing)
            if missing and (high == _END or len(missing) >= _BODIES):
                # Beyond a gap that was not read to its end it goes on another time.
                last = missing[-1][0]
                break
        made, others = self._cut(bodies)

        def whole(sequence: int) -> bytes:
            body = bodies.get(sequence)
            return _body(connection, reach.chain, sequence) if body is None else body

        page = Page(
            [*(each for each in found if each.first <= last), *made], others, partial(self._frame, connection), whole
        )
        if page.size:
            work(page)
        return last

    def _cut(self, bodies: Mapping[int, bytes]) -> tuple[list[Sheet], list[int]]:
        """Return the excerpts of those *bodies* that have one, and the sequences of the others."""
        cuts = [(sequence, 0.0, self._excerpts.of(body)) for sequence, body in bodies.items()]
        made = [sheet(run[0].sequence, [cut.excerpt for cut in run]) for run in _runs(cuts)]
        for each in made:
            self._frames.update((self._digest(frame), frame) for frame in each.frames)
        named = [each._replace(frames=list(map(self._digest, each.frames))) for each in made]
        return named, [sequence for sequence, _, cut in cuts if cut is None]

    def _frame(self, connection: Connection, digest: bytes) -> bytes:
        if digest not in self._frames and digest.isalnum():
            query = select(frames.c.body).where(frames.c.digest == digest.decode())
            self._frames.update((digest, body) for (body,) in fetched(connection, query))
        return self._frames[digest]

    def _digest(self, frame: bytes) -> bytes:
        digest = self._digests.get(frame)
        if digest is None:
            if len(self._digests) >= _MOST_FRAMES:
                self._digests.clear()
            digest = self._digests[frame] = blake2b(frame, digest_size=_DIGEST_SIZE).hexdigest().encode()
        return digest


def _runs(cuts: Iterable[tuple[int, float, Excerpt | None]]) -> Iterator[list[_Cut]]:
    """Return those of *cuts* together that can share a row."""
    run = list[_Cut]()
    for sequence, at, excerpt in cuts:
        if run and (excerpt is None or len(run) >= _AT_ONCE or run[-1].sequence + 1 != sequence):
            yield run
            run = []
        if excerpt:
            run.append(_Cut(sequence, at, excerpt))
    if run:
        yield run


def _packed(chain: str, at: Sequence[float], made: Sheet) -> tuple[object, ...]:
    """Return a row, in the order of the table's columns."""
    return (
        chain,
        made.first + len(at) - 1,
        made.first,
        min(at),
        max(at),
        _BETWEEN.join(made.frames),
        made.which,
        _BETWEEN.join(map(_COLUMN.join, made.columns)),
        _BETWEEN.join(made.told),
    )


def _read(connection: Connection, reach: Reach) -> tuple[int, list[Sheet], list[tuple[int, int]]]:
    """Return the last sequence of what is next in *reach*, that, and between which sequences some are missing."""
    last, found, gaps = reach.after, list[Sheet](), list[tuple[int, int]]()
    rows = fetched(connection, _stored(reach))
    for row in rows:
        try:
            made = _unpacked(row, last + 1, reach.since)
        except (ValueError, TypeError, AttributeError):
            continue
        if row[1] > last + 1:
            gaps.append((last, row[1]))
        if made:
            found.append(made)
        last = row[0]
    if len(rows) < _ROWS or last == reach.after:
        gaps.append((last, _END))
    return last, found, gaps


def _unpacked(row: _Row, begin: int, since: float) -> Sheet | None:
    """
    Return the sheet that *row* holds; None where all its entries are older than *since*.

    Raises:
        ValueError: it does not hold what it says, or more than what follows from sequence *begin* on.
        TypeError: likewise.
        AttributeError: likewise.
    """
    last, first, earliest, digests, which, columns, told = row
    if not begin <= first <= last:
        raise ValueError("the row holds what was read before")
    if digests is None:
        return None
    by_frame = [each.split(_COLUMN) if each else [] for each in columns.split(_BETWEEN)]
    made = Sheet(first, digests.split(_BETWEEN), which, by_frame, told.split(_BETWEEN))
    counts = {last - first + 1, len(which), len(made.told)}
    if earliest < since or len(counts) > 1 or len(made.frames) != len(by_frame) or max(which) >= len(by_frame):
        raise ValueError("the row does not hold what it says")
    return made


def _stored(reach: Reach) -> Select[_Row]:
    table = sheets.c
    # What is older is not even read.
    young = (
        case((table.latest >= reach.since, each)) for each in (table.frames, table.which, table.columns, table.told)
    )
    query = select(table.last, table.first, table.earliest, *young)
    return query.where(table.chain == reach.chain, table.last > reach.after).order_by(table.last).limit(_ROWS)


def _missing(reach: Reach, low: int, high: int) -> Select[tuple[int, bytes]]:
    table = entries.c
    query = select(table.sequence, table.body).where(table.chain == reach.chain, table.sequence > low)
    return query.where(table.sequence < high, table.at >= reach.since).order_by(table.sequence).limit(_BODIES)


def _body(connection: Connection, chain: str, sequence: int) -> bytes:
    """Return the body of an entry; none where somebody took the entry away."""
    query = select(entries.c.body).where(entries.c.chain == chain, entries.c.sequence == sequence)
    return b"".join(_bytes(body) for (body,) in fetched(connection, query))


def _bytes(body: object) -> bytes:
    """Return *body* as bytes, of which a tamperer may have made something else."""
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass")
