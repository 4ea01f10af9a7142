import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from tests.conftest import Fresh
from yett.adapters.sql.database import Database, fetched, insert_missing, insert_rows
from yett.adapters.sql.tables import VERSION, entries, schema
from yett.model.errors import NotReady, OperatorError

ROW = {"chain": "a", "sequence": 1, "id": "x", "at": 1.0, "body": b"", "link": ""}


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'yett.db'}"


async def test_what_is_missing_is_made_once(tmp_path: Path) -> None:
    for _ in range(2):
        database = await Database.open(address(tmp_path))
        assert await database.run(lambda c: c.scalars(select(schema.c.version)).all()) == [VERSION]
        await database.aclose()


async def test_sqlite_is_set_up_for_several_processes_and_for_the_loss_of_power(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5000)):
        assert await database.run(lambda c, p=pragma: c.execute(text(f"PRAGMA {p}")).scalar()) == expected
    await database.aclose()


@pytest.mark.parametrize("where", ["", "nowhere/yett.db"], ids=["a folder", "below none"])
async def test_what_cannot_be_opened_is_told_with_the_place_and_the_reason(tmp_path: Path, where: str) -> None:
    with pytest.raises(NotReady, match=f"^`sqlite:///{tmp_path}/{where}`: the database refused: unable to open"):
        await Database.open(f"sqlite:///{tmp_path}/{where}")


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    await database.run(lambda c: c.execute(insert(schema), {"version": VERSION + 1}))
    await database.aclose()
    with pytest.raises(OperatorError, match="schema-version"):
        await Database.open(address(tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "yett.db",
        "mysql://x",
        "oracle://x",
        "nosuch://user:hidden@host/x",
        "sqlite+no://",
        "postgresql://user:hidden@host/x?sslmode=maybe",
        "sqlite+aiosqlite_missing://user:hidden@host/x",
    ],
)
async def test_a_wrong_address_is_the_operators_and_shows_no_password(wrong: str) -> None:
    with pytest.raises(OperatorError, match="database-address") as raised:
        await Database.open(wrong)
    assert "hidden" not in str(raised.value)


async def test_a_place_that_cannot_be_opened_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReady):
        await Database.open(f"sqlite:///{tmp_path / 'missing' / 'yett.db'}")


async def test_a_file_that_is_no_database_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "yett.db").write_bytes(b"something else" * 100)
    with pytest.raises(NotReady):
        await Database.open(address(tmp_path))


async def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    with pytest.raises(NotReady):
        await database.run(lambda c: c.execute(insert(entries), [ROW, ROW]))
    assert await database.run(lambda c: c.execute(select(entries)).all()) == []
    await database.aclose()


async def test_rows_that_are_there_are_left_alone(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    for name in ("first", "second"):
        await database.run(lambda c, n=name: c.execute(insert_missing(c, entries), [{**ROW, "id": n}]))
    assert await database.run(lambda c: c.scalars(select(entries.c.id)).all()) == ["first"]
    await database.aclose()


async def test_rows_are_written_and_fetched_as_they_are(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    for name in ("first", "second"):
        await database.run(lambda c, n=name: insert_rows(c, entries, [("a", 1, n, 1.0, b"", "")]))
    await database.run(lambda c: insert_rows(c, entries, []))
    assert await database.run(lambda c: fetched(c, select(entries))) == [("a", 1, "first", 1.0, b"", "")]
    with pytest.raises(NotReady):
        await database.run(lambda c: fetched(c, select(text("abs(-9223372036854775808)")).select_from(entries)))
    await database.aclose()


async def test_two_processes_may_write_at_the_same_time(tmp_path: Path) -> None:
    databases = [await Database.open(address(tmp_path)) for _ in range(2)]

    async def write(database: Database, number: int) -> None:
        row = {**ROW, "sequence": number}
        await database.run(lambda c: c.execute(insert_missing(c, entries), [row]))

    await asyncio.gather(*(write(databases[number % 2], number) for number in range(60)))
    assert len(await databases[0].run(lambda c: c.execute(select(entries)).all())) == 60
    for database in databases:
        await database.aclose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_many_may_open_a_new_database_at_the_same_time(kind: str, tmp_path: Path, postgresql: Fresh) -> None:
    for attempt in range(3):
        place = f"sqlite:///{tmp_path / f'{attempt}.db'}" if kind == "sqlite" else postgresql()
        databases = await asyncio.gather(*(Database.open(place) for _ in range(6)), return_exceptions=True)
        assert [each for each in databases if not isinstance(each, Database)] == []
        for each in databases:
            await each.aclose()  # type: ignore[union-attr]


async def test_a_closed_database_is_not_ready_and_may_be_closed_again(tmp_path: Path) -> None:
    database = await Database.open(address(tmp_path))
    await database.aclose()
    await database.aclose()
    with pytest.raises(NotReady, match="closed"):
        await database.run(lambda c: None)
