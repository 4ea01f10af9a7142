"""An exchange's answer in pieces, and its caller watched."""

import asyncio

import pytest

from tests.doors.asgi.wire import Wire, headers_of, request
from yett.doors.asgi.protocol import Message
from yett.doors.proxy.endpoint import Watch, send_streamed
from yett.services.calls import Streamed


async def test_a_caller_who_leaves_cancels_the_exchange_quietly() -> None:
    wire = Wire()
    reached = False
    wire.left.set()
    async with asyncio.timeout(60):
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
