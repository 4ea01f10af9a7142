"""The trail is proven, or it is said where it breaks."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.conformance_journal import record
from tests.adapters.journal.kept import Dead
from yett.adapters.journal import frames
from yett.adapters.journal.waiting import WaitingEntries
from yett.adapters.memory.records import MemoryRecords
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.compose import trail
from yett.compose.settings import Settings
from yett.compose.trail import BrokenChain, verify_store, verify_trail
from yett.model.errors import NotReady, OperatorError
from yett.model.record import Entry
from yett.records.chain import GENESIS, link
from yett.records.opening import Head, Opening, write


def chain(name: str, records: int, previous: tuple[Head, ...] = ()) -> list[Entry]:
    """Return a chain with an opening and so many records."""
    bodies = [(f"{name}-0", write(Opening(f"{name}-0", 0.0, name, previous)))]
    bodies += [(f"{name}-{n}", orjson.dumps({"id": f"{name}-{n}", "at": float(n)})) for n in range(1, records + 1)]
    entries: list[Entry] = []
    for number, (identifier, body) in enumerate(bodies):
        before = entries[-1].link if entries else GENESIS
        entries.append(Entry(name, number + 1, identifier, float(number), body, link(before, number + 1, body)))
    return entries


def head(entries: list[Entry]) -> Head:
    return Head(entries[-1].chain, entries[-1].sequence, entries[-1].link)


FIRST = chain("a", 4)
SECOND = chain("b", 2, (head(FIRST),))
WHOLE = [*FIRST, *SECOND]

Change = Callable[[list[Entry]], list[Entry]]
CHANGES: dict[str, tuple[Change, BrokenChain]] = {
    "a record altered": (
        lambda all_: [entry._replace(body=entry.body + b" ") if entry.id == "a-2" else entry for entry in all_],
        BrokenChain("a", 3, "the entry is altered"),
    ),
    "a record gone": (
        lambda all_: [entry for entry in all_ if entry.id != "a-2"],
        BrokenChain("a", 3, "the entry is missing"),
    ),
    "the tail cut off": (
        lambda all_: [entry for entry in all_ if entry.id not in {"a-3", "a-4"}],
        BrokenChain("a", 4, "the chain does not end at 5, as it did"),
    ),
    "a chain gone": (
        lambda all_: [entry for entry in all_ if entry.chain != "a"],
        BrokenChain("a", 1, "the chain is missing"),
    ),
    "a chain without its opening": (
        lambda all_: [*all_, Entry("c", 1, "c-0", 0.0, b'{"id":"c-0","at":0.0}', link(GENESIS, 1, b'{"id":"c-0","at":0.0}'))],
        BrokenChain("c", 1, "the entry is altered"),
    ),
    "an opening that says nonsense": (
        lambda all_: [*all_, *nonsense()],
        BrokenChain("c", 1, "the entry is altered"),
    ),
}  # fmt: skip


def nonsense() -> list[Entry]:
    body = orjson.dumps({"kind": "opening", "id": "c-0", "at": 0.0, "previous": 5})
    return [Entry("c", 1, "c-0", 0.0, body, link(GENESIS, 1, body))]


async def stored(entries: list[Entry]) -> MemoryRecords:
    records = MemoryRecords()
    await records.append(entries)
    return records


async def test_a_trail_that_nobody_touched_holds() -> None:
    report = await verify_store(await stored(WHOLE))
    assert (report.holds, report.chains, report.entries) == (True, 2, 8)


async def test_an_empty_trail_holds() -> None:
    assert (await verify_store(MemoryRecords())).holds


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_is_told_with_its_place(name: str) -> None:
    change, broken = CHANGES[name]
    report = await verify_store(await stored(change(WHOLE)))
    assert broken in report.broken
    assert not report.holds


@given(position=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7), data=st.data())
async def test_any_flipped_bit_breaks_the_trail(position: int, bit: int, data: st.DataObject) -> None:
    entry = WHOLE[position]
    body = bytearray(entry.body)
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << bit
    changed = [*WHOLE[:position], entry._replace(body=bytes(body)), *WHOLE[position + 1 :]]
    assert not (await verify_store(await stored(changed))).holds


@pytest.mark.parametrize("name", ["the tail cut off", "a chain gone"])
async def test_without_openings_nobody_would_miss_a_tail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "missed", lambda openings, heads: ())
    change, _ = CHANGES[name]
    assert (await verify_store(await stored(change(WHOLE)))).holds


async def test_long_chains_are_read_in_pages_and_counted() -> None:
    counted: list[int] = []
    report = await verify_store(await stored(chain("long", 2500)), counted.append)
    assert (report.holds, report.entries) == (True, 2501)
    assert (len(counted), sum(counted)) == (3, 2501)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    made = Settings.model_validate({"records": {"path": str(tmp_path)}})
    database = await Database.open(made.records.database)
    await SqlRecords(database).append(WHOLE)
    await database.aclose()
    return made


def test_the_configured_database_is_verified(settings: Settings) -> None:
    assert verify_trail(settings).holds


def test_a_tampered_database_is_found_out(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.records.path / "records.db")) as database, database:
        database.execute("UPDATE yett_entries SET body = CAST(replace(body, '2.0', '9.0') AS BLOB) WHERE id = 'a-2'")
    assert verify_trail(settings).broken == (BrokenChain("a", 3, "the entry is altered"),)


async def killed(folder: Path, names: str) -> list[Entry]:
    """Leave behind what a gateway does that is killed before it carries; return the entries."""
    async with Dead(folder / "journal") as left:
        for name in names:
            await left.journal.admit(name, b"")
            await left.journal.seal(name, 1.0, record(name))
        await left.journal.sync()
        return list(left.outbox.pending())


async def store(settings: Settings, entries: Sequence[Entry]) -> None:
    database = await Database.open(settings.records.database)
    await SqlRecords(database).append(entries)
    await database.aclose()


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Configure a trail whose database is there and empty."""
    made = Settings.model_validate({"records": {"path": str(tmp_path)}})
    asyncio.run(store(made, ()))
    return made


