"""
What replaying needs of the trail, beside the trail.

Rules:

1. It is a copy: what it lacks is read in the entries, and nothing is ever proved by it.
2. It is written with the entries, in one transaction, and never changed. Entries that follow each other share a row, for a
   row costs more than what is in it; where rows overlap, the one that ends first has the word.
3. Whatever somebody wrote into it, reading it raises nothing: what cannot be understood is read in the entries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Select, select

from yett.adapters.sql.database import fetched, insert_rows
from yett.adapters.sql.tables import entries, excerpts, frames
from yett.model.record import Entry
from yett.records.excerpts import Excerpt, Excerpts, Page

__all__ = ["Reach", "SqlExcerpts"]

_DIGEST_SIZE = 16
_END = (1 << 63) - 1
"""No sequence is greater."""
_MOST_FRAMES = 1 << 12
_AT_ONCE = 256
"""Entries of a row, at most."""
_ROWS, _BODIES = 64, 1024
"""Read at a time."""
_BETWEEN = b"\x01"
"""Never a byte of JSON."""

_Row = tuple[int, int, bytes, bytes, bytes, bytes]
_One = tuple[int, bytes | None, Sequence[int | float], bytes]
_Cut = tuple[Entry, Excerpt]


class Reach(NamedTuple):
    """Which entries to read."""

    chain: str
    since: float
    """Seconds since 1970-01-01 UTC."""
    after: int
    """The sequence that they follow."""


class _Columns(NamedTuple):
    """Excerpts of entries, by the column."""

    sequences: list[int]
    groups: list[bytes | None]
    numbers: list[Sequence[int | float]]
    told: list[bytes]

    def merged(self, others: Iterable[_One], last: int) -> "_Columns":
        """Return these and *others*, in order, but for what is beyond *last*."""
        ones = sorted((*zip(*self, strict=True), *others), key=itemgetter(0))
        return _Columns(*map(list, zip(*(each for each in ones if each[0] <= last), strict=True)))


class SqlExcerpts:
    """Excerpts of entries, in the same database."""

    def __init__(self) -> None:
        self._excerpts = Excerpts()
        self._digests: dict[bytes, bytes] = {}
        self._frames: dict[bytes, bytes] = {}
        self._stored: set[bytes] = set()

    def append(self, connection: Connection, added: Sequence[Entry]) -> Sequence[bytes]:
        """Store the excerpts of the entries *added*; return the digests of frames that were new, for `appended`."""
        new, rows = dict[bytes, bytes](), list[tuple[object, ...]]()
        for run in _runs((entry, self._excerpts.of(entry.body)) for entry in added):
            digests = [self._digest(cut.frame) for _, cut in run]
            for digest in {*digests} - self._stored:
                new[digest] = run[digests.index(digest)][1].frame
            rows.append(_packed(run, digests))
        insert_rows(connection, frames, [(digest.decode(), body) for digest, body in new.items()])
        insert_rows(connection, excerpts, rows)
        return tuple(new)

    def appended(self, new: Sequence[bytes]) -> None:
        """Know that frames with the digests *new* are stored for good."""
        if len(self._stored) >= _MOST_FRAMES:
            self._stored.clear()
        self._stored.update(new)

    def scan(self, connection: Connection, reach: Reach, work: Callable[[Page], None]) -> int:
        """Hand the excerpts of the next entries in *reach* to *work*; return the last sequence, or where they begin."""
        columns = _Columns([], [], [], [])
        last, gaps = _read(connection, reach, columns)
        bodies = dict[int, bytes]()
        for low, high in gaps:
            missing = fetched(connection, _missing(reach, low, high))
            bodies.update((sequence, _bytes(body)) for sequence, body in missing)
            if missing and (high == _END or len(missing) >= _BODIES):
                last = missing[-1][0]
                break
        if bodies:
            # Beyond a gap that was not read to its end it goes on another time.
            columns = columns.merged((self._cut(*each) for each in bodies.items()), last)

        def whole(at: int) -> bytes:
            body = bodies.get(columns.sequences[at])
            return _body(connection, reach.chain, columns.sequences[at]) if body is None else body

        if columns.sequences:
            frame = partial(self._frame, connection)
            work(Page(columns.groups, columns.numbers, columns.told, frame, whole))
        return last

    def _cut(self, sequence: int, body: bytes) -> _One:
        cut = self._excerpts.of(body)
        if cut is None:
            return sequence, None, (), b""
        digest = self._digest(cut.frame)
        self._frames[digest] = cut.frame
        return sequence, _group(digest, cut), orjson.loads(cut.numbers), cut.told

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


def _runs(cuts: Iterable[tuple[Entry, Excerpt | None]]) -> Iterator[list[_Cut]]:
    """Return those of *cuts* together that can share a row."""
    run = list[_Cut]()
    for entry, cut in cuts:
        if run and (cut is None or len(run) >= _AT_ONCE or (run[-1][0].chain, run[-1][0].sequence + 1) != entry[:2]):
            yield run
            run = []
        if cut:
            run.append((entry, cut))
    if run:
        yield run


def _packed(run: Sequence[_Cut], digests: Sequence[bytes]) -> tuple[object, ...]:
    """Return a row for the entries of *run*, in the order of the table's columns."""
    first, last = run[0][0], run[-1][0]
    return (
        last.chain,
        last.sequence,
        first.sequence,
        orjson.dumps([entry.at for entry, _ in run]),
        _BETWEEN.join(_group(digest, cut) for digest, (_, cut) in zip(digests, run, strict=True)),
        b"[%b]" % b",".join(cut.numbers for _, cut in run),
        _BETWEEN.join(cut.told for _, cut in run),
    )


