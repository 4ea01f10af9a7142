"""What replaying needs is scanned beside the entries, and in them where it is missing."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import Connection, delete, text

from tests.compose.test_tally import CANDIDATE, bodies, plainly
from tests.conftest import Fresh
from tests.policy.test_comparison import digest
from yett.adapters.sql import sheets
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.adapters.sql.sheets import Reach
from yett.adapters.sql.tables import entries, frames
from yett.adapters.sql.tables import sheets as kept
from yett.compose.tally import Tally
from yett.model.record import Entry
from yett.policy.candidate import Candidate
from yett.policy.comparison import Comparison, Report

BODIES = bodies()


@pytest.fixture
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    fresh: Fresh | None = request.getfixturevalue("postgresql") if hasattr(request, "param") else None
    database = await Database.open(fresh() if fresh else f"sqlite:///{tmp_path / 'yett.db'}")
    yield database
    await database.aclose()


def chained(found: Sequence[bytes] = BODIES, begin: int = 1) -> list[Entry]:
    return [Entry("a", at, f"r{at}", float(at), body, "0") for at, body in enumerate(found, begin)]


async def replayed(database: Database, since: float = 0.0) -> Report:
    """Return what a new process replays."""
    comparison, store = Comparison(Candidate(CANDIDATE, digest)), SqlRecords(database)
    made, before, after = Tally(comparison), -1, 0
    while before != after:
        before, after = after, await store.scan(Reach("a", since, after), made.add)
    return comparison.report


@pytest.mark.parametrize(
    "gone",
    [
        kept.c.last < 0,
        kept.c.last >= 0,
        kept.c.last == 4,
        kept.c.last % 2 == 0,
        kept.c.last > 9,
    ],
    ids=["none", "all", "one", "every other", "the end"],
)
@pytest.mark.parametrize("few", [1, 3, 64])
async def test_entries_are_replayed_with_their_excerpts_or_without(database: Database, gone: object, few: int) -> None:
    with mock.patch.multiple(sheets, _AT_ONCE=2, _ROWS=few, _BODIES=few + 1):
        for at in range(0, len(BODIES), 5):
            await SqlRecords(database).append(chained()[at : at + 5])
        await database.run(lambda connection: connection.execute(delete(kept).where(gone)))  # type: ignore[arg-type]
        assert await replayed(database) == plainly(BODIES)
        assert await replayed(database, since=7.0) == plainly(BODIES[6:])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_every_database_has_them(database: Database) -> None:
    await SqlRecords(database).append(chained())
    await SqlRecords(database).append(chained())
    assert await replayed(database) == plainly(BODIES)
    await database.run(lambda connection: connection.execute(delete(kept)))
    assert await replayed(database, since=7.0) == plainly(BODIES[6:])


async def test_entries_that_come_twice_or_overlap_are_replayed_once(database: Database) -> None:
    store, made = SqlRecords(database), chained()
    for begin, end in ((0, 8), (0, 8), (3, 12), (2, 5), (12, 19), (0, 19)):
        await store.append(made[begin:end])
    assert await replayed(database) == plainly(BODIES)


async def test_what_can_be_replayed_from_excerpts_reads_no_entry(database: Database) -> None:
    await SqlRecords(database).append(chained(BODIES[1:]))
    await database.run(lambda connection: connection.execute(delete(entries)))
    assert await replayed(database) == plainly(BODIES[1:])


async def test_a_frame_is_stored_once_and_none_that_was_taken_back_is_missed(database: Database) -> None:
    store = SqlRecords(database)
    with mock.patch.object(store._sheets, "appended"):  # as if the transaction had come to nothing
        await store.append(chained())
    await store.append(chained(begin=50))
    assert await replayed(database) == plainly(BODIES * 2)
    count = await database.run(lambda connection: connection.scalar(text("SELECT count(*) FROM yett_frames")))
    assert count == len({each.frame for each in map(store._sheets._excerpts.of, BODIES) if each})


@pytest.mark.parametrize("column", ["last", "first", "earliest", "latest", "frames", "which", "columns", "told"])
@pytest.mark.parametrize(
    "value", ["7", "-9e18", "NULL || ''", "x'00'", "'é'", "'[]'", "'[[1]]'", "x'5b5d0a01ff'", "1.5"]
)
async def test_what_somebody_wrote_there_breaks_nothing(database: Database, column: str, value: str) -> None:
    def tamper(connection: Connection) -> None:
        connection.execute(text(f'UPDATE OR IGNORE yett_sheets SET "{column}" = coalesce({value}, 9) WHERE last > 4'))

    with mock.patch.object(sheets, "_AT_ONCE", 3):
        await SqlRecords(database).append(chained())
    await database.run(tamper)
    report = await replayed(database)
    if column not in {"last", "first", "latest", "told"}:
        assert (report.records, report.replayed) == (len(BODIES) - 1, len(BODIES) - 1)


async def test_what_is_older_is_passed_over_unread(database: Database) -> None:
    with mock.patch.multiple(sheets, _AT_ONCE=4, _ROWS=2):
        await SqlRecords(database).append(chained())
        await database.run(lambda connection: connection.execute(delete(entries).where(entries.c.sequence < 10)))
        with mock.patch.object(sheets, "sheet", side_effect=AssertionError):
            assert await replayed(database, since=10.0) == plainly(BODIES[9:])


async def test_frames_that_are_gone_leave_the_entries(database: Database) -> None:
    await SqlRecords(database).append(chained())
    await database.run(lambda connection: connection.execute(delete(frames)))
    assert await replayed(database) == plainly(BODIES)


async def test_what_is_remembered_stays_bounded(database: Database) -> None:
    with mock.patch.object(sheets, "_MOST_FRAMES", 1):
        store = SqlRecords(database)
        for begin in (1, 50):
            await store.append(chained(begin=begin))
    assert await replayed(database) == plainly(BODIES * 2)
