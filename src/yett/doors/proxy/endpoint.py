"""
Endpoint: an exchange's answer sent in pieces, and its caller watched.

A caller who hangs up cancels the exchange, which lets go of its upstream at once.
"""

import asyncio

from yett.doors.asgi.protocol import Message, Receive, Send
from yett.doors.asgi.replies import head_of
from yett.doors.asgi.request import GONE, Request
from yett.services.calls import Streamed

__all__ = ["Watch", "send_streamed"]

_PATIENCE = 0.05
"""Seconds until it is worth while to look whether the caller is still there."""


class Watch:
    """
    Cancels the exchange of the block if its caller hangs up, and ends the block quietly then.

    It begins to watch a little later: most exchanges are over before, and watching one costs as much as parsing it.
    """

    __slots__ = ("_exchange", "_left", "_receive", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        """Watch what *receive* says."""
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        """Prepare to watch."""
        self._exchange = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._begin)

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        """Stop watching."""
        self._timer.cancel()
        if self._watcher:
            self._watcher.cancel()
        if self._left and kind is asyncio.CancelledError and self._exchange:
            self._exchange.uncancel()
            return True
        return False

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != GONE:
            pass
        self._left = True
        if self._exchange:
            self._exchange.cancel()


async def send_streamed(send: Send, request: Request, streamed: Streamed) -> None:
    """Send an answer in pieces, as they come, no faster than the caller takes them."""
    headers = head_of(request, streamed.headers.items())
    headers += [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for piece in streamed.pieces:
            await send(_piece(piece))
        await send({"type": "http.response.body", "body": b""})
    finally:
        await streamed.pieces.aclose()


def _piece(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}
