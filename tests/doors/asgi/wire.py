"""The server's side of one request."""

import asyncio

from yett.doors.asgi.protocol import Message
from yett.doors.asgi.request import Request

__all__ = ["Wire", "headers_of", "part", "request"]


def request(*headers: tuple[bytes, bytes]) -> Request:
    return Request({"headers": headers, "client": ("203.0.113.9", 1)})


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


def headers_of(wire: Wire) -> dict[bytes, bytes]:
    return dict(wire.sent[0]["headers"])
