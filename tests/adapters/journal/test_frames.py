"""Frames: whole and intact, or not there at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.adapters.journal import frames
from yett.adapters.journal.frames import Admitted, Begun, Frame, admitted, begun, find, read, sealed
from yett.model.record import Entry

LINKS = st.binary(min_size=32, max_size=32).map(bytes.hex)
NAMES = st.text(max_size=20)
NUMBERS = st.integers(0, 2**63)
TIMES = st.floats(allow_nan=False)
FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Begun, NUMBERS, LINKS),
    st.builds(Admitted, NAMES, st.binary(max_size=50)),
    st.builds(Entry, st.just(""), NUMBERS, NAMES, TIMES, st.binary(max_size=50), LINKS),
)


def framed(frame: Frame) -> bytes:
    match frame:
        case Begun(sequence, link):
            return begun(sequence, link)
        case Admitted(name, note):
            return admitted(name, note)
        case _:
            return sealed(frame)


@given(st.lists(FRAMES, max_size=6))
def test_what_is_framed_is_read_back(many: list[Frame]) -> None:
    data = b"".join(map(framed, many))
    at, seen = 0, []
    while found := read(data, at):
        frame, at = found
        seen.append(frame)
    assert (seen, at) == (many, len(data))


def no_other_bit(frame: Frame, bit: int) -> None:
    data = bytearray(framed(frame))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    found = read(bytes(data), 0)
    assert found is None or found[0] == frame


@given(FRAMES, st.integers(0, 5000))
def test_a_flipped_bit_is_no_frame(frame: Frame, bit: int) -> None:
    no_other_bit(frame, bit)


def test_a_checksum_that_always_holds_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames.zlib, "crc32", lambda data: 0)
    with pytest.raises(AssertionError):
        no_other_bit(Admitted("r", b"note"), 8 * 14)


@given(FRAMES, st.data())
def test_a_frame_cut_short_is_no_frame(frame: Frame, data: st.DataObject) -> None:
    whole = framed(frame)
    assert read(whole[: data.draw(st.integers(0, len(whole) - 1))], 0) is None


@given(st.binary(max_size=40), FRAMES)
def test_the_next_frame_after_damage_is_found(damage: bytes, frame: Frame) -> None:
    data = damage + framed(frame)
    at = find(data, 0)
    assert at <= len(damage)
    assert read(data, at) is not None


@given(st.text(max_size=60))
def test_no_frame_is_found_in_text(text: str) -> None:
    data = text.encode()
    assert find(data, 0) == len(data)


@pytest.mark.parametrize("fields", [b"", b"?", b"\0"])
def test_a_kind_that_is_not_known_is_no_frame(fields: bytes) -> None:
    assert read(frames._framed(fields), 0) is None
