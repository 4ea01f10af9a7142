"""What waits is handed out until it is carried, and goes when it is not needed any more."""

from pathlib import Path

import pytest

from tests.adapters.conformance_journal import outcomes, record
from tests.adapters.journal.disk import full_disk
from tests.adapters.journal.kept import Dead, Kept, kept
from yett.adapters.journal import frames, outbox
from yett.adapters.journal.folder import chain_folders
from yett.model.errors import NotReady
from yett.records.chain import verify


async def fill(kept: Kept, count: int, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        await kept.journal.admit(f"r{number}", record(f"r{number}", outcome=""))
        await kept.journal.seal(f"r{number}", 1.0, record(f"r{number}"))


async def test_only_what_is_on_the_disk_is_handed_out(tmp_path: Path) -> None:
    async with kept(tmp_path, interval=1e6) as journal:
        assert [entry.id for entry in journal.outbox.pending()] == [journal.journal.chain]
        journal.outbox.carried()
        await fill(journal, 3)
        assert journal.outbox.pending() == ()
        await journal.journal.sync()
        assert [entry.id for entry in journal.outbox.pending()] == ["r0", "r1", "r2"]


async def test_the_same_is_handed_out_until_it_is_carried(tmp_path: Path) -> None:
    async with kept(tmp_path) as journal:
        await fill(journal, 10)
        await journal.journal.sync()
        first = journal.outbox.pending(limit=4)
        assert len(first) == 4
        assert journal.outbox.pending(limit=4) == first
        journal.outbox.carried()
        second = journal.outbox.pending(limit=4)
        assert verify([*first, *second]) is None
        journal.outbox.carried()
        journal.outbox.carried()  # a second time it means nothing
        assert len(await journal.everything()) == 3


async def test_segments_go_when_all_of_them_is_carried(tmp_path: Path) -> None:
    async with kept(tmp_path, segment_size=2000) as journal:
        folder = journal.journal._writer.folder
        seen = []
        for begin in range(0, 60, 20):
            await fill(journal, 20, begin)
            assert len(folder.segments()) > 3
            seen += await journal.everything()
            assert len(folder.segments()) == 1
        assert verify(seen) is None
        assert len(outcomes(seen)) == 60


async def test_a_position_that_cannot_be_noted_means_again(tmp_path: Path) -> None:
    async with kept(tmp_path) as journal:
        await fill(journal, 2)
        await journal.journal.sync()
        entries = journal.outbox.pending()
        with full_disk(1), pytest.raises(NotReady, match="position"):
            journal.outbox.carried()
        assert journal.outbox.pending() == entries
        journal.outbox.carried()
        assert journal.outbox.pending() == ()


async def test_a_record_longer_than_what_is_read_at_once_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_CHUNK", 300)
    async with kept(tmp_path) as journal:
        await fill(journal, 4)
        await journal.journal.seal("long", 1.0, record("long", outcome="x" * 5000))
        await fill(journal, 4, begin=4)
        entries = await journal.everything()
        assert verify(entries) is None
        assert len(outcomes(entries)) == 9


async def test_ended_chains_come_first_and_go_when_they_are_carried(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 5)
    async with Dead(tmp_path) as second:
        await fill(second, 5, begin=5)
    async with kept(tmp_path) as journal:
        await fill(journal, 5, begin=10)
        found = list(outcomes(await journal.everything()))
        assert sorted(found[:10]) == [f"r{number}" for number in range(10)]
        assert found[10:] == [f"r{number}" for number in range(10, 15)]
        assert [folder.chain for folder in chain_folders(tmp_path)] == [journal.journal.chain]


async def test_carrying_an_ended_chain_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 10)
        await first.journal.sync()
        carried = list(first.outbox.pending(limit=6))
        first.outbox.carried()
    async with kept(tmp_path) as journal:
        rest = [entry for entry in await journal.everything() if entry.chain == carried[0].chain]
    assert verify([*carried, *rest]) is None
    assert len(carried) + len(rest) == 11


async def test_a_damaged_stretch_is_passed_over_and_its_chain_kept(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 10)
        path = first.journal._writer.folder.segment(1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    for attempt in range(2):
        async with kept(tmp_path) as journal:
            assert [damage.segment for damage in journal.journal.damages] == [1]
            entries = [entry for entry in await journal.everything() if entry.chain == path.parent.name]
            assert (verify(entries) is not None) == (attempt == 0)
            assert len(entries) in ((9, 10, 11) if attempt == 0 else (0,))
            assert path.read_bytes() == bytes(data)


async def test_a_segment_that_somebody_removed_is_passed_over(tmp_path: Path) -> None:
    async with kept(tmp_path, segment_size=1000) as journal:
        await fill(journal, 20)
        await journal.journal.sync()
        journal.journal._writer.folder.segment(2).unlink()
        entries = await journal.everything()
        assert verify(entries) is not None
        assert entries[-1].id == "r19"


async def test_a_folder_that_cannot_be_read_is_not_ready(tmp_path: Path) -> None:
    async with kept(tmp_path) as journal:
        path = journal.journal._writer.folder.segment(1)
        path.rename(path.with_suffix(".away"))
        path.mkdir()
        with pytest.raises(NotReady, match="cannot be read"):
            journal.outbox.pending()


def test_what_is_no_entry_is_passed_over() -> None:
    data = frames.begun(0, "0" * 64) + frames.admitted("a", b"")
    assert outbox._collect(data, "chain", [], 10) == len(data)
