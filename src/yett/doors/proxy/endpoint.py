"""
Endpoint: a request to a call, and its answer back.

Rules:

1. Only JSON in the clear is read: another media type or an encoding could be read otherwise by whoever comes after us.
2. One credential: two that differ are an attempt to be two people.
3. A caller who hangs up cancels the exchange, which lets go of its upstream at once.
"""

import asyncio
import os
import re
from collections.abc import Iterable

from yett.doors.proxy.errors import Message, Receive, Scope, Send
from yett.model.errors import CallerError
from yett.services.calls import Reply, Streamed

__all__ = ["CallerLeft", "Request", "Watch", "read_body", "send_reply", "send_streamed"]

_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
_GONE = "http.disconnect"
_THEIRS = 500
"""From this status on it is not the caller who has to change something (RFC 9110, 15.6)."""
_PATIENCE = 0.05
"""Seconds until it is worth while to look whether the caller is still there."""


class Request:
    """What stands in a request's head."""

    __slots__ = ("client", "headers", "identifier", "record_id")

    def __init__(self, scope: Scope) -> None:
        """Read the head of *scope*."""
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        self.client: str = client[0] if client else ""
        self.record_id = f"req_{os.urandom(12).hex()}"
        told = self.headers.get(b"x-request-id", b"").decode("latin-1")
        self.identifier = told if _IDENTIFIER.match(told) else self.record_id

    def credential(self) -> str | None:
        """
        Return the one credential that is shown.

        Raises:
            CallerError: there are two that differ.
        """
        scheme, _, bearer = self.headers.get(b"authorization", b"").partition(b" ")
        shown = {bearer.strip()} if scheme.lower() == b"bearer" else set()
        shown |= {self.headers[b"x-api-key"].strip()} if b"x-api-key" in self.headers else set()
        shown.discard(b"")
        if len(shown) > 1:
            raise CallerError("`authorization` and `x-api-key` show different credentials; send one of them")
        return next(iter(shown)).decode("latin-1") if shown else None

    def check_json(self) -> None:
        """
        Check that the body is JSON in the clear.

        Raises:
            CallerError: it is declared to be something else.
        """
        media, _, parameters = self.headers.get(b"content-type", b"").lower().partition(b";")
        charset = parameters.strip().removeprefix(b"charset=").strip(b'"')
        if media.strip() != b"application/json" or charset not in {b"", b"utf-8"}:
            raise CallerError("send the body as `content-type: application/json`, in UTF-8", status=415)
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise CallerError("send the body without `content-encoding`", status=415)


async def read_body(receive: Receive, most: int) -> bytes:
    """
    Read the whole body.

    Raises:
        CallerError: it has more than *most* bytes.
        CallerLeft: the caller hung up.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        pieces = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > most:
                break
        body = b"".join(pieces)
    if message["type"] == _GONE:
        raise CallerLeft
    if len(body) > most:
        raise CallerError(f"the body has more than {most} bytes", status=413, code="request_too_large")
    return body


class CallerLeft(Exception):
    """The caller hung up before the request was whole."""


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
        while (await self._receive())["type"] != _GONE:
            pass
        self._left = True
        if self._exchange:
            self._exchange.cancel()


def _headers(request: Request, headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    named = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return [*named, (b"x-request-id", request.identifier.encode("latin-1")), (b"cache-control", b"no-store")]


async def send_reply(send: Send, request: Request, reply: Reply) -> None:
    """Send a whole answer."""
    headers = _headers(request, reply.headers.items())
    if "content-type" not in reply.headers:
        headers.append((b"content-type", b"application/json"))
    headers.append((b"content-length", str(len(reply.body)).encode()))
    refusal = reply.refusal
    if refusal and refusal.retry_after is not None:
        headers.append((b"retry-after", str(max(1, round(min(refusal.retry_after, 86400)))).encode()))
    elif refusal and refusal.status < _THEIRS:  # what fails behind us may succeed a moment later
        headers.append((b"x-should-retry", b"false"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def send_streamed(send: Send, request: Request, streamed: Streamed) -> None:
    """Send an answer in pieces, as they come, no faster than the caller takes them."""
    headers = _headers(request, streamed.headers.items())
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
