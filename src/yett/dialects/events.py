"""
Server-sent events, sans I/O (WHATWG HTML, 9.2).

Rules:

1. Chunks may be cut anywhere, inside a line ending or a character too: the same bytes give the same events.
2. Lines end in LF, CR or CRLF; a byte order mark may open the stream; what is no UTF-8 becomes U+FFFD, which is what
   everybody behind us will then read too.
3. An event ends with an empty line. One that the stream breaks off is nobody's event.
4. Neither a line nor an event may grow without bound.
"""

from typing import NamedTuple

from yett.model.errors import UpstreamError

__all__ = ["MAX_BYTES", "EventParser", "ServerEvent", "encode"]

MAX_BYTES = 1_048_576
"""Longest line, and longest data of one event."""
_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """One event as it was sent."""

    data: str
    name: str = ""
    """Its type; empty means `message`."""


class EventParser:
    """Bytes in, events out."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._pending = bytearray()
        self._after_cr = False
        self._opening = True
        self._data: list[str] = []
        self._size = 0
        self._name = ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """
        Take *chunk* and return the events that it completes.

        Raises:
            UpstreamError: a line or an event is longer than the limit.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        events: list[ServerEvent] = []
        for line in chunk.splitlines(keepends=True):
            self._pending += line
            if len(self._pending) > self._limit:
                self._overflow()
            if line.endswith((b"\n", b"\r")):
                complete = bytes(self._pending).rstrip(b"\r\n")
                self._pending.clear()
                self._take(complete, events)
        self._after_cr = chunk.endswith(b"\r") or (self._after_cr and not chunk)
        return events

    def _take(self, line: bytes, events: list[ServerEvent]) -> None:
        if self._opening:
            self._opening = False
            line = line.removeprefix(_BOM)
        if line:
            self._field(line)
            return
        if self._data:
            events.append(ServerEvent("\n".join(self._data), self._name))
        self._data, self._size, self._name = [], 0, ""

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value) + 1
            if self._size > self._limit:
                self._overflow()
            self._data.append(value.decode(errors="replace"))
        elif name == b"event":
            self._name = value.decode(errors="replace")

    def _overflow(self) -> None:
        message = f"the upstream sent an event of more than {self._limit} bytes"
        raise UpstreamError(message)


def encode(data: bytes | str, event: str = "") -> bytes:
    """Write one event; *event* names its type."""
    raw = data.encode() if isinstance(data, str) else data
    named = b"event: " + event.encode() + b"\n" if event else b""
    if b"\n" not in raw and b"\r" not in raw:
        return named + b"data: " + raw + b"\n\n"
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return named + b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"
