"""A journal in a folder, and what it keeps."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from yett.adapters.journal.journal import FileJournal, JournalOptions
from yett.adapters.journal.outbox import FolderOutbox
from yett.model.record import Entry

__all__ = ["Dead", "Kept", "StoppedClock", "kept", "synced"]


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> float:
        return 1_800_000_000.0

    def elapsed(self) -> float:
        return 5.0


@dataclass(frozen=True)
class Kept:
    """A journal and its outbox."""

    journal: FileJournal

    @property
    def outbox(self) -> FolderOutbox:
        return self.journal.outbox

    async def everything(self) -> Sequence[Entry]:
        await self.journal.sync()
        entries: list[Entry] = []
        while batch := self.outbox.pending(limit=7):
            entries += batch
            self.outbox.carried()
        return entries


@asynccontextmanager
async def kept(base: Path, **options: object) -> AsyncIterator[Kept]:
    """Keep a journal in *base* for a while."""
    journal = await FileJournal.open(base, StoppedClock(), JournalOptions(**options))
    try:
        yield Kept(journal)
    finally:
        await journal.aclose()


async def synced(journal: FileJournal) -> None:
    """Wait until the disk has caught up, which nothing announces."""
    async with asyncio.timeout(60):
        while journal._durable != journal._writer.reached:  # noqa: ASYNC110
            await asyncio.sleep(0)


class Dead:
    """Leaves a journal in a folder as a process leaves it that is killed: unsynced, unclosed, its lock gone."""

    def __init__(self, base: Path, **options: object) -> None:
        self._base = base
        self._options = options

    async def __aenter__(self) -> Kept:
        self._kept = Kept(await FileJournal.open(self._base, StoppedClock(), JournalOptions(**self._options)))
        return self._kept

    async def __aexit__(self, *_: object) -> None:
        journal = self._kept.journal
        if journal._timer:
            journal._timer.cancel()
        if journal._syncing:
            await journal._syncing
        journal._writer.close()
        journal.outbox.release()
