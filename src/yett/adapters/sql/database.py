"""
One database: its engine, its schema, its transactions.

Rules:

1. Everything runs on one thread of its own, in transactions; the event loop never waits for a disk or a network.
2. What one database does in its own way stands here and nowhere else.
3. Every error of the library becomes `NotReady`: whoever reads or writes here can do it later.
4. A schema that is newer than this code is refused; a missing one is made.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, Engine, Insert, Select, Table, create_engine, event, inspect, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from yett.adapters.sql.postgresql import connection
from yett.adapters.sql.tables import METADATA, VERSION, schema
from yett.model.errors import NotReady, OperatorError, Place, Problem

__all__ = ["Database", "fetched", "insert_missing", "insert_rows", "read_as_memory"]

_Result = TypeVar("_Result")
_Row = TypeVar("_Row", bound=tuple[object, ...])
_INSERTS: Mapping[str, Callable[[Table], Insert]] = MappingProxyType(
    {
        "sqlite": lambda table: sqlite.insert(table).on_conflict_do_nothing(),
        "postgresql": lambda table: postgresql.insert(table).on_conflict_do_nothing(),
    }
)
_ALONE: Mapping[str, str] = MappingProxyType(
    {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7955831)"}
)
"""What lets whoever else would make the schema wait to the end of the transaction; the number is ours."""
_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",  # another process may be writing
    "PRAGMA journal_mode = WAL",  # readers do not wait for the writer
    "PRAGMA synchronous = FULL",  # what is committed may be removed from the journal
    "PRAGMA foreign_keys = ON",
)

_LOCK = int.from_bytes(b"yett")
"""A number that nobody else is likely to lock."""
_MAPPED = 1 << 40
"""Bytes; SQLite itself has a lower limit."""


class Database:
    """A database whose schema is ours. `open` makes it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prepared = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="yett-sql")
        self._closed = False

    @classmethod
    async def open(cls, address: str) -> Self:
        """
        Open the database at *address*, such as `sqlite:///yett.db`, and make what is missing in it.

        Raises:
            OperatorError: the address is wrong, or the schema is newer than this code.
            NotReady: it cannot be reached.
        """
        database = cls.later(address)
        try:
            await database.run(lambda _: None)
        except NotReady as problem:
            await database.aclose()
            raise NotReady(f"`{_shown(address)}`: {problem}; see to that, or name another database") from problem
        except BaseException:
            await database.aclose()
            raise
        return database

    @classmethod
    def later(cls, address: str) -> Self:
        """
        Return the database at *address*, to be reached when it is first used, and tried again until it is.

        Raises:
            OperatorError: the address is wrong.
        """
        return cls(_engine(address))

    @classmethod
    async def attached(cls, address: str) -> Self:
        """
        Return the database at *address* for who goes on without it: a file is opened now, a server is reached `later`.

        Raises:
            OperatorError: the address is wrong, or the schema of a file is newer than this code.
            NotReady: a file cannot be opened.
        """
        return await cls.open(address) if address.startswith("sqlite:") else cls.later(address)

    async def run(self, work: Callable[[Connection], _Result]) -> _Result:
        """
        Do *work* in a transaction: all of it, or nothing.

        Raises:
            NotReady: the database refused or could not be reached.
        """
        if self._closed:
            raise NotReady("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def aclose(self) -> None:
        """Finish what has begun and let go of the database."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    def _transact(self, work: Callable[[Connection], _Result]) -> _Result:
        with _mapped(), self._engine.begin() as opened:
            if not self._prepared:
                _prepare(opened)
            result = work(opened)
        self._prepared = True
        return result


def insert_missing(connection: Connection, table: Table) -> Insert:
    """Return the insert into *table* that leaves rows as they are whose key is there already."""
    return _INSERTS[connection.dialect.name](table)


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert *rows*, in the order of *table*'s columns, but for those whose key is there already: as they are, for speed."""
    if rows:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        quoted = map(connection.dialect.identifier_preparer.quote, table.c.keys())
        into = f"{table.name} ({', '.join(quoted)}) VALUES ({', '.join([mark] * len(table.c))})"
        connection.exec_driver_sql(f"INSERT INTO {into} ON CONFLICT DO NOTHING", list(rows))


def fetched(connection: Connection, query: Select[_Row]) -> Sequence[_Row]:
    """Return the rows of *query* as the database's driver has them, for speed."""
    result = connection.execute(query)
    try:
        rows: Sequence[_Row] = result.cursor.fetchall()
    except connection.dialect.loaded_dbapi.Error as problem:
        raise NotReady(f"the database refused: {type(problem).__name__}") from problem
    finally:
        result.close()
    return rows


def read_as_memory(connection: Connection) -> None:
    """Let *connection* read what a file holds without copying it first, where there is a file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA mmap_size = {_MAPPED}")


def _engine(address: str) -> Engine:
    arguments: Mapping[str, object] = {}
    try:
        url = make_url(address)
        if url.drivername == "postgres":  # as libpq reads it, too
            url = url.set(drivername="postgresql")
        if url.get_backend_name() not in _INSERTS:
            raise _wrong(
                f"`{url.get_backend_name()}` is no database that is known", f"use one of {', '.join(_INSERTS)}"
            )
        if url.get_backend_name() == "postgresql":
            url, arguments = connection(url)
        engine = create_engine(url, connect_args=dict(arguments), pool_pre_ping=url.get_backend_name() != "sqlite")
    except (ArgumentError, NoSuchModuleError) as problem:
        raise _wrong(f"`{_shown(address)}` is no address", "write it like `sqlite:///yett.db`") from problem
    except ValueError as problem:
        raise _wrong(f"`{_shown(address)}`: {problem}", "write it as libpq reads it") from problem
    except ModuleNotFoundError as problem:
        hint = "install it: `pip install 'yett[postgres]'`"
        raise _wrong(f"the driver `{problem.name}` is not installed", hint) from problem
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _shown(address: str) -> str:
    """Return as much of *address* as holds no password."""
    return address.rpartition("@")[2]


def _wrong(message: str, hint: str) -> OperatorError:
    return OperatorError(Problem(Place("database"), "database-address", message, hint))


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # two that come at once would both make what is missing
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    if not METADATA.tables.keys() <= set(inspect(connection).get_table_names()):
        connection.exec_driver_sql(_ALONE[connection.dialect.name])
        METADATA.create_all(connection)
    versions = connection.scalars(select(schema.c.version)).all()
    if not versions or max(versions) < VERSION:  # newer versions only ever added tables
        connection.execute(insert_missing(connection, schema), {"version": VERSION})
    elif max(versions) > VERSION:
        message = f"the database's schema is version `{max(versions)}`, and this Yett knows up to {VERSION}"
        place = Place(URL.render_as_string(connection.engine.url, hide_password=True))
        raise OperatorError(Problem(place, "schema-version", message, "start the newer Yett that made it"))


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as problem:
        raise NotReady(f"the database refused: {_reason(problem)}") from problem
    except OSError as problem:  # a driver does not turn every error of a connection into one of its own
        raise NotReady(f"the database cannot be reached: {(problem.strerror or str(problem)).lower()}") from problem


def _reason(problem: SQLAlchemyError) -> str:
    """Say what a database said; only SQLite's own words are known to hold no values."""
    cause = problem.orig if isinstance(problem, DBAPIError) else None
    return str(cause) if isinstance(cause, sqlite3.DatabaseError) else type(problem).__name__
