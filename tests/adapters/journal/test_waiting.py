"""What waits is read where it is, by whoever may read it, and nothing changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.adapters.conformance_journal import outcomes, record
from tests.adapters.journal.kept import Dead, Kept, kept
from yett.adapters.journal import folder, outbox, waiting
from yett.adapters.journal.waiting import WaitingEntries
from yett.model.errors import NotReady
from yett.model.record import Entry
from yett.records.chain import verify


async def fill(kept: Kept, count: int, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        await kept.journal.admit(f"r{number}", b"")
        await kept.journal.seal(f"r{number}", 1.0, record(f"r{number}"))


def everything(entries: WaitingEntries, chain: str, after: int = 0) -> list[Entry]:
    found: list[Entry] = []
    while batch := entries.read(chain, found[-1].sequence if found else after):
        found += batch
    return found


async def test_what_waits_is_read_in_order_while_its_writer_goes_on(tmp_path: Path) -> None:
    async with kept(tmp_path, interval=1e6, segment_size=2000) as journal:
        chain = journal.journal.chain
        await fill(journal, 20)
        entries = WaitingEntries(tmp_path)
        await fill(journal, 5, begin=20)
        found = everything(entries, chain)
        assert (verify(found), len(outcomes(found))) == (None, 20)
        assert entries.chains() == [chain]
        assert len(everything(WaitingEntries(tmp_path), chain)) == 26
        assert len(await journal.everything()) == 26
        assert everything(WaitingEntries(tmp_path), chain) == []
        assert WaitingEntries(tmp_path).chains() == []


async def test_every_chain_is_read_from_where_it_was_carried_to(tmp_path: Path) -> None:
    async with Dead(tmp_path) as dead:
        await fill(dead, 5)
        await dead.journal.sync()
        dead.outbox.pending(limit=3)
        dead.outbox.carried()
    entries = WaitingEntries(tmp_path)
    (chain,) = entries.chains()
    assert [entry.sequence for entry in everything(entries, chain)] == [4, 5, 6]


@pytest.mark.parametrize("after", range(12))
async def test_one_can_begin_anywhere_and_go_back(tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_BATCH", 3)
    async with Dead(tmp_path) as dead:
        await fill(dead, 9)
        chain = dead.journal.chain
    entries = WaitingEntries(tmp_path)
    for _ in range(2):
        assert [entry.sequence for entry in everything(entries, chain, after)] == list(range(after + 1, 11))
        assert all(entry.chain == chain for entry in everything(entries, chain))


async def test_what_is_torn_at_the_end_stays_out_of_sight_even_when_it_is_completed(tmp_path: Path) -> None:
    async with Dead(tmp_path) as dead:
        await fill(dead, 3)
        chain = dead.journal.chain
    (segment,) = (tmp_path / chain).glob("*.journal")
    whole = segment.read_bytes()
    for cut in range(1, 200):
        segment.write_bytes(whole[:-cut])
        entries = WaitingEntries(tmp_path)
        first = entries.read(chain)
        segment.write_bytes(whole + whole[-50:])
        found = [*first, *everything(entries, chain, first[-1].sequence)]
        assert verify(found) is None
        assert len(found) in {2, 3}


async def test_a_folder_that_is_gone_meanwhile_is_empty(tmp_path: Path) -> None:
    async with Dead(tmp_path) as dead:
        await fill(dead, 3)
        chain = dead.journal.chain
    entries = WaitingEntries(tmp_path)
    folder.ChainFolder(tmp_path / chain).remove()
    assert entries.read(chain) == ()
    assert entries.chains() == []


def test_a_journal_that_never_was_is_empty(tmp_path: Path) -> None:
    entries = WaitingEntries(tmp_path / "nowhere")
    assert (entries.chains(), entries.read("nowhere")) == ([], ())


async def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Dead(tmp_path) as dead:
        await fill(dead, 3)
        chain = dead.journal.chain
    entries = WaitingEntries(tmp_path)

    def refuse(*arguments: object) -> Sequence[Entry]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(outbox, "_stretch", refuse)
    with pytest.raises(NotReady, match="the journal cannot be read: Permission denied"):
        entries.read(chain)
    monkeypatch.setattr(folder.ChainFolder, "segments", refuse)
    with pytest.raises(NotReady, match="the journal cannot be read: Permission denied"):
        WaitingEntries(tmp_path)


async def test_what_goes_while_note_is_taken_of_it_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Dead(tmp_path) as dead:
        await fill(dead, 3)
        await dead.journal.sync()
    found = folder.ChainFolder.segments

    def carried_away(chain: folder.ChainFolder) -> list[int]:
        numbers = found(chain)
        for number in numbers:
            chain.segment(number).unlink()
        return numbers

    monkeypatch.setattr(folder.ChainFolder, "segments", carried_away)
    assert WaitingEntries(tmp_path).chains() == []