def _group(digest: bytes, cut: Excerpt) -> bytes:
    return b"%b\n%b" % (digest, cut.texts)


def _read(connection: Connection, reach: Reach, columns: _Columns) -> tuple[int, list[tuple[int, int]]]:
    """Put what is next in *reach* into *columns*; return its last sequence, and between which sequences some are missing."""
    last, gaps, seen = reach.after, list[tuple[int, int]](), dict[bytes, bytes]()
    rows = fetched(connection, _stored(reach))
    for row in rows:
        try:
            first = _unpack(row, last + 1, reach.since, (columns, seen))
        except (ValueError, TypeError, AttributeError, ArithmeticError):
            continue
        if first > last + 1:
            gaps.append((last, first))
        last = row[0]
    if len(rows) < _ROWS or last == reach.after:
        gaps.append((last, _END))
    return last, gaps


def _unpack(row: _Row, begin: int, since: float, into: tuple[_Columns, dict[bytes, bytes]]) -> int:
    """
    Put what *row* holds from sequence *begin* on into columns; return the first sequence that it holds of these.

    Names that were seen before are the very same objects again, for it is by them that everything is told apart.
    """
    last, first, at, *told = row
    columns, seen = into
    groups, numbers, whom = told[0].split(_BETWEEN), orjson.loads(told[1]), told[2].split(_BETWEEN)
    sequences = range(first, last + 1)
    wanted = [each >= since for each in orjson.loads(at)]
    start = max(begin - first, 0)
    if {len(sequences), len(groups), len(numbers), len(whom)} != {len(wanted)} or start >= len(wanted):
        raise ValueError("the row does not hold what it says")
    wanted[:start] = [False] * start
    columns.sequences.extend(compress(sequences, wanted))
    columns.groups.extend(compress(map(seen.setdefault, groups, groups), wanted))
    columns.numbers.extend(compress(numbers, wanted))
    columns.told.extend(compress(whom, wanted))
    return first + start


def _stored(reach: Reach) -> Select[_Row]:
    table = excerpts.c
    query = select(table.last, table.first, table.at, table.groups, table.numbers, table.told)
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
