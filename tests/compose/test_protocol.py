"""HTTP/1.1 with one meaning and within bounds, over real sockets."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from yett.compose.protocol import Bounds, StrictProtocol, bounded
from yett.compose.serving import serving
from yett.testing.wire import Wire

HOST = b"Host: a\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
FINE = b"POST /fine HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
SLACK = 60.0


def post(*lines: bytes, body: bytes = b"") -> bytes:
    return b"".join([b"POST / HTTP/1.1\r\n", HOST, *(line + b"\r\n" for line in lines), b"\r\n", body])


class Echo:
    """Answers with what it understood, and keeps note of it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for word in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{word}.complete"})
            return
        self.asked.append(scope)
        if scope["path"] == "/early":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})
            return
        if scope["path"] == "/begun":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        body = await self.heard(receive)
        if body is None:
            return
        await self.go.wait()
        told = json.dumps({"method": scope["method"], "path": scope["path"], "body": body.decode()}).encode()
        endless = {"/flood": bytes(50_000_000), "/wait": b"waiting"}.get(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": endless or told, "more_body": endless is not None})
        if endless is not None:
            await self.heard(receive)

    async def heard(self, receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes | None:
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                self.left.set()
                return None
            body, more = body + event["body"], event["more_body"]
        return body


@asynccontextmanager
async def talking(app: Echo, **bounds: float) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with serving(app, Bounds(**bounds)) as port:  # type: ignore[arg-type]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.close()


async def everything(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.read(), SLACK)


async def one(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), SLACK)


def statuses(told: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1.1 (\d{3})", told)]


AMBIGUOUS = {
    "length and coding": post(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "coding and length": post(b"Transfer-Encoding: chunked", b"Content-Length: 3", body=b"0\r\n\r\n"),
    "two equal lengths": post(b"Content-Length: 3", b"Content-Length: 3", body=b"abc"),
    "two lengths": post(b"Content-Length: 3", b"Content-Length: 4", body=b"abc"),
    "a list of lengths": post(b"Content-Length: 3, 3", body=b"abc"),
    "a signed length": post(b"Content-Length: +3", body=b"abc"),
    "a negative length": post(b"Content-Length: -3", body=b"abc"),
    "a hexadecimal length": post(b"Content-Length: 0x3", body=b"abc"),
    "an overflowing length": post(b"Content-Length: 99999999999999999999999", body=b"abc"),
    "an empty length": post(b"Content-Length:", body=b"abc"),
    "an unknown coding": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "two codings": post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
    "chunked but not last": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"),
    "identity": post(b"Transfer-Encoding: identity"),
    "chunked twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "a space before the colon": post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n"),
    "a vertical tab": post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"),
    "a folded header": post(b"X: a\r\n b"),
    "a folded coding": post(b"Transfer-Encoding:\r\n chunked", body=b"0\r\n\r\n"),
    "bare line feeds": b"GET / HTTP/1.1\nHost: a\n\n",
    "one bare line feed": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "a bare line feed at the end": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "a null": post(b"X: a\x00b"),
    "a control character": post(b"X: a\x01b"),
    "a null in a name": post(b"X\x00: ab"),
    "a space in a name": post(b"X Y: ab"),
    "a name without a value": post(b"foo"),
    "an empty name": post(b": ab"),
    "a space before the first header": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/0.9, said": b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/2, by its preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "HTTP/1.0 in chunks": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "an empty host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "two equal hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "a host with a path": b"GET / HTTP/1.1\r\nHost: a/x?\r\n\r\n",
    "a host with a fragment": b"GET / HTTP/1.1\r\nHost: a#\r\n\r\n",
    "a host with a user": b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "two credentials": post(b"Authorization: Bearer a", b"Authorization: Bearer b"),
    "two keys": post(b"x-api-key: a", b"X-API-Key: b"),
    "two content types": post(b"Content-Type: a/b", b"Content-Type: c/d"),
    "a fragment": b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
    "no path": b"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a null in the path": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes in the path": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tab for a space": b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a space at the end": b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "a small method": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a trace": b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "another protocol": b"SOURCE / ICE/1.0\r\nHost: a\r\n\r\n",
    "an upgrade with a body": post(b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 3", body=b"abc"),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("asked", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_could_be_read_in_two_ways_is_refused_and_ends_the_connection(asked: bytes) -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(asked + FINE)
        told = await everything(reader)
    assert statuses(told) == [400]
    assert json.loads(told.partition(b"\r\n\r\n")[2])["error"]["code"] == "invalid_request"
    assert b"\r\nconnection: close\r\n" in told
    assert not app.asked


BAD_BODIES = {
    "a bare line feed": b"3\nabc\n0\n\n",
    "a bare line feed in an extension": b"3;a\nabc\r\n0\r\n\r\n",
    "a wrong end": b"3\r\nabcXX0\r\n\r\n",
    "a hexadecimal prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
    "a negative size": b"-3\r\nabc\r\n0\r\n\r\n",
    "a space": b"3 \r\nabc\r\n0\r\n\r\n",
    "an overflow": b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "a trailer": b"3\r\nabc\r\n0\r\nAuthorization: x\r\n\r\n",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_an_ill_formed_body_is_refused_and_whoever_reads_it_is_told(body: bytes) -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(CHUNKED)
        while not app.asked:  # noqa: ASYNC110  # so that the request has begun
            await asyncio.sleep(0)
        writer.write(body + FINE)
        told = await everything(reader)
        await asyncio.wait_for(app.left.wait(), SLACK)
    assert statuses(told) == [400]
    assert len(app.asked) == 1
    assert all(name != b"authorization" for name, _ in app.asked[0]["headers"])


ODD_BUT_CLEAR = {
    "a tab before a value": (post(b"Transfer-Encoding:\tchunked", body=b"0\r\n\r\n"), "/", ""),
    "a chunk extension": (CHUNKED + b"3;a=b\r\nabc\r\n0\r\n\r\n", "/", "abc"),
    "an absolute target": (b"GET http://b/x?q HTTP/1.1\r\nHost: a\r\n\r\n", "/x", ""),
    "an encoded path": (b"GET /%63hat HTTP/1.1\r\nHost: a\r\n\r\n", "/chat", ""),
    "empty lines before": (b"\r\n\r\n" + LAST, "/last", ""),
    "a body to a GET": (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "/", "abc"),
    "HTTP/1.0": (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "/", ""),
    "an IPv6 host": (b"GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", "/", ""),
}


@pytest.mark.parametrize(("asked", "path", "body"), ODD_BUT_CLEAR.values(), ids=ODD_BUT_CLEAR)
async def test_what_is_odd_but_clear_is_answered(asked: bytes, path: str, body: str) -> None:
    async with talking(Echo()) as (reader, writer):
        writer.write(asked)
        told = await one(reader)
    assert statuses(told) == [200]
    assert f'"path": "{path}", "body": "{body}"'.encode() in told


async def test_an_upgrade_is_not_taken_up_but_the_request_is_answered() -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(post(b"Connection: upgrade", b"Upgrade: h2c") + FINE)
        told = await everything(reader)
    assert statuses(told) == [200]
    assert len(app.asked) == 1


async def test_a_connection_is_used_again() -> None:
    async with talking(Echo()) as (reader, writer):
        for _ in range(3):
            writer.write(FINE)
            assert b'"body": "abc"' in await one(reader)
        writer.write(LAST)
        assert statuses(await everything(reader)) == [200]


async def test_what_is_sent_ahead_is_not_read_and_ends_the_connection() -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(FINE + LAST + FINE)
        told = await everything(reader)
    assert statuses(told) == [200]
    assert b"connection: close" in told
    assert [scope["path"] for scope in app.asked] == ["/fine"]


@pytest.mark.parametrize("ahead", [b"", FINE, b"\r\n", b"\x00", FINE[:20]])
async def test_leaving_is_noticed_whatever_was_sent_ahead(ahead: bytes) -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(FINE.replace(b"/fine", b"/wait") + ahead)
        await reader.readuntil(b"waiting")
        assert not app.left.is_set()
        writer.close()
        await asyncio.wait_for(app.left.wait(), SLACK)


TOO_MUCH = {
    "a line without end": b"GET / HTTP/1.1\r\nX: " + b"y" * 1_000_000,
    "a target without end": b"GET /" + b"y" * 1_000_000,
    "a name without end": b"GET / HTTP/1.1\r\n" + b"y" * 1_000_000,
    "headers without end": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x: y\r\n" * 100_000,
    "empty lines without end": b"\r\n" * 100_000,
    "a whole head, too large": post(b"X: " + b"y" * 5000),
    "a whole head, too many": post(*[b"x: y"] * 101),
}


@pytest.mark.parametrize("asked", TOO_MUCH.values(), ids=TOO_MUCH)
async def test_a_head_that_is_too_large_is_refused(asked: bytes) -> None:
    app = Echo()
    async with talking(app, header_bytes=4096) as (reader, writer):
        writer.write(asked)
        told = await everything(reader)
    assert statuses(told) == [431]
    assert not app.asked


async def test_a_head_as_large_as_allowed_is_taken() -> None:
    async with talking(Echo(), header_bytes=4096, header_count=5) as (reader, writer):
        head = post(*[b"x: y"] * 3, b"x: " + b"y" * (4096 - 1 - 9 - 18 - 5))
        writer.write(head)
        assert statuses(await one(reader)) == [200]
        writer.write(head.replace(b"x: yy", b"x: yyy"))
        assert statuses(await everything(reader)) == [431]


@pytest.mark.parametrize(
    "body",
    [
        post(b"Content-Length: 101"),
        post(b"Content-Length: 101", b"Expect: 100-continue"),
        post(b"Content-Length: 99999999999", body=b"x" * 1000),
    ],
)
async def test_a_body_that_says_it_is_too_large_is_refused_unread(body: bytes) -> None:
    app = Echo()
    async with talking(app, body_bytes=100) as (reader, writer):
        writer.write(body)
        told = await everything(reader)
    assert statuses(told) == [413]
    assert b'"code":"request_too_large"' in told
    assert not app.asked


async def test_a_body_that_grows_too_large_is_refused_while_it_is_read() -> None:
    app = Echo()
    async with talking(app, body_bytes=100) as (reader, writer):
        writer.write(CHUNKED + b"64\r\n" + b"x" * 100 + b"\r\n")
        while not app.asked:  # noqa: ASYNC110  # so that the request has begun
            await asyncio.sleep(0)
        writer.write(b"1\r\nx\r\n" * 1000)
        assert statuses(await everything(reader)) == [413]
        await asyncio.wait_for(app.left.wait(), SLACK)


async def test_a_body_as_large_as_allowed_is_taken_and_can_be_waited_for() -> None:
    async with talking(Echo(), body_bytes=3) as (reader, writer):
        writer.write(post(b"Content-Length: 3", b"Expect: 100-continue"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert b'"body": "abc"' in await one(reader)
        writer.write(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n")
        assert b'"body": "abc"' in await one(reader)


LATE: dict[str, tuple[bytes, list[int]]] = {
    "nothing": (b"", []),
    "half a head": (b"GET / HTTP/1.1\r\nHost", [408]),
    "an empty line": (b"\r\n", [408]),
    "half a body": (post(b"Content-Length: 9", body=b"abc"), [408]),
    "half a body in chunks": (CHUNKED + b"3\r\nab", [408]),
}


@pytest.mark.parametrize(("asked", "told"), LATE.values(), ids=LATE)
async def test_nobody_is_waited_for_without_end(asked: bytes, told: list[int]) -> None:
    async with talking(Echo(), header_seconds=0.1, body_seconds=0.1) as (reader, writer):
        writer.write(asked)
        assert statuses(await everything(reader)) == told


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nX: ", post(b"Content-Length: 999999")])
async def test_dripping_does_not_move_the_deadline(begun: bytes) -> None:
    async with talking(Echo(), header_seconds=0.1, body_seconds=0.1) as (reader, writer):
        writer.write(begun)
        reading = asyncio.create_task(everything(reader))
        while not reading.done():
            writer.write(b"x")
            await asyncio.sleep(0.01)
        assert statuses(await reading) == [408]


async def test_the_next_request_has_a_deadline_too_and_so_has_silence() -> None:
    async with talking(Echo(), header_seconds=0.5) as (reader, writer):
        writer.write(FINE)
        await one(reader)
        writer.write(FINE[:30])
        assert statuses(await everything(reader)) == [408]
    async with talking(Echo(), idle_seconds=0.3, header_seconds=0.1) as (reader, writer):
        writer.write(FINE)
        assert statuses(await everything(reader)) == [200]


async def test_a_deadline_that_was_met_does_not_strike_later() -> None:
    app = Echo()
    async with talking(app, header_seconds=0.5, body_seconds=0.5) as (reader, writer):
        app.go.clear()
        writer.write(FINE[:30])
        await asyncio.sleep(0.01)
        writer.write(FINE[30:-1])
        await asyncio.sleep(0.01)
        writer.write(FINE[-1:])
        await asyncio.sleep(0.7)
        app.go.set()
        assert statuses(await one(reader)) == [200]


async def test_a_slow_body_whose_answer_was_given_early_ends_the_connection() -> None:
    async with talking(Echo(), body_seconds=0.1) as (reader, writer):
        writer.write(post(b"Content-Length: 9").replace(b"POST /", b"POST /early"))
        assert statuses(await everything(reader)) == [200]


async def test_an_ill_formed_body_whose_answer_has_begun_cuts_it_off() -> None:
    app = Echo()
    async with talking(app) as (reader, writer):
        writer.write(CHUNKED.replace(b"POST /", b"POST /begun"))
        told = await reader.readuntil(b"begun\r\n")
        writer.write(b"zz\r\n")
        told += await everything(reader)
    assert statuses(told) == [200]
    assert not told.endswith(b"0\r\n\r\n")


async def test_too_many_requests_at_a_time_are_refused_until_there_is_room() -> None:
    app = Echo()
    app.go.clear()
    async with serving(app, Bounds(requests=1)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(LAST)
        while not app.asked:  # noqa: ASYNC110  # so that the request has begun
            await asyncio.sleep(0)
        reader2, writer2 = await asyncio.open_connection("127.0.0.1", port)
        writer2.write(LAST)
        told = await everything(reader2)
        assert statuses(told) == [503]
        assert b"retry-after: 1\r\n" in told
        app.go.set()
        assert statuses(await everything(reader)) == [200]
        reader3, writer3 = await asyncio.open_connection("127.0.0.1", port)
        writer3.write(LAST)
        assert statuses(await everything(reader3)) == [200]
        for each in (writer, writer2, writer3):
            each.close()


async def test_too_many_connections_are_refused() -> None:
    async with serving(Echo(), Bounds(connections=1)) as port:
        _, first = await asyncio.open_connection("127.0.0.1", port)
        reader, second = await asyncio.open_connection("127.0.0.1", port)
        assert statuses(await everything(reader)) == [503]
        first.close()
        second.close()


async def test_somebody_who_does_not_read_is_given_up() -> None:
    app = Echo()
    async with serving(app, Bounds(stall_seconds=0.1)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(app.left.wait(), SLACK)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(50_000_000)
        writer.close()


# Without sockets: however the bytes are cut, they mean the same.


async def meaning(kind: type[StrictProtocol], pieces: list[bytes]) -> tuple[list[str], list[int]]:
    app, state, wire = Echo(), ServerState(), Wire()
    protocol = kind(
        config=uvicorn.Config(app, lifespan="off", ws="none", log_config=None), server_state=state, app_state={}
    )
    protocol.connection_made(wire)
    for piece in pieces:
        if not wire.ended:
            protocol.data_received(piece)
    while any(not task.done() for task in state.tasks) and not wire.ended:  # noqa: ASYNC110  # the tasks come and go
        await asyncio.sleep(0)
    for task in state.tasks:
        task.cancel()
    protocol.connection_lost(None)
    await asyncio.sleep(0)
    return [scope["path"] for scope in app.asked], statuses(wire.written)


REQUESTS = [FINE, LAST, post(b"X: " + b"y" * 60), CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", *list(AMBIGUOUS.values())[:50]]


async def means_the_same(kind: type[StrictProtocol], asked: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(asked), *(place % len(asked) for place in cuts)})
    pieces = [asked[start:end] for start, end in pairwise(places)]
    assert await meaning(kind, pieces) == await meaning(kind, [asked])


STRICT = bounded(Bounds(header_bytes=200, body_bytes=50))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(REQUESTS), st.lists(st.integers(0, 200), max_size=5))
async def test_a_request_means_the_same_however_it_is_cut(asked: bytes, cuts: list[int]) -> None:
    await means_the_same(STRICT, asked, cuts)


class Impatient(STRICT):  # type: ignore[valid-type, misc]
    """A mutant that takes a piece for the whole."""

    def _await_rest(self) -> None:
        if self._phase.value == "head":
            self._late()


@pytest.mark.parametrize(("asked", "cut"), [(FINE, 10), (post(b"X: y"), 40)])
async def test_a_protocol_that_depends_on_the_cuts_is_noticed(asked: bytes, cut: int) -> None:
    with pytest.raises(AssertionError):
        await means_the_same(Impatient, asked, [cut])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(REQUESTS), st.binary(max_size=40)), max_size=4))
async def test_whatever_comes_there_is_at_most_one_refusal_and_it_is_the_last_word(pieces: list[bytes]) -> None:
    _, told = await meaning(STRICT, pieces)
    assert all(status == 200 for status in told[:-1])
