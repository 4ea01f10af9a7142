"""What was acknowledged is there after the process was killed, however often that happens."""

import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.conformance_journal import outcomes, record
from tests.adapters.journal.disk import full_disk
from tests.adapters.journal.kept import Dead, Kept, StoppedClock, kept
from yett.adapters.journal import recovery
from yett.adapters.journal.journal import FileJournal
from yett.adapters.journal.recovery import start
from yett.model.errors import NotReady
from yett.model.record import Entry
from yett.records.chain import verify
from yett.records.opening import Head, missed, read

VICTIM = Path(__file__).with_name("victim.py")


def by_chain(entries: list[Entry]) -> dict[str, list[Entry]]:
    chains: defaultdict[str, dict[int, Entry]] = defaultdict(dict)
    for entry in entries:
        assert chains[entry.chain].setdefault(entry.sequence, entry) == entry, "carried twice, and not alike"
    return {chain: [found[sequence] for sequence in sorted(found)] for chain, found in chains.items()}


def whole(entries: list[Entry]) -> dict[str, str]:
    """Check that every chain holds and that none is missed; return what was recorded of each exchange."""
    chains = by_chain(entries)
    for chain in chains.values():
        assert verify(chain) is None
    openings = [opening for chain in chains.values() if (opening := read(chain[0].body))]
    assert len(openings) == len(chains)
    heads = {name: Head(name, chain[-1].sequence, chain[-1].link) for name, chain in chains.items()}
    assert missed(openings, heads) == ()
    return outcomes([entry for chain in chains.values() for entry in chain])


