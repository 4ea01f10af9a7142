"""The journal: acknowledged is kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.conformance_journal import JournalConformance, outcomes, record
from tests.adapters.journal.disk import full_disk
from tests.adapters.journal.kept import Kept, StoppedClock, kept, synced
from yett.adapters.journal import segment
from yett.adapters.journal.journal import FileJournal
from yett.model.errors import NotReady
from yett.records.chain import verify


class TestSyncedAtIntervals(JournalConformance):
    @pytest.fixture
    async def kept(self, tmp_path: Path) -> AsyncIterator[Kept]:
        async with kept(tmp_path, segment_size=2000) as journal:
            yield journal


class TestAlwaysSynced(JournalConformance):
    @pytest.fixture
    async def kept(self, tmp_path: Path) -> AsyncIterator[Kept]:
        async with kept(tmp_path, sync="always") as journal:
            yield journal


async def write(journal: FileJournal, name: str) -> None:
    await journal.admit(name, record(name, outcome=""))
    await journal.seal(name, 1.0, record(name))


async def many(journal: FileJournal, count: int) -> None:
    for number in range(count):
        await write(journal, f"r{number}")


async def test_the_folder_is_ours_alone(tmp_path: Path) -> None:
    async with kept(tmp_path / "a" / "journal") as journal:
        folder = journal.journal._writer.folder
        assert (tmp_path / "a" / "journal").stat().st_mode & 0o077 == 0
        assert folder.path.stat().st_mode & 0o077 == 0
        assert folder.segment(1).stat().st_mode & 0o077 == 0


async def test_always_means_that_it_is_on_the_disk_when_the_call_returns(tmp_path: Path) -> None:
    async with kept(tmp_path, sync="always") as journal:
        await journal.journal.admit("a", b"")
        assert journal.journal._durable == journal.journal._writer.reached
        await journal.journal.seal("a", 1.0, record("a"))
        assert journal.journal._durable == journal.journal._writer.reached


async def test_those_who_wait_together_share_a_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    real = segment._sync
    monkeypatch.setattr(segment, "_sync", lambda descriptor: syncs.append(descriptor) or real(descriptor))
    async with kept(tmp_path, sync="always") as journal:
        syncs.clear()
        await asyncio.gather(*(write(journal.journal, f"r{number}") for number in range(200)))
        assert 2 <= len(syncs) < 100
        assert verify(await journal.everything()) is None


async def test_at_intervals_the_disk_follows_by_itself(tmp_path: Path) -> None:
    async with kept(tmp_path, interval=0.001) as journal:
        for number in range(5):
            await write(journal.journal, f"r{number}")
            await synced(journal.journal)


async def test_what_is_written_during_a_sync_is_synced_next(tmp_path: Path) -> None:
    async with kept(tmp_path, interval=0.001) as journal:
        await journal.journal.admit("a", b"")
        journal.journal._tick()
        await asyncio.sleep(0)  # the sync has begun, and does not know of what follows
        await journal.journal.admit("b", b"")
        journal.journal._timer.cancel()
        journal.journal._tick()  # its time comes while the first sync still runs
        await synced(journal.journal)


async def test_a_full_disk_is_not_ready_until_there_is_space(tmp_path: Path) -> None:
    async with kept(tmp_path) as journal:
        await write(journal.journal, "before")
        size = journal.journal._writer.reached.offset
        with full_disk(size + 30), pytest.raises(NotReady, match="cannot be written"):
            await journal.journal.admit("a", b"x" * 100)
        assert journal.journal.trouble == "the journal cannot be written: file too large"
        with full_disk(size + 300):
            await journal.journal.admit("a", b"")
            assert not journal.journal.trouble
            with pytest.raises(NotReady):
                await journal.journal.seal("a", 1.0, record("a"))
        await journal.journal.seal("a", 1.0, record("a"))
        entries = await journal.everything()
        assert verify(entries) is None
        assert list(outcomes(entries)) == ["before", "a"]


async def test_after_a_sync_has_failed_nothing_is_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = await FileJournal.open(tmp_path, StoppedClock())

    def broken(descriptor: int) -> None:
        raise OSError(5, "input/output error")

    await journal.admit("a", b"")
    with monkeypatch.context() as patched:
        patched.setattr(segment, "_sync", broken)
        with pytest.raises(NotReady, match="disk failed"):
            await journal.sync()
    for call in (journal.admit("b", b""), journal.seal("a", 1.0, record("a")), journal.sync()):
        with pytest.raises(NotReady, match="disk failed"):
            await call
    with pytest.raises(NotReady):
        await journal.aclose()
    async with kept(tmp_path) as again:
        assert outcomes(await again.everything()) == {"a": "crashed"}


async def test_nothing_is_written_after_it_is_closed(tmp_path: Path) -> None:
    async with kept(tmp_path) as journal:
        pass
    await journal.journal.aclose()
    with pytest.raises(NotReady, match="closed"):
        await journal.journal.admit("a", b"")
    with pytest.raises(NotReady, match="closed"):
        await journal.journal.seal("a", 1.0, b"{}")


async def test_when_too_much_waits_nothing_new_is_admitted_and_what_has_begun_may_end(tmp_path: Path) -> None:
    async with kept(tmp_path, segment_size=1000, capacity=5000) as journal:
        await journal.journal.admit("begun", b"")
        with pytest.raises(NotReady, match="full"):
            await many(journal.journal, 1000)
        await journal.journal.seal("begun", 1.0, record("begun"))
        assert verify(await journal.everything()) is None
        await journal.journal.admit("next", b"")


async def test_a_folder_that_cannot_be_used_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotReady, match="cannot begin"):
        await FileJournal.open(tmp_path / "file" / "journal", StoppedClock())
