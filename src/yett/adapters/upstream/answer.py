"""HttpAnswer: an answer as it comes in. A connection fills it from one end, a reader empties it at the other."""

from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from yett.model.errors import UpstreamError

__all__ = ["HttpAnswer", "Source"]

_HIGH_WATER = 64 * 1024
"""Bytes that may wait for the reader; then nothing more is taken from the network."""


class Source(Protocol):
    """What fills an answer."""

    def pause(self) -> None:
        """Take nothing more from the network."""
        ...

    def resume(self) -> None:
        """Take from the network again."""
        ...

    def abandon(self) -> None:
        """Give up: nobody wants the rest."""
        ...


class HttpAnswer:
    """One answer; it has a source until its last byte is there or it failed."""

    def __init__(self, source: Source, loop: AbstractEventLoop) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.head: Future[None] = loop.create_future()
        """Done when status and headers are there."""
        self.paused = False
        self._source: Source | None = source
        self._loop = loop
        self._waiting = bytearray()
        self._reader: Future[None] | None = None
        self._error: UpstreamError | None = None

    # The connection's end

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head."""
        self.status, self.headers = status, headers
        if not self.head.done():
            self.head.set_result(None)

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._waiting += piece
        if len(self._waiting) > _HIGH_WATER and self._source is not None and not self.paused:
            self.paused = True
            self._source.pause()
        self._wake()

    def finish(self) -> None:
        """Know that this was all."""
        self._source = None
        self._wake()

    def fail(self, error: UpstreamError) -> None:
        """Know that nothing more will come, and why."""
        self._source, self._error = None, error
        if not self.head.done():
            self.head.set_exception(error)
            self.head.exception()  # it counts as noticed: whoever reads the body is told, too
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # The reader's end

    async def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it arrives; what came before a failure is handed out first."""
        while piece := await self._piece():
            yield piece

    async def read(self) -> bytes:
        """Read the whole body."""
        pieces = []
        while piece := await self._piece():
            pieces.append(piece)
        return b"".join(pieces)

    async def aclose(self) -> None:
        """Let go of the connection; one whose answer has not come to its end is closed."""
        self.abandon()

    def abandon(self) -> None:
        """Do as `aclose` does, without waiting."""
        if (source := self._source) is not None:
            self._source = None
            self._error = UpstreamError("the answer was closed before its end")
            source.abandon()

    async def _piece(self) -> bytes:
        """Take what has come; nothing at the end."""
        while not self._waiting and self._source is not None:
            self._reader = self._loop.create_future()
            await self._reader
        piece = bytes(self._waiting)
        self._waiting.clear()
        if self.paused and self._source is not None:
            self.paused = False
            self._source.resume()
        if not piece and self._error is not None:
            raise self._error
        return piece
