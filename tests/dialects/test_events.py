"""Server-sent events: any cut gives the same events."""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.samples import counterexample
from yett.dialects.events import EventParser, ServerEvent, encode
from yett.model.errors import UpstreamError

pieces = st.sampled_from(
    [
        *(b"data: ", b"data:", b"data", b"event: ", b"event:", b"id: 1", b"retry: 5", b": comment", b"da"),
        *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r", b" ", b":", b"x", b"{}", b"[DONE]"),
        *(
            "é".encode(),
            "\U0001f600".encode(),
            b"\xff",
            b"\xe2\x82",
            b"\xef\xbb\xbf",
            b"\x00",
            b"\x0b",
            "\u2028".encode(),
        ),
    ]
)
streams = st.lists(pieces, max_size=30).map(b"".join)


def reference(stream: bytes) -> list[ServerEvent]:
    """Read *stream* as the standard's text says, all at once."""
    text = stream.decode(errors="replace").removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)[:-1]
    events, data, name = [], [], ""
    for line in lines:
        if not line:
            if data:
                events.append(ServerEvent("\n".join(data), name))
            data, name = [], ""
            continue
        field, _, value = line.partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
        if field == "event":
            name = value.removeprefix(" ")
    return events


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def parsed(chunks: Iterable[bytes], parser: EventParser | None = None) -> list[ServerEvent]:
    parser = parser or EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


@given(streams, st.lists(st.integers(0, 200)))
def test_any_cut_gives_the_events_of_the_standard(stream: bytes, places: list[int]) -> None:
    assert parsed(cut(stream, places)) == reference(stream)


@given(streams)
def test_single_bytes_give_the_events_of_the_standard(stream: bytes) -> None:
    assert parsed(stream[at : at + 1] for at in range(len(stream))) == reference(stream)


class ForgetsCarriageReturns(EventParser):
    """A broken parser: CR at a chunk's end and LF at the next one's start are two line ends to it."""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        self._after_cr = False
        return super().feed(chunk)


class DecodesChunks(EventParser):
    """A broken parser: it decodes every chunk by itself, through the middle of characters."""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        return super().feed(chunk.decode(errors="replace").encode())


orderly = st.lists(st.sampled_from(["é", "x", "\U0001f600"]), min_size=1, max_size=3).map(
    lambda texts: "".join(f"data: {text}\r\ndata: y\r\n\r\n" for text in texts).encode()
)


@pytest.mark.parametrize("broken", [ForgetsCarriageReturns, DecodesChunks])
def test_a_parser_that_depends_on_cuts_is_caught(broken: Callable[[], EventParser]) -> None:
    cuts = st.tuples(orderly, st.lists(st.integers(0, 200), max_size=20))
    counterexample(cuts, lambda case: parsed(cut(*case), broken()) != reference(case[0]))


lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


@given(st.lists(st.tuples(lines, st.sampled_from(["", "message", "response.created"]))))
def test_what_was_encoded_is_parsed(events: list[tuple[str, str]]) -> None:
    assert parsed([encode(data, name) for data, name in events]) == [ServerEvent(data, name) for data, name in events]


def test_a_carriage_return_in_data_ends_no_event() -> None:
    assert parsed([encode("a\r\rdata: b")]) == [ServerEvent("a\n\ndata: b")]


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"x" * 100],
        [b"x" * 40, b"y" * 40],
        [b": " + b"x" * 100 + b"\n"],
        [b"data: xxxxxxxxxxxxxxxxxxxxxxxxx\n"] * 4,
        [b"data:\n"] * 70,
    ],
)
def test_nothing_grows_without_bound(chunks: list[bytes]) -> None:
    with pytest.raises(UpstreamError, match="more than 64 bytes"):
        parsed(chunks, EventParser(limit=64))


def test_comments_and_finished_events_take_no_room() -> None:
    parser = EventParser(limit=64)
    assert len(parsed([b": keep-alive\n\ndata: x\n\n"] * 100, parser)) == 100
