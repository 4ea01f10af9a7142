"""Whole frames or nothing, on a disk that fills up at any byte."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.journal.disk import full_disk
from yett.adapters.journal import segment as module
from yett.adapters.journal.segment import Segment


def test_what_is_appended_is_there_before_it_is_synced(tmp_path: Path) -> None:
    segment = Segment(tmp_path / "s")
    segment.append(b"one")
    segment.append(b"two")
    assert (tmp_path / "s").read_bytes() == b"onetwo"
    assert segment.size == 6
    segment.sync()
    segment.close()
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600


def only_whole_frames(path: Path, frames: list[bytes], full_at: int, space_after: int) -> None:
    segment = Segment(path)
    taken = b""
    for number, frame in enumerate(frames):
        try:
            with full_disk(full_at if number < space_after else 10**9):
                segment.append(frame)
            taken += frame
        except OSError:
            assert number < space_after
            assert len(taken) + len(frame) > full_at
    segment.repair()
    segment.close()
    assert path.read_bytes() == taken
    assert segment.size == len(taken)


FRAMES = st.lists(st.binary(min_size=1, max_size=30), max_size=12)


@settings(max_examples=150, deadline=None)
@given(frames=FRAMES, full_at=st.integers(0, 100), space_after=st.integers(0, 12))
def test_a_full_disk_leaves_no_part_of_a_frame(
    tmp_path_factory: pytest.TempPathFactory, frames: list[bytes], full_at: int, space_after: int
) -> None:
    only_whole_frames(tmp_path_factory.mktemp("full") / "s", frames, full_at, space_after)


@pytest.mark.parametrize("fault", ["repair nothing", "write once"])
def test_a_segment_that_keeps_parts_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    if fault == "repair nothing":
        monkeypatch.setattr(Segment, "repair", lambda self: None)
    else:
        write = module.os.write
        monkeypatch.setattr(module.os, "write", lambda fd, data: write(fd, data) and len(data))
    with pytest.raises(AssertionError):
        only_whole_frames(tmp_path / "s", [b"a" * 10, b"b" * 10, b"c" * 10], 15, 2)


def test_a_segment_begins_empty(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"left over")
    segment = Segment(tmp_path / "s")
    segment.close()
    assert (tmp_path / "s").read_bytes() == b""