@pytest.mark.parametrize("carried", [0, 1, 3, 4])
def test_what_was_sealed_and_not_carried_is_proven_and_counted(empty: Settings, carried: int) -> None:
    entries = asyncio.run(killed(empty.records.path, "abc"))
    asyncio.run(store(empty, entries[:carried]))
    counted: list[int] = []
    report = verify_trail(empty, counted.append)
    assert (report.holds, report.chains, report.entries, sum(counted)) == (True, 1, 4, 4)


def test_looking_at_the_journal_changes_nothing(empty: Settings) -> None:
    asyncio.run(killed(empty.records.path, "abc"))
    journal = empty.records.path / "journal"
    before = {path: path.read_bytes() for path in journal.rglob("*") if path.is_file()}
    verify_trail(empty)
    assert {path: path.read_bytes() for path in journal.rglob("*") if path.is_file()} == before


def test_a_gap_between_the_store_and_the_journal_is_a_gap(empty: Settings) -> None:
    entries = asyncio.run(killed(empty.records.path, "abc"))
    asyncio.run(store(empty, [*entries[:1], *entries[2:3]]))
    assert [(each.sequence, each.why) for each in verify_trail(empty).broken] == [(2, "the entry is missing")]


def test_a_record_altered_in_the_journal_is_found_out(empty: Settings) -> None:
    asyncio.run(killed(empty.records.path, "abc"))
    (segment,) = (empty.records.path / "journal").rglob("*.journal")
    frame = next(frame for frame in read_frames(segment.read_bytes()) if isinstance(frame, Entry) and frame.id == "b")
    forged = frames.sealed(frame._replace(body=frame.body.replace(b"served", b"forged")))
    segment.write_bytes(segment.read_bytes().replace(frames.sealed(frame), forged))
    assert [(each.sequence, each.why) for each in verify_trail(empty).broken] == [(3, "the entry is altered")]


def read_frames(data: bytes) -> Iterator[frames.Frame]:
    at = 0
    while found := frames.read(data, at):
        frame, at = found
        yield frame


async def test_what_is_carried_while_one_looks_is_missed_nowhere(empty: Settings) -> None:
    entries = await killed(empty.records.path, "abc")
    waiting = WaitingEntries(empty.records.path / "journal")
    for segment in (empty.records.path / "journal").rglob("*.journal"):
        segment.unlink()
    report = await verify_store(trail._WithJournal(CarriedMeanwhile(entries), waiting))
    assert (report.holds, report.entries) == (True, 4)


class CarriedMeanwhile(MemoryRecords):
    """A store that has *entries* only when it is asked a second time."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._later = entries

    async def chains(self) -> Sequence[str]:
        return [self._later[0].chain]

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        page = await super().read(chain, after, limit)
        await self.append(self._later)
        return page


def test_a_trail_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    missing = Settings.model_validate({"records": {"path": str(tmp_path / "nowhere")}})
    with pytest.raises(OperatorError) as caught:
        verify_trail(missing)
    assert caught.value.problems[0].code == "no-trail"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database_is_not_a_trail_that_holds(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"not a database" * 100)
    with pytest.raises(NotReady):
        verify_trail(Settings.model_validate({"records": {"path": str(tmp_path)}}))
