"""The trail in a SQL database."""

import math
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Select, and_, func, select

from yett.adapters.sql.database import Database, insert_rows, read_as_memory
from yett.adapters.sql.sheets import Reach, SqlSheets
from yett.adapters.sql.tables import entries as table
from yett.model.record import Entry
from yett.records.sheets import Page

__all__ = ["SqlRecords"]

_FIELDS = (table.c.chain, table.c.sequence, table.c.id, table.c.at, table.c.body, table.c.link)


class SqlRecords:
    """A `RecordStore` on *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sheets = SqlSheets()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store *entries*, all or none; those already stored are left as they are."""
        if not entries:
            return

        def stored(connection: Connection) -> Sequence[bytes]:
            insert_rows(connection, table, entries)
            return self._sheets.append(connection, entries)

        self._sheets.appended(await self._database.run(stored))

    async def chains(self) -> Sequence[str]:
        """List the chains, in the order in which they began."""
        # From one chain to the next, for there are few, and very many entries.
        names = select(func.min(table.c.chain).label("chain")).cte(recursive=True)
        following = select(func.min(table.c.chain)).where(table.c.chain > names.c.chain).scalar_subquery()
        names = names.union_all(select(following).where(names.c.chain.is_not(None)))
        lowest = select(func.min(table.c.sequence)).where(table.c.chain == names.c.chain).correlate(names)
        first = and_(table.c.chain == names.c.chain, table.c.sequence == lowest.scalar_subquery())
        query = select(table.c.chain).join(names, first).order_by(table.c.at, table.c.chain)
        return await self._database.run(lambda connection: connection.scalars(query).all())

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read entries of *chain* that follow sequence *after*, in order."""
        query = select(*_FIELDS).where(table.c.chain == chain, table.c.sequence > after)
        return await self._read(query.order_by(table.c.sequence).limit(limit))

    async def scan(self, reach: Reach, work: Callable[[Page], None]) -> int:
        """
        Hand what replaying needs of the entries in *reach* to *work*, in order, on the database's thread.

        Returns the last sequence, or the one after which it began when there is none.
        """

        def scanned(connection: Connection) -> int:
            read_as_memory(connection)
            return self._sheets.scan(connection, reach, work)

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
