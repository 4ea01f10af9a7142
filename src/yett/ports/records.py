"""
Journal, Outbox, RecordStore: where records go.

A record is first written to the journal, on this machine, before the exchange may go on; from there it is carried to
the store, in batches, at least once. So no record that was acknowledged is lost when the process dies, and a slow or
absent database slows nobody down.
"""

from collections.abc import Sequence
from typing import Protocol

from yett.model.record import Entry

__all__ = ["Journal", "Outbox", "RecordStore"]


class Journal(Protocol):
    """An append-only file that survives the process."""

    async def admit(self, id: str, note: bytes) -> None:
        """
        Note, before the upstream is called, that exchange *id* has begun.

        Raises:
            NotReady: it could not be written; the exchange must not go on.
        """
        ...

    async def seal(self, id: str, at: float, body: bytes) -> None:
        """
        Seal the record *body* of exchange *id* into the chain; at most once for each exchange.

        Raises:
            NotReady: it could not be written.
        """
        ...


class Outbox(Protocol):
    """What waits to be carried from journals to the store. It reads files, so it is called on a thread, by one caller."""

    def pending(self, limit: int = 256) -> Sequence[Entry]:
        """
        Read the oldest entries that wait, all of one chain; the same ones again until they are carried.

        Raises:
            NotReady: they cannot be read.
        """
        ...

    def carried(self) -> None:
        """
        Note durably that the store has what `pending` returned last.

        Raises:
            NotReady: it cannot be noted; the same entries will be carried again.
        """
        ...


class RecordStore(Protocol):
    """The trail, for search and proof."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store *entries*; those already stored are left as they are."""
        ...

    async def chains(self) -> Sequence[str]:
        """List the chains, in the order in which they began."""
        ...

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read entries of *chain* that follow sequence *after*, in order."""
        ...

    async def latest(self, limit: int = 100) -> Sequence[Entry]:
        """Read the newest entries, newest first."""
        ...
