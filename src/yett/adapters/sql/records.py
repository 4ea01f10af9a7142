"""The trail in a SQL database."""

import math
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Select, and_, func, select

from yett.adapters.sql.database import Database, insert_missing, read_as_memory
from yett.adapters.sql.tables import entries as table
from yett.model.record import Entry

__all__ = ["SqlRecords"]

_AT_ONCE = 128
_FIELDS = (table.c.chain, table.c.sequence, table.c.id, table.c.at, table.c.body, table.c.link)


class SqlRecords:
    """A `RecordStore` on *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store *entries*, all or none; those already stored are left as they are."""
        if not entries:
            return
        rows = [entry._asdict() for entry in entries]
        await self._database.run(lambda connection: connection.execute(insert_missing(connection, table), rows))

    async def chains(self) -> Sequence[str]:
        """List the chains, in the order in which they began."""
        lowest = select(table.c.chain, func.min(table.c.sequence).label("sequence")).group_by(table.c.chain).subquery()
        first = and_(table.c.chain == lowest.c.chain, table.c.sequence == lowest.c.sequence)
        query = select(table.c.chain).join(lowest, first).order_by(table.c.at, table.c.chain)
        return await self._database.run(lambda connection: connection.scalars(query).all())

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read entries of *chain* that follow sequence *after*, in order."""
        query = select(*_FIELDS).where(table.c.chain == chain, table.c.sequence > after)
        return await self._read(query.order_by(table.c.sequence).limit(limit))

    async def scan(
        self, chain: str, since: float, after: int, limit: int, work: Callable[[Sequence[bytes]], None]
    ) -> int:
        """
        Hand the bodies of entries of *chain* from *since* on, at most *limit* that follow sequence *after*, to *work*.

        It gets them in order, some at a time, on the database's thread, so that they are worked on while they are in a
        processor's cache. Returns the last sequence, or *after* when there is none.
        """
        query = select(table.c.sequence, table.c.body).where(table.c.chain == chain, table.c.sequence > after)
        query = query.where(table.c.at >= since).order_by(table.c.sequence).limit(limit)

        def scanned(connection: Connection) -> int:
            read_as_memory(connection)
            last = after
            for rows in connection.execute(query).partitions(_AT_ONCE):
                last = rows[-1][0]
                work([body if type(body) is bytes else _bytes(body) for _, body in rows])
            return last

        return await self._database.run(scanned)

    async def count(self, since: float) -> int:
        """Count the entries from *since* on."""
        query = select(func.count()).where(table.c.at >= since)
        return await self._database.run(lambda connection: connection.scalar(query) or 0)

    async def latest(self, limit: int = 100) -> Sequence[Entry]:
        """Read the newest entries, newest first."""
        newest = (table.c.at.desc(), table.c.chain.desc(), table.c.sequence.desc())
        return await self._read(select(*_FIELDS).order_by(*newest).limit(limit))

    async def _read(self, query: Select[tuple[str, int, str, float, bytes, str]]) -> list[Entry]:
        rows = await self._database.run(lambda connection: connection.execute(query).all())
        return [_entry(tuple(row)) for row in rows]


def _entry(row: tuple[object, ...]) -> Entry:
    """Return *row* as an entry; a value of another type, which only a tamperer can have put there, does not verify."""
    chain, sequence, name, at, body, link = row
    return Entry(
        str(chain),
        sequence if isinstance(sequence, int) else -1,
        str(name),
        at if isinstance(at, float) else math.nan,
        _bytes(body),
        str(link),
    )


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass")
