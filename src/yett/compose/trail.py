"""
Trail: prove that no record was changed, left out or put in.

Rules:

1. Every chain is followed from its first entry, and its first break is told; a chain that holds has an unbroken line of
   digests to its last entry.
2. A chain cannot show that its own tail is gone. The next one's opening names the head that it had, so that is checked
   too.
3. A trail that is not there is not a trail that holds.
4. A record that was sealed and not carried to the store yet is looked at where it is, in the journal. Nothing is written,
   so that whoever looks need not be whoever runs the gateway, and the gateway may go on.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yett.adapters.journal.waiting import WaitingEntries
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.compose.settings import Settings
from yett.model.errors import OperatorError, Place, Problem
from yett.model.record import Entry
from yett.ports.records import RecordStore
from yett.records.chain import GENESIS, Flaw, verify
from yett.records.opening import Head, Opening, missed, read

__all__ = ["BrokenChain", "TrailReport", "verify_store", "verify_trail"]

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """Where a chain stops to hold, and why."""

    chain: str
    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class TrailReport:
    """What was looked at, and what is wrong with it."""

    chains: int
    entries: int
    broken: tuple[BrokenChain, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that was sealed is there as it was sealed."""
        return not self.broken


def verify_trail(settings: Settings, told: Callable[[int], None] | None = None) -> TrailReport:
    """
    Verify the trail that *settings* name; *told* hears how many entries were looked at, from time to time.

    Raises:
        OperatorError: there is no trail.
        NotReady: it cannot be read.
    """
    address = settings.records.database
    file = Path(address.removeprefix(_SQLITE))
    if address.startswith(_SQLITE) and not file.is_file():
        hint = "name the configuration that the gateway runs with, or start the gateway once"
        raise OperatorError(Problem(Place(str(file)), "no-trail", "there is no trail here", hint))
    return asyncio.run(_verified(settings, told))


async def _verified(settings: Settings, told: Callable[[int], None] | None) -> TrailReport:
    waiting = await asyncio.to_thread(WaitingEntries, settings.records.path / "journal")
    database = await Database.open(settings.records.database)
    try:
        return await verify_store(_WithJournal(SqlRecords(database), waiting), told)
    finally:
        await database.aclose()


class _Trail(Protocol):
    """As much of a `RecordStore` as a proof needs."""

    async def chains(self) -> Sequence[str]:
        """List the chains, in the order in which they began."""
        ...

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read entries of *chain* that follow sequence *after*, in order."""
        ...


class _WithJournal:
    """The store, and what waits to be carried to it."""

    def __init__(self, store: RecordStore, waiting: WaitingEntries) -> None:
        self._store = store
        self._waiting = waiting

    async def chains(self) -> Sequence[str]:
        """List the chains; those that begin in the journal are younger than those that the store knows."""
        waiting = await asyncio.to_thread(self._waiting.chains)
        return list(dict.fromkeys([*await self._store.chains(), *waiting]))

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read on in the store, and behind its end in the journal."""
        if page := await self._store.read(chain, after, limit):
            return page
        waiting = await asyncio.to_thread(self._waiting.read, chain, after)
        if waiting and waiting[0].sequence == after + 1:
            return waiting
        return await self._store.read(chain, after, limit) or waiting  # it may have been carried meanwhile


async def verify_store(store: _Trail, told: Callable[[int], None] | None = None) -> TrailReport:
    """Verify every chain in *store*."""
    heads: dict[str, Head] = {}
    openings: list[Opening] = []
    broken: list[BrokenChain] = []
    names = await store.chains()
    for chain in names:
        head = Head(chain, 0, GENESIS)
        while page := await store.read(chain, head.sequence):
            if flaw := verify(page, (head.sequence, head.link)):
                broken.append(BrokenChain(chain, flaw.sequence, f"the entry is {flaw.flaw}"))
                break
            if head.sequence == 0:
                broken += _opened(page[0], openings)
            head = Head(chain, page[-1].sequence, page[-1].link)
            if told:
                told(len(page))
        heads[chain] = head
    known = {each.chain for each in broken}
    broken += [_short(head, heads) for head in missed(openings, heads) if head.chain not in known]
    return TrailReport(len(names), sum(head.sequence for head in heads.values()), tuple(broken))


def _opened(first: Entry, openings: list[Opening]) -> Iterable[BrokenChain]:
    """Keep what the first entry of a chain says of earlier ones; one that says nothing readable is no first entry."""
    try:
        opening = read(first.body)
    except (KeyError, TypeError, ValueError):
        opening = None
    if opening is None or opening.chain != first.chain:
        return (BrokenChain(first.chain, first.sequence, f"the entry is {Flaw.ALTERED}"),)
    openings.append(opening)
    return ()


def _short(head: Head, heads: dict[str, Head]) -> BrokenChain:
    if head.chain not in heads:
        return BrokenChain(head.chain, 1, "the chain is missing")
    return BrokenChain(
        head.chain, heads[head.chain].sequence + 1, f"the chain does not end at {head.sequence}, as it did"
    )
