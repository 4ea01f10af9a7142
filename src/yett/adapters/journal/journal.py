"""
The journal: what was acknowledged survives the process.

Rules:

1. `admit` and `seal` return when their frame is with the operating system, whole; so `kill -9` loses nothing that they
   have returned for. With `sync` set to `always` they return when it is on the disk, so the loss of power loses
   nothing either; those who wait at the same time share one sync. With `interval` the disk is at most one interval
   behind.
2. After a sync has failed nobody knows what is on the disk, so every call raises until a new start reads it again.
3. When more waits for the store than the journal may hold, nothing further is admitted; what has begun may still end.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from yett.adapters.journal.outbox import FolderOutbox
from yett.adapters.journal.recovery import Start, start
from yett.model.errors import NotReady
from yett.ports.clock import Clock

__all__ = ["FileJournal", "JournalOptions"]


@dataclass(frozen=True, slots=True)
class JournalOptions:
    """How durable, and how large."""

    sync: Literal["interval", "always"] = "interval"
    interval: float = 0.1
    """Seconds that the disk may be behind when *sync* is `interval`."""
    segment_size: int = 16 * 1024 * 1024
    """Bytes after which a new segment begins."""
    capacity: int = 2 * 1024**3
    """Bytes that may wait for the store before nothing further is admitted."""


class FileJournal:
    """A chain in a folder, written by one process, on one event loop. `open` makes it."""

    def __init__(self, started: Start, options: JournalOptions) -> None:
        self.damages = started.damages
        """What the chains that were taken over suffered; they are kept where they are, for people to look at."""
        self._writer = started.writer
        self._durable = started.writer.reached
        self.outbox = FolderOutbox(started, lambda: self._durable)
        """What waits to be carried to the store."""
        self._options = options
        self._always = options.sync == "always"
        self._most_segments = max(options.capacity // options.segment_size, 1)
        self._trouble = ""
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._syncing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, base: Path, clock: Clock, options: JournalOptions | None = None) -> Self:
        """
        Begin a chain below *base*, after taking over those that ended processes have left there.

        Raises:
            NotReady: the folder cannot be used.
        """
        options = options or JournalOptions()
        return cls(await asyncio.to_thread(start, base, clock.now(), options.segment_size), options)

    @property
    def chain(self) -> str:
        """The chain's identifier."""
        return self._writer.folder.chain

    @property
    def trouble(self) -> str:
        """Why nothing is written just now; empty when all is well."""
        return self._trouble or self._writer.trouble

    async def admit(self, id: str, note: bytes) -> None:
        """
        Note, before the upstream is called, that exchange *id* has begun.

        Raises:
            NotReady: it could not be written, or too much waits for the store.
        """
        if self._trouble:
            raise NotReady(self._trouble)
        if self._writer.segment - self.outbox.segment >= self._most_segments:
            raise NotReady("the journal is full: the store does not take its records")
        self._writer.admit(id, note)
        await self._written()

    async def seal(self, id: str, at: float, body: bytes) -> None:
        """
        Seal the record *body* of exchange *id* into the chain.

        Raises:
            NotReady: it could not be written.
        """
        if self._trouble:
            raise NotReady(self._trouble)
        self._writer.seal(id, at, body)
        await self._written()

    async def sync(self) -> None:
        """
        Wait until all that was written is on the disk.

        Raises:
            NotReady: the disk refused.
        """
        mark = self._writer.reached
        while self._durable < mark:
            if self._trouble:
                raise NotReady(self._trouble)
            await asyncio.shield(self._begin_sync())

    async def aclose(self) -> None:
        """Sync, stop, and let go of the folder; nothing can be written or carried afterwards."""
        if self._closed:
            return
        self._closed = True
        try:
            await self.sync()
        finally:
            self._trouble = self._trouble or "the journal is closed"
            if self._timer is not None:
                self._timer.cancel()
            if self._syncing is not None:
                await self._syncing
            self._writer.close()
            self.outbox.release()

    async def _written(self) -> None:
        if self._always:
            await self.sync()
        elif self._timer is None:
            self._sync_later()

    def _sync_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._options.interval, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._begin_sync()

    def _begin_sync(self) -> asyncio.Task[None]:
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.get_running_loop().create_task(self._sync())
        return self._syncing

    async def _sync(self) -> None:
        flush = self._writer.flush()
        try:
            await asyncio.to_thread(flush)
        except OSError as problem:
            self._trouble = f"the journal's disk failed, only a new start can tell what it holds: {problem.strerror}"
        else:
            self._durable = flush.reached
        if self._timer is None and self._durable < self._writer.reached and not self._trouble:
            self._sync_later()
