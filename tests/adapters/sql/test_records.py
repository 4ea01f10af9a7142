from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from tests.adapters.conformance_journal import outcomes, record
from tests.adapters.conformance_records import Made, RecordStoreConformance
from tests.adapters.journal.kept import kept
from tests.conftest import Fresh
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.adapters.sql.sheets import Reach
from yett.adapters.sql.tables import entries
from yett.ports.records import RecordStore
from yett.records.chain import Break, Flaw, verify
from yett.records.excerpts import told
from yett.records.sheets import Page
from yett.services.carrying import Carrier, CarrierOptions


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite:///{tmp_path / 'yett.db'}")
    yield database
    await database.aclose()


class TestSqlRecords(RecordStoreConformance):
    @pytest.fixture
    def store(self, database: Database) -> RecordStore:
        return SqlRecords(database)


class TestPostgresqlRecords(RecordStoreConformance):
    @pytest.fixture
    async def store(self, postgresql: Fresh) -> AsyncIterator[RecordStore]:
        database = await Database.open(postgresql())
        yield SqlRecords(database)
        await database.aclose()


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        (update(entries).where(entries.c.sequence == 3).values(body=b"{}"), Break(3, Flaw.ALTERED)),
        (update(entries).where(entries.c.sequence == 3).values(link="0" * 64), Break(3, Flaw.ALTERED)),
        (update(entries).where(entries.c.sequence == 3).values(id="somebody-else"), Break(3, Flaw.ALTERED)),
        (update(entries).where(entries.c.sequence == 3).values(at=0.0), Break(3, Flaw.ALTERED)),
        (delete(entries).where(entries.c.sequence == 3), Break(3, Flaw.MISSING)),
        (update(entries).where(entries.c.sequence == 3).values(sequence=99), Break(3, Flaw.MISSING)),
        (
            update(entries).where(entries.c.sequence > 2).values(sequence=entries.c.sequence + 10),
            Break(3, Flaw.MISSING),
        ),
        (
            text("UPDATE yett_entries SET body = replace(body, 'served', 'failed') WHERE sequence = 4"),
            Break(4, Flaw.ALTERED),
        ),
        (
            text(
                "UPDATE yett_entries SET (id, at, body, link) = (SELECT id, at, body, link FROM yett_entries o"
                " WHERE o.sequence = yett_entries.sequence + 1) WHERE sequence = 2"
            ),
            Break(2, Flaw.ALTERED),
        ),
        (text("UPDATE yett_entries SET at = 'never' WHERE sequence = 4"), Break(4, Flaw.ALTERED)),
        (text("UPDATE yett_entries SET id = 7 WHERE sequence = 4"), Break(4, Flaw.ALTERED)),
        (text("UPDATE yett_entries SET link = 7, body = 7 WHERE sequence = 4"), Break(4, Flaw.ALTERED)),
        (update(entries).values(id=entries.c.id), None),
    ],
)
async def test_who_tampers_with_the_database_breaks_the_chain(
    database: Database, tampering: object, expected: Break | None
) -> None:
    store = SqlRecords(database)
    await store.append(Made("a").entries())
    await database.run(lambda connection: connection.execute(tampering))
    assert verify(await store.read("a")) == expected


async def test_what_the_journal_keeps_comes_to_the_database_once(database: Database, tmp_path: Path) -> None:
    store = SqlRecords(database)
    async with kept(tmp_path / "journal", segment_size=5000) as journal:
        for number in range(100):
            await journal.journal.admit(f"r{number}", b"")
            await journal.journal.seal(f"r{number}", 1.0, record(f"r{number}"))
        await journal.journal.sync()
        carrier = Carrier(journal.outbox, store, CarrierOptions(batch=7))
        assert await carrier.carry() == 7
        await store.append(journal.outbox.pending(limit=20))  # as if the process had died before it was noted
        await carrier.aclose()
        entries = await store.read(journal.journal.chain)
    assert verify(entries) is None
    assert len(outcomes(entries)) == 100


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_replaying_needs_is_scanned_in_order(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("postgresql")() if kind == "postgresql" else f"sqlite:///{tmp_path / 'yett.db'}"
    database = await Database.open(address)
    store = SqlRecords(database)
    await store.append([*Made("a", count=9).entries(), *Made("b").entries()])
    ids = list[str]()

    def work(page: Page) -> None:
        ids.extend(told(each).id for its in page.sheets for each in its.told)

    assert await store.scan(Reach("a", 103.0, 0), work) == 9
    assert ids == [f"a-{sequence}" for sequence in range(3, 10)]
    assert await store.count(103.0) == 10
    await database.aclose()