def killed(base: Path, name: str, after: int) -> list[str]:
    """Run a victim, kill it after it has written so many bytes, and return the lines that it wrote."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(VICTIM), str(base), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.read(after)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read()
    return said.decode().splitlines(keepends=True)


def carried(line: str) -> Entry:
    _, chain, sequence, link, at, name, body = line.split()
    return Entry(chain, int(sequence), name, float(at), bytes.fromhex(body), link)


async def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    chance = random.Random()
    sealed, admitted, entries = set(), set(), []
    for number in range(5):
        for line in killed(tmp_path, f"v{number}", chance.randrange(2_000, 400_000)):
            match line.partition(" ")[0] if line.endswith("\n") else "":
                case "sealed":
                    sealed.add(line.split()[1])
                case "admitted":
                    admitted.add(line.split()[1])
                case "carried":
                    entries.append(carried(line))
    async with kept(tmp_path) as journal:
        assert journal.journal.damages == ()
        entries += await journal.everything()
    found = whole(entries)
    assert len(sealed) > 50
    assert sealed <= {name for name, outcome in found.items() if outcome == "served"}
    assert admitted <= set(found)
    assert set(found.values()) <= {"served", "crashed"}


async def fill(kept: Kept, count: int, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        await kept.journal.admit(f"r{number}", record(f"r{number}", outcome=""))
        await kept.journal.seal(f"r{number}", 1.0, record(f"r{number}"))


async def test_what_had_begun_is_sealed_as_crashed_once(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 2)
        await first.journal.admit("a", record("a", at=7.0, outcome=""))
        await first.journal.admit("b", b"no record at all")
        first_chain = first.journal.chain
    async with Dead(tmp_path) as second:
        assert second.journal.damages == ()
    async with kept(tmp_path) as journal:
        entries = list(await journal.everything())
    assert whole(entries) == {"r0": "served", "r1": "served", "a": "crashed", "b": "crashed"}
    assert [entry.at for entry in entries if entry.id == "a"] == [7.0]
    assert [entry.at for entry in entries if entry.id == "b"] == [StoppedClock().now()]
    assert by_chain(entries)[first_chain][-1].id == "r1"


async def test_an_exchange_that_was_open_when_its_segment_went_is_sealed_as_crashed(tmp_path: Path) -> None:
    async with Dead(tmp_path, segment_size=1000) as first:
        await first.journal.admit("long", record("long", outcome=""))
        await fill(first, 20)
        entries = list(await first.everything())
        assert first.journal._writer.folder.segments()[0] > 1
    async with kept(tmp_path) as journal:
        entries += await journal.everything()
    assert whole(entries)["long"] == "crashed"


async def test_who_dies_while_taking_over_leaves_all_of_it_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Dead(tmp_path) as first:
        await first.journal.admit("a", record("a", outcome=""))
        await first.journal.admit("b", record("b", outcome=""))

    class Killed(BaseException):
        pass

    def die(self: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(recovery.ChainFolder, "adopt", die)
        with pytest.raises(Killed):
            start(tmp_path, 1.0, 1000)
    async with kept(tmp_path) as journal:
        assert whole(list(await journal.everything())) == {"a": "crashed", "b": "crashed"}


async def test_forgetting_who_has_sealed_it_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = recovery._unsealed

    def forgetful(finished: tuple[recovery.Finished, ...]) -> dict[str, bytes]:
        return {name: note for chain in finished for name, note in real([chain]).items()}

    monkeypatch.setattr(recovery, "_unsealed", forgetful)
    with pytest.raises(AssertionError, match="sealed twice"):
        await test_who_dies_while_taking_over_leaves_all_of_it_to_the_next(tmp_path, monkeypatch)


async def test_who_lives_is_left_alone(tmp_path: Path) -> None:
    async with kept(tmp_path) as one, kept(tmp_path) as other:
        await one.journal.admit("a", record("a", outcome=""))
        await other.journal.admit("b", record("b", outcome=""))
        async with kept(tmp_path) as third:
            assert outcomes(await third.everything()) == {}
        await one.journal.seal("a", 1.0, record("a"))
        await other.journal.seal("b", 1.0, record("b"))
        assert outcomes(await one.everything()) == {"a": "served"}
        assert outcomes(await other.everything()) == {"b": "served"}


async def test_a_chain_names_the_heads_of_those_before_it_and_a_cut_tail_is_missed(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 3)
    async with kept(tmp_path) as journal:
        entries = list(await journal.everything())
    whole(entries)
    tail = max((entry for entry in entries if entry.chain != journal.journal.chain), key=lambda entry: entry.sequence)
    entries.remove(tail)
    with pytest.raises(AssertionError):
        whole(entries)


async def test_a_disk_too_full_to_begin_is_not_ready_and_later_all_is_there(tmp_path: Path) -> None:
    async with Dead(tmp_path) as first:
        await fill(first, 3)
        await first.journal.admit("a", record("a", outcome=""))
    for size in (0, 60, 200, 600, 900):
        with full_disk(size), pytest.raises(NotReady, match="cannot be"):
            await FileJournal.open(tmp_path, StoppedClock())
    async with kept(tmp_path) as journal:
        found = whole(list(await journal.everything()))
    assert found == {"r0": "served", "r1": "served", "r2": "served", "a": "crashed"}


TORN = st.one_of(st.just(b""), st.binary(max_size=60), st.just(b"\0" * 4096))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 1200), torn=TORN)
async def test_a_torn_tail_is_cut_off_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, cut: int, torn: bytes
) -> None:
    base = tmp_path_factory.mktemp("torn")
    async with Dead(base) as first:
        await fill(first, 3)
        path = first.journal._writer.folder.segment(1)
    data = path.read_bytes()
    kept_whole = len(data) - cut
    path.write_bytes(data[: max(kept_whole, 0)] + torn)
    async with kept(base) as journal:
        assert journal.journal.damages == ()
        entries = [entry for entry in await journal.everything() if entry.chain == path.parent.name]
    assert verify(entries) is None
    assert cut > 0 or len(entries) == 4


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.floats(0, 1), bit=st.integers(0, 7))
async def test_damage_that_whole_frames_follow_is_kept_and_told(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    base = tmp_path_factory.mktemp("damage")
    async with Dead(base) as first:
        await fill(first, 3)
        path = first.journal._writer.folder.segment(1)
        last = first.journal._writer.reached.offset
        await fill(first, 1, begin=3)
    data = bytearray(path.read_bytes())
    data[int(place * (last - 1))] ^= 1 << bit
    path.write_bytes(data)
    async with kept(base) as journal:
        assert len(journal.journal.damages) == 1
        await journal.everything()
    assert path.read_bytes() == bytes(data)


async def test_damage_at_the_end_of_a_segment_that_others_follow_is_no_torn_tail(tmp_path: Path) -> None:
    async with Dead(tmp_path, segment_size=1000) as first:
        await fill(first, 10)
        path = first.journal._writer.folder.segment(1)
    data = path.read_bytes()[:-5]
    path.write_bytes(data)
    async with kept(tmp_path) as journal:
        assert [damage.segment for damage in journal.journal.damages] == [1]
    assert path.read_bytes() == data


async def test_an_empty_chain_is_taken_over_too(tmp_path: Path) -> None:
    (tmp_path / "20260131T120000.000001-00ff").mkdir()
    async with kept(tmp_path) as journal:
        assert whole(list(await journal.everything())) == {}
    assert not (tmp_path / "20260131T120000.000001-00ff").exists()
