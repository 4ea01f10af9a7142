"""
Provider: a provider that says what you tell it, for tests and demonstrations.

It is a raw HTTP/1.1 server on a free port of this machine. Each request is answered by the next script, the last one
over and over; a script is a sequence of steps, and bytes are sent as they are, so that everything a provider could do
wrong can be done here. What came in is kept exactly as it came.

    async with Provider(answer({"choices": []})) as provider:
        ...  # talk to provider.url
        assert provider.requests[0].body == b"…"
"""

import asyncio
import socket
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from types import TracebackType
from typing import Self, cast

import orjson

__all__ = ["Connection", "Do", "Provider", "Request", "Script", "Step", "answer", "cut", "event", "head", "stream"]


class Do(Enum):
    """What a script may do beside sending bytes and awaiting an event."""

    CLOSE = "close"
    """Close the connection."""
    RESET = "reset"
    """Break the connection (RST)."""
    HANG = "hang"
    """Say nothing more until the other side leaves."""


Step = bytes | asyncio.Event | Do
Script = Sequence[Step]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in order, doubles kept."""
    body: bytes
    connection: "Connection"

    def header(self, name: str) -> str | None:
        """Return the first header called *name*."""
        return next((value for known, value in self.headers if known == name), None)


@dataclass(slots=True, eq=False)
class Connection:
    """One connection: what was asked on it, and when the other side left."""

    requests: list[Request] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)


def head(status: int = 200, /, **headers: str | int) -> bytes:
    """Write a status line and *headers*; underscores in names become hyphens."""
    lines = [f"HTTP/1.1 {status} Told", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def answer(payload: object, status: int = 200, /, **headers: str | int) -> Script:
    """Answer with *payload* as JSON."""
    body = orjson.dumps(payload)
    headers |= {"content_type": "application/json", "content_length": len(body)}
    return [head(status, **headers) + body]


def event(payload: object) -> bytes:
    """Write one server-sent event; a string is sent as it is, anything else as JSON."""
    return b"data: " + (payload.encode() if isinstance(payload, str) else orjson.dumps(payload)) + b"\n\n"


def cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    """Cut *data* at the positions *at*."""
    places = sorted({0, len(data), *(place for place in at if 0 < place < len(data))})
    return [data[start:end] for start, end in pairwise(places)]


def stream(pieces: Iterable[Step], **headers: str | int) -> Script:
    """Send *pieces* of an event stream, each as a chunk of its own; events and acts take place between them."""

    def steps() -> Iterable[Step]:
        yield head(**headers, content_type="text/event-stream", transfer_encoding="chunked")
        for piece in pieces:
            yield b"%x\r\n%b\r\n" % (len(piece), piece) if isinstance(piece, bytes) else piece
        yield b"0\r\n\r\n"

    return list(steps())


class Provider:
    """The server; an asynchronous context manager."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts) or [answer({})]
        self.connections: list[Connection] = []
        self.requests: list[Request] = []
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        """The base address, as an OpenAI-compatible provider has it."""
        return f"http://127.0.0.1:{self.port}/v1"

    def say(self, *scripts: Script) -> None:
        """Answer from now on with *scripts*."""
        self._scripts = list(scripts)

    async def heard(self, count: int = 1) -> None:
        """Wait until *count* requests have come."""
        while len(self.requests) < count:
            self._news.clear()
            await self._news.wait()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Talk(self), "127.0.0.1", 0)
        self._talks: set[_Talk] = set()
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for talk in list(self._talks):
            talk.end()
        await self._server.wait_closed()

    def joined(self, talk: "_Talk") -> None:
        """Take note of a new connection."""
        self._talks.add(talk)
        self.connections.append(talk.connection)

    def left(self, talk: "_Talk") -> None:
        """Take note that a connection is gone."""
        self._talks.discard(talk)

    def asked(self, request: Request) -> Script:
        """Take note of *request* and hand out the script for it."""
        self.requests.append(request)
        self._news.set()
        request.connection.requests.append(request)
        return self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]


class _Talk(asyncio.Protocol):
    """One connection: requests are read as they come and answered in order."""

    def __init__(self, provider: Provider) -> None:
        self.connection = Connection()
        self._provider = provider
        self._unread = bytearray()
        self._asked: asyncio.Queue[Request] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._provider.joined(self)
        self._answering = asyncio.get_running_loop().create_task(self._answer())

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (request := self._read()) is not None:
            self._asked.put_nowait(request)

    def eof_received(self) -> None:
        self.connection.left.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the reason does not matter
        self.connection.left.set()
        self._answering.cancel()
        self._provider.left(self)

    def end(self) -> None:
        """Break the connection off."""
        self._answering.cancel()
        self._transport.abort()

    def _read(self) -> Request | None:
        """Take one whole request from what has come in so far."""
        top, found, rest = bytes(self._unread).partition(b"\r\n\r\n")
        first, *lines = top.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
        length = int(dict(headers).get("content-length", "0"))
        if not found or len(rest) < length:
            return None
        del self._unread[: len(top) + len(found) + length]
        method, target, _ = first.split(" ")
        return Request(method, target, headers, rest[:length], self.connection)

    async def _answer(self) -> None:
        while True:
            for step in self._provider.asked(await self._asked.get()):
                await self._take(step)

    async def _take(self, step: Step) -> None:
        if isinstance(step, bytes):
            self._transport.write(step)
            await asyncio.sleep(0)  # lets each piece leave on its own
        elif isinstance(step, asyncio.Event):
            await step.wait()
        elif step is Do.CLOSE:
            self._transport.close()
        elif step is Do.HANG:
            await self.connection.left.wait()
        else:
            self._reset()

    def _reset(self) -> None:
        ours: socket.socket = self._transport.get_extra_info("socket")
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
