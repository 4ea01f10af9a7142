"""A connection reads answers in one way, however they are cut, and knows when it is free."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yett.adapters.upstream.connection import Connection
from yett.adapters.upstream.destination import Destination, Patience
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.testing.wire import Wire

THERE = Destination("there", "http://there/v1", answer_bytes=1000, header_bytes=300)
PLAIN = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nX-Id: 7\r\n\r\nabc"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"


class Line:
    """A connection on a wire, with one question asked."""

    def __init__(self, destination: Destination = THERE, kind: type[Connection] = Connection) -> None:
        self.freed: list[Connection] = []
        self.lost: list[Connection] = []
        self.wire = Wire()
        self.connection = kind(destination, self.freed.append, self.lost.append)
        self.connection.connection_made(self.wire)
        self.answer = self.connection.ask(b"asked", asyncio.get_running_loop().time() + 60)

    def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            if not self.wire.ended:
                self.connection.data_received(piece)

    def end(self, error: Exception | None = None) -> None:
        self.wire.ended = True
        self.connection.connection_lost(error)

    async def told(self) -> tuple[int, bytes] | str:
        """Give what the reader sees in the end."""
        self.answer.abandon()
        try:
            await self.answer.head
            return self.answer.status, await self.answer.read()
        except UpstreamError as error:
            return error.message
        except asyncio.CancelledError:
            return "nothing"


FREE: dict[str, tuple[bytes, bytes]] = {
    "by length": (PLAIN, b"abc"),
    "by chunks": (CHUNKED, b"abcde"),
    "without a body": (b"HTTP/1.1 204 OK\r\n\r\n", b""),
    "of no length": (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
    "after interim ones": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n" + PLAIN, b"abc"),
    "with a trailer": (CHUNKED[:-2] + b"x-id: 8\r\n\r\n", b"abcde"),
}


@pytest.mark.parametrize(("said", "body"), FREE.values(), ids=FREE)
async def test_after_a_whole_answer_it_is_free(said: bytes, body: bytes) -> None:
    line = Line()
    line.say(said)
    assert line.freed == [line.connection]
    assert line.connection.usable
    assert (await line.answer.read(), line.wire.ended) == (body, False)
    assert line.answer.headers.get("link") is None
    assert line.answer.headers.get("x-id") in {None, "7"}
    assert line.connection.ask(b"again", 1e9) is not line.answer
    line.end()


NOT_FREE: dict[str, tuple[bytes, bytes]] = {
    "that says it is the last": (b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\na", b"a"),
    "of HTTP/1.0": (b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na", b"a"),
    "that is followed by another": (PLAIN + PLAIN, b"abc"),
    "that is followed by the beginning of another": (PLAIN + PLAIN[:9], b"abc"),
    "that is followed by garbage": (PLAIN + b"\x00", b"abc"),
    "that is the last and is followed": (PLAIN.replace(b"X-Id: 7", b"connection: close") + b"x", b"abc"),
}


@pytest.mark.parametrize(("said", "body"), NOT_FREE.values(), ids=NOT_FREE)
async def test_after_an_answer_it_is_closed(said: bytes, body: bytes) -> None:
    line = Line()
    line.say(said)
    assert line.freed == []
    assert line.wire.ended
    assert not line.connection.usable
    assert await line.answer.read() == body
    line.end()
    assert line.lost == [line.connection]


async def test_one_that_is_gone_before_it_is_asked_fails_at_once() -> None:
    wire = Wire()
    connection = Connection(THERE, [].append, [].append)
    connection.connection_made(wire)
    connection.connection_lost(None)
    answer = connection.ask(b"asked", asyncio.get_running_loop().time() + 60)
    assert answer.head.done()
    with pytest.raises(UpstreamError, match="before it was asked"):
        await answer.head


async def test_what_comes_unasked_closes_it() -> None:
    line = Line()
    line.say(PLAIN, PLAIN)
    assert line.wire.ended
    assert not line.connection.usable
    line.end()


async def test_a_body_may_end_with_the_connection_where_nothing_else_ends_it() -> None:
    line = Line()
    line.say(b"HTTP/1.1 200 OK\r\n\r\nabc", b"de")
    line.end()
    assert await line.answer.read() == b"abcde"
    for said, error in (
        (PLAIN[:-1], None),
        (CHUNKED[:-2], None),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", ConnectionResetError()),
    ):
        line = Line()
        line.say(said)
        line.end(error)
        with pytest.raises(UpstreamError, match="broke off"):
            await line.answer.read()


REFUSED = {
    "another protocol": b"SSH-2.0-x\r\n",
    "an upgrade": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "interim answers without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 9 + PLAIN,
    "interim headers without end": b"HTTP/1.1 103 H\r\nlink: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n"
    * 7,
    "a header without end": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 400,
    "a status without end": b"HTTP/1.1 200 " + b"y" * 400,
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 60 + b"\r\n",
    "an unknown coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nabc",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
    "length and coding": b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 3\n\nabc",
    "a chunk extension without end": CHUNKED[:-5] + b"3;" + b"x" * 400,
    "trailers without end": CHUNKED[:-2] + b"x: y\r\n" * 60 + b"\r\n",
    "a trailer without end": CHUNKED[:-2] + b"x: " + b"y" * 400,
    "too large a length": b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n",
    "too large a body": b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1001),
    "an encoding": b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\n\r\n",
}


@pytest.mark.parametrize("said", REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_closes_it(said: bytes) -> None:
    line = Line()
    line.say(*[said[start : start + 50] for start in range(0, len(said), 50)])
    assert line.wire.ended
    assert line.freed == []
    with pytest.raises(
        UpstreamError, match=r"`there` (did not answer in proper|answered with more|answered in the enc)"
    ):
        await line.answer.read()
    line.end()


async def test_a_reader_that_is_behind_stops_the_network_and_starts_it_again() -> None:
    line = Line(Destination("there", "http://there/v1"))
    line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n", bytes(100_000))
    assert not line.wire.reading
    await anext(aiter(line.answer.chunks()))
    assert line.wire.reading
    line.say(b"x")
    assert await line.answer.read() == b"x"
    line.end()


async def test_a_freed_connection_listens_even_if_the_reader_is_behind() -> None:
    line = Line(Destination("there", "http://there/v1"))
    line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + bytes(100_000))
    assert line.wire.reading
    assert len(await line.answer.read()) == 100_000
    line.end()


@pytest.mark.parametrize(
    ("patience", "said"),
    [
        (Patience(first_byte=0.05), b""),
        (Patience(first_byte=0.05), PLAIN[:20]),
        (Patience(idle=0.05), PLAIN[:-1]),
        (Patience(first_byte=1000, idle=0.05), CHUNKED[:60]),
    ],
)
async def test_silence_is_a_timeout(patience: Patience, said: bytes) -> None:
    line = Line(Destination("there", "http://there/v1", patience=patience))
    line.say(said)
    with pytest.raises(UpstreamTimeout, match="in time"):
        await line.answer.read()
    assert line.wire.ended
    line.end()


async def test_the_whole_is_bounded_even_when_something_always_comes() -> None:
    line = Line()
    line.end()
    line = Line(Destination("there", "http://there/v1", patience=Patience(idle=1000)))
    line.connection.abandon()
    line.wire.ended = False
    answer = line.connection.ask(b"x", asyncio.get_running_loop().time() + 0.05)
    line.say(CHUNKED.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    reading = asyncio.create_task(answer.read())
    while not reading.done():
        line.say(b"1\r\nx\r\n")
        await asyncio.sleep(0.001)
    with pytest.raises(UpstreamTimeout):
        await reading
    line.end()


async def test_a_slow_reader_is_not_the_providers_fault() -> None:
    line = Line(Destination("there", "http://there/v1", patience=Patience(idle=0.02)))
    line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n", bytes(100_000))
    await asyncio.sleep(0.1)
    assert not line.wire.ended
    pieces = line.answer.chunks()
    await anext(pieces)
    line.say(b"x")
    assert await anext(pieces) == b"x"
    line.end()


ANSWERS = [PLAIN, CHUNKED, *(said for said, _ in [*FREE.values(), *NOT_FREE.values()]), *REFUSED.values()]


async def means_the_same(kind: type[Connection], said: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(said), *(place % len(said) for place in cuts)})
    cut, uncut = Line(kind=kind), Line(kind=kind)
    cut.say(*[said[start:end] for start, end in pairwise(places)])
    uncut.say(said)
    for line in (cut, uncut):
        line.end()
    assert (await cut.told(), len(cut.freed)) == (await uncut.told(), len(uncut.freed))


WHOLE = [said for said, _ in FREE.values()]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.lists(st.integers(0, 200), max_size=5))
async def test_an_answer_means_the_same_however_it_is_cut(said: bytes, cuts: list[int]) -> None:
    await means_the_same(Connection, said, cuts)


class Hasty(Connection):
    """A mutant that takes a piece for the whole."""

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._ended = True


async def test_a_connection_that_depends_on_the_cuts_is_noticed() -> None:
    with pytest.raises(AssertionError):
        await means_the_same(Hasty, PLAIN, [len(PLAIN) - 1])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(ANSWERS), st.binary(max_size=40)), max_size=4), st.booleans())
async def test_whatever_comes_there_is_an_answer_or_a_failure(pieces: list[bytes], resets: bool) -> None:
    line = Line()
    line.say(*pieces)
    line.end(ConnectionResetError() if resets else None)
    told = await line.told()
    assert isinstance(told, tuple) or told.startswith("upstream `there` ")
