"""A request to a call, and its answer back."""

import asyncio
from collections.abc import Sequence

import pytest

from yett.doors.proxy.endpoint import CallerLeft, Request, Watch, read_body, send_reply, send_streamed
from yett.doors.proxy.errors import Message
from yett.model.errors import CallerError
from yett.model.refusal import Refusal
from yett.services.calls import Reply, Streamed

JSON = (b"content-type", b"application/json")


def request(*headers: tuple[bytes, bytes]) -> Request:
    return Request({"headers": headers, "client": ("203.0.113.9", 1)})


@pytest.mark.parametrize(
    ("headers", "credential"),
    [
        ([(b"authorization", b"Bearer abc")], "abc"),
        ([(b"authorization", b"bearer  abc ")], "abc"),
        ([(b"x-api-key", b"abc")], "abc"),
        ([(b"authorization", b"Bearer abc"), (b"x-api-key", b"abc")], "abc"),
        ([(b"authorization", b"Basic abc")], None),
        ([(b"authorization", b"Bearer ")], None),
        ([], None),
    ],
)
def test_there_is_one_credential(headers: Sequence[tuple[bytes, bytes]], credential: str | None) -> None:
    assert request(*headers).credential() == credential


def test_two_credentials_that_differ_are_an_attempt_to_be_two() -> None:
    with pytest.raises(CallerError, match="different credentials"):
        request((b"authorization", b"Bearer abc"), (b"x-api-key", b"abd")).credential()


@pytest.mark.parametrize(
    "kind", [b"application/json", b"Application/JSON; charset=UTF-8", b'application/json;charset="utf-8"']
)
def test_json_in_the_clear_is_read(kind: bytes) -> None:
    request((b"content-type", kind)).check_json()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-type", b"text/plain")],
        [(b"content-type", b"application/json; charset=utf-7")],
        [(b"content-type", b"multipart/form-data; boundary=x")],
        [JSON, (b"content-encoding", b"gzip")],
    ],
)
def test_anything_else_is_refused(headers: Sequence[tuple[bytes, bytes]]) -> None:
    with pytest.raises(CallerError) as caught:
        request(*headers).check_json()
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("told", "kept"), [(b"abc-1.2_3", True), (b"", False), (b"a b", False), (b"a" * 129, False), (b"a\r\nb", False)]
)
def test_a_callers_request_id_is_kept_when_it_is_one(told: bytes, kept: bool) -> None:
    asked = request((b"x-request-id", told))
    assert (asked.identifier == told.decode("latin-1")) is kept
    assert asked.record_id.startswith("req_")
    assert asked.record_id != request().record_id


class Wire:
    """The server's side of one request."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.left = asyncio.Event()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self._messages:
            return self._messages.pop(0)
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize(
    "messages", [[part(b"abcd")], [part(b"ab", more=True), part(b"cd")], [part(b"", more=True), part(b"abcd")]]
)
async def test_a_body_is_read_whole(messages: list[Message]) -> None:
    assert await read_body(Wire(*messages).receive, 4) == b"abcd"


@pytest.mark.parametrize("messages", [[part(b"abcde")], [part(b"abc", more=True), part(b"de", more=True), part(b"f")]])
async def test_a_body_may_have_only_so_many_bytes(messages: list[Message]) -> None:
    with pytest.raises(CallerError) as caught:
        await read_body(Wire(*messages).receive, 4)
    assert (caught.value.status, caught.value.code) == (413, "request_too_large")


async def test_a_caller_who_leaves_before_the_end_has_asked_nothing() -> None:
    wire = Wire(part(b"ab", more=True))
    wire.left.set()
    with pytest.raises(CallerLeft):
        await read_body(wire.receive, 4)


async def test_a_caller_who_leaves_cancels_the_exchange_quietly() -> None:
    wire = Wire()
    reached = False
    wire.left.set()
    async with asyncio.timeout(5):
        async with Watch(wire.receive):
            await asyncio.Event().wait()
            reached = True
    assert not reached
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_from_elsewhere_is_not_swallowed() -> None:
    async def exchange() -> None:
        async with Watch(Wire().receive):
            await asyncio.Event().wait()

    task = asyncio.create_task(exchange())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def headers_of(wire: Wire) -> dict[bytes, bytes]:
    return dict(wire.sent[0]["headers"])


@pytest.mark.parametrize(
    ("refusal", "name", "value"),
    [
        (Refusal(429, "rate_limit_exceeded", "later", retry_after=0.2), b"retry-after", b"1"),
        (Refusal(429, "rate_limit_exceeded", "later", retry_after=float("inf")), b"retry-after", b"86400"),
        (Refusal(403, "policy_violation", "no"), b"x-should-retry", b"false"),
    ],
)
async def test_a_refusal_says_whether_to_come_back(refusal: Refusal, name: bytes, value: bytes) -> None:
    wire = Wire()
    await send_reply(wire.send, request(), Reply(refusal.status, b"{}", {}, refusal))
    assert headers_of(wire)[name] == value


async def test_what_failed_behind_us_may_be_asked_again() -> None:
    wire = Wire()
    await send_reply(wire.send, request(), Reply(502, b"{}", {}, Refusal(502, "upstream_error", "unreachable")))
    assert b"x-should-retry" not in headers_of(wire)


async def test_an_answer_is_nobodys_to_keep_and_bears_its_id() -> None:
    wire, asked = Wire(), request((b"x-request-id", b"mine"))
    await send_reply(wire.send, asked, Reply(200, b"{}", {"x-yett-decision": "allow"}))
    headers = headers_of(wire)
    assert (headers[b"x-request-id"], headers[b"cache-control"], headers[b"content-length"]) == (
        b"mine",
        b"no-store",
        b"2",
    )
    assert b"x-should-retry" not in headers


class Pieces:
    def __init__(self, *pieces: bytes) -> None:
        self._pieces = iter(pieces)
        self.closed = False

    def __aiter__(self) -> "Pieces":
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


async def test_a_stream_is_sent_in_pieces_and_closed() -> None:
    wire, pieces = Wire(), Pieces(b"a", b"b")
    await send_streamed(wire.send, request(), Streamed(pieces))
    assert [message.get("body") for message in wire.sent[1:]] == [b"a", b"b", b""]
    assert headers_of(wire)[b"content-type"].startswith(b"text/event-stream")
    assert pieces.closed


async def test_a_stream_is_closed_even_when_its_head_cannot_be_sent() -> None:
    async def broken(_message: Message) -> None:
        raise OSError

    pieces = Pieces(b"a")
    with pytest.raises(OSError):  # noqa: PT011 - whatever the server raises
        await send_streamed(broken, request(), Streamed(pieces))
    assert pieces.closed
