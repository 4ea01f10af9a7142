"""A chain as it is written."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.conformance_journal import record
from tests.adapters.journal.disk import full_disk
from yett.adapters.journal import frames
from yett.adapters.journal.folder import ChainFolder, Position
from yett.adapters.journal.frames import Admitted, Begun, Frame
from yett.adapters.journal.writer import ChainWriter
from yett.model.errors import NotReady
from yett.model.record import Entry
from yett.records.chain import verify


def writer(path: Path, segment_size: int = 10**6) -> ChainWriter:
    (path / "chain").mkdir()
    return ChainWriter(ChainFolder(path / "chain"), segment_size)


def written(chain: ChainWriter) -> dict[int, list[Frame]]:
    """Read every segment; there is nothing but whole frames in any."""
    segments = {}
    for number in chain.folder.segments():
        data, at, segment = chain.folder.segment(number).read_bytes(), 0, []
        while found := frames.read(data, at):
            frame, at = found
            segment.append(frame)
        assert at == len(data)
        segments[number] = segment
    return segments


def test_the_frames_stand_in_the_order_of_the_calls(tmp_path: Path) -> None:
    chain = writer(tmp_path)
    chain.admit("a", b"note")
    chain.seal("b", 1.0, record("b"))
    chain.seal("a", 2.0, record("a", 2.0))
    begun, admitted, *sealed = written(chain)[1]
    assert isinstance(begun, Begun)
    assert admitted == Admitted("a", b"note")
    assert verify([entry for entry in sealed if isinstance(entry, Entry)]) is None
    assert [entry.id for entry in sealed if isinstance(entry, Entry)] == ["b", "a"]
    chain.close()


def test_a_new_segment_begins_with_the_head_and_with_what_is_open(tmp_path: Path) -> None:
    chain = writer(tmp_path, segment_size=1500)
    chain.admit("open", b"still here")
    for number in range(20):
        chain.admit(f"r{number}", b"")
        chain.seal(f"r{number}", 1.0, record(f"r{number}"))
    segments = written(chain)
    assert len(segments) > 3
    sealed: list[Entry] = []
    for segment in segments.values():
        assert segment[0] == (Begun(len(sealed), sealed[-1].link) if sealed else Begun(0, "0" * 64))
        assert Admitted("open", b"still here") in segment
        sealed += [frame for frame in segment if isinstance(frame, Entry)]
    assert verify(sealed) is None
    chain.close()


def test_a_flush_says_where_the_chain_was_when_it_was_asked_for(tmp_path: Path) -> None:
    chain = writer(tmp_path, segment_size=300)
    first = chain.flush()
    chain.admit("a", b"x" * 400)
    chain.admit("b", b"")
    second = chain.flush()
    assert first.reached < second.reached == chain.reached
    assert [segment.path.name for segment in second.retired] == ["000001.journal"]
    first()
    second()
    assert chain.flush().retired == ()
    chain.close()


def room_is_found_again(path: Path, sizes: list[int], full_at: int) -> None:
    """Write on a disk that is full for a while; what was refused may be tried again, and the chain holds."""
    chain = writer(path, segment_size=600)
    refused = 0
    for number, size in enumerate(sizes):
        name, note = f"r{number}", b"n" * size
        for full in (True, False):
            try:
                with full_disk(full_at if full else 10**9):
                    chain.admit(name, note)
                    chain.seal(name, 1.0, record(name))
                break
            except NotReady:
                refused += 1
                if name in chain._open:  # admitted before the disk was full, so only the seal is left to do
                    chain.seal(name, 1.0, record(name))
                    break
    sealed = [frame for segment in written(chain).values() for frame in segment if isinstance(frame, Entry)]
    assert verify(sealed) is None
    assert [entry.id for entry in sealed] == [f"r{number}" for number in range(len(sizes))]
    assert refused <= 2 * len(sizes)
    chain.close()


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 200), max_size=10), full_at=st.integers(50, 900))
def test_a_full_disk_refuses_and_leaves_no_trace(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], full_at: int
) -> None:
    room_is_found_again(tmp_path_factory.mktemp("full"), sizes, full_at)


def test_a_chain_that_advances_before_it_is_written_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append = ChainWriter._append

    def hasty(self: ChainWriter, frame: bytes) -> None:
        found = frames.read(frame, 0)
        if found and isinstance(found[0], Entry):
            self._sequence, self._link = found[0].sequence, found[0].link
        append(self, frame)

    monkeypatch.setattr(ChainWriter, "_append", hasty)
    with pytest.raises(AssertionError):
        room_is_found_again(tmp_path, [10, 10], 400)


def test_a_segment_that_cannot_begin_leaves_the_old_one_in_use(tmp_path: Path) -> None:
    chain = writer(tmp_path, segment_size=1)
    with full_disk(20), pytest.raises(NotReady):
        chain.admit("a", b"")
    assert chain.folder.segments() == [1]
    assert chain.reached == Position(1, chain.folder.segment(1).stat().st_size)
    chain.admit("a", b"")
    assert chain.folder.segments() == [1, 2]
    chain.close()


def test_only_so_many_seals_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yett.adapters.journal.writer._REMEMBERED", 10)
    chain = writer(tmp_path)
    for number in range(50):
        chain.seal(f"r{number}", 1.0, b"{}")
    assert len(chain._sealed) == 10
    chain.close()
