"""
Answering: one request as an ASGI application sees it: what it receives, and what becomes of what it sends.

Rules:

1. Nothing but headers gets into a head (RFC 9112, 11.1): a value that would end its line is an error of ours.
2. A body is as long as its head says, or the connection ends.
3. An application that fails, or ends before its answer does, leaves nobody waiting.
4. Nothing is written faster than it is read.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Protocol

__all__ = ["STATUS_LINES", "Answering", "App", "Connection", "Message"]

Message = MutableMapping[str, object]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
"""An ASGI 3 application."""
_Headers = Iterable[tuple[bytes, bytes]]

_LOG = logging.getLogger("yett.server")
_MOST_BUFFERED = 64 * 1024
"""Bytes of a body that nobody has received yet, until no more are read."""
_BODILESS = frozenset({204, 304})
_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
"""What a name consists of (RFC 9110, 5.6.2), in small letters."""
_VALUE = bytes({*range(0x20, 0x100), ord("\t")} - {0x7F})
"""What a value consists of (RFC 9110, 5.5)."""
_FAILED = b"Internal Server Error"


def _status_line(status: int) -> bytes:
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"HTTP/1.1 {status} {known.get(status, '')}\r\n".encode()


STATUS_LINES = MappingProxyType({status: _status_line(status) for status in range(100, 600)})


class Connection(Protocol):
    """What an answer needs of its connection."""

    transport: asyncio.Transport
    paused: asyncio.Event | None
    """Set when it may be written again; None where it may."""

    @property
    def default_headers(self) -> _Headers:
        """What stands in every head."""
        ...

    def pause_reading(self) -> None:
        """Read no more for now."""

    def resume_reading(self) -> None:
        """Read on."""

    def answered(self) -> None:
        """Know that the answer is whole."""

    def ended(self, task: "asyncio.Task[None]") -> None:
        """Know that the application is done."""


class Answering:
    """One request, and its answer as far as it has got."""

    __slots__ = (
        "_awaited",
        "_body",
        "_buffered",
        "_chunked",
        "_connection",
        "_continues",
        "_head",
        "_missing",
        "_more",
        "_news",
        "complete",
        "gone",
        "keep_alive",
        "scope",
        "started",
    )

    def __init__(self, connection: Connection, scope: Message, *, keep_alive: bool, continues: bool) -> None:
        """Answer *scope* on *connection*; *continues* says that its body is only sent when asked for."""
        self.scope = scope
        self.keep_alive = keep_alive
        """Whether the connection is to be used again."""
        self.started = self.complete = False
        """How far the answer is."""
        self.gone = False
        """Whether nobody waits for it any more."""
        self._connection = connection
        self._continues = continues
        self._body: list[bytes] = []
        self._buffered = 0
        self._more = True
        self._news = False
        self._awaited: asyncio.Event | None = None
        self._head = b""
        self._chunked = False
        self._missing = 0

    # What the connection tells

    def take(self, body: bytes) -> None:
        """Take a piece of the body."""
        if self.complete:
            return
        self._body.append(body)
        self._buffered += len(body)
        if self._buffered > _MOST_BUFFERED:
            self._connection.pause_reading()
        self._tell()

    def end(self) -> None:
        """Know that the body is whole."""
        self._more = False
        self._tell()

    def leave(self) -> None:
        """Know that nobody waits for the answer any more."""
        self.gone = True
        self._tell()

    def _tell(self) -> None:
        self._news = True
        if self._awaited is not None:
            self._awaited.set()
            self._awaited = None

    # What the application calls

    async def run(self, app: App) -> None:
        """Let *app* answer."""
        await app(self.scope, self.receive, self.send)

    async def receive(self) -> Message:
        """Return what came of the body since the last time, or that it is all over."""
        if self._continues:
            self._continues = False
            if not self._connection.transport.is_closing():
                self._connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if not (self.gone or self.complete):
            self._connection.resume_reading()
            if not self._news:
                self._awaited = self._awaited or asyncio.Event()
                await self._awaited.wait()
            self._news = False
        if self.gone or self.complete:
            return {"type": "http.disconnect"}
        body, self._body, self._buffered = b"".join(self._body), [], 0
        return {"type": "http.request", "body": body, "more_body": self._more}

    async def send(self, message: Message) -> None:
        """
        Send what an answer consists of, in its order.

        Raises:
            RuntimeError: it is out of order, or no head, or not as long as the head says.
        """
        if self._connection.paused is not None and not self.gone:
            await self._connection.paused.wait()
        if self.gone:
            return
        expected = "http.response.body" if self.started else "http.response.start"
        if self.complete or message["type"] != expected:
            raise RuntimeError(f"`{message['type']}` is sent where {'nothing' if self.complete else expected} is due")
        if self.started:
            self._send_body(message.get("body", b""), more=bool(message.get("more_body")))  # type: ignore[arg-type]
        else:
            self._send_head(message["status"], message.get("headers", ()))  # type: ignore[arg-type]

    def ended(self, task: "asyncio.Task[None]") -> None:
        """See to it that nobody waits for an answer that *task* did not give."""
        self._connection.ended(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _LOG.error("the application failed: %s", type(error).__name__)
        if self.complete or self.gone:
            return
        if not self.started:
            length = str(len(_FAILED)).encode()
            close = [(b"content-type", b"text/plain"), (b"content-length", length), (b"connection", b"close")]
            self._send_head(HTTPStatus.INTERNAL_SERVER_ERROR, close)
            self._send_body(_FAILED, more=False)
        else:
            self._connection.transport.close()

    # How it is written

    def _send_head(self, status: int, told: _Headers) -> None:
        headers = [(name.lower(), value) for name, value in (*self._connection.default_headers, *told)]
        known = dict(headers)
        if b"close" in known.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append((b"connection", b"close"))
        self._chunked = known.get(b"transfer-encoding", b"").lower() == b"chunked"
        if b"content-length" in known:
            self._missing = int(known[b"content-length"])
        elif not self._chunked and self.scope["method"] != "HEAD" and status not in _BODILESS:
            self._chunked = True
            headers.append((b"transfer-encoding", b"chunked"))
        head = _head(status, headers, known)
        self.started = True
        if self._chunked:
            self._connection.transport.write(head)
        else:
            self._head = head  # written together with its body, which is there

    def _send_body(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            body, self._missing = b"", 0
        elif self._chunked:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        else:
            self._missing -= len(body)
            if self._missing < 0 or (self._missing and not more):
                raise RuntimeError("the body is not as long as its head says")
        if self._head:
            self._connection.transport.writelines((self._head, body))
            self._head = b""
        elif body:
            self._connection.transport.write(body)
        if not more:
            self._finish()

    def _finish(self) -> None:
        self.complete = True
        self._tell()
        if not self.keep_alive:
            self._connection.transport.close()
        self._connection.answered()


def _head(status: int, headers: list[tuple[bytes, bytes]], names: Collection[bytes]) -> bytes:
    """
    Write a head; *names* are those of its headers that others have set.

    Raises:
        RuntimeError: a name or a value is none.
    """
    lines = b"".join([b"%b: %b\r\n" % header for header in headers])
    malformed = b"" in names or b"".join(names).translate(None, _TOKEN)
    if malformed or lines.translate(None, _VALUE) != b"\r\n" * len(headers):
        raise RuntimeError("a header's name or value is malformed")
    return b"%b%b\r\n" % (STATUS_LINES[status], lines)
