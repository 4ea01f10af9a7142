"""Replaying: candidates asked about the exchanges that were recorded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.adapters.sql.sheets import Reach
from yett.compose.keyfile import house_key
from yett.compose.policies import configured_constants, configured_documents, read_policies
from yett.compose.published import kept_copy, live_documents
from yett.compose.settings import Settings
from yett.compose.tally import Tally
from yett.guard.guard import settled
from yett.policy.candidate import Candidate
from yett.policy.comparison import Comparison, Report
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.policy.pausing import collector_paused
from yett.records.building import digest
from yett.records.sheets import Page
from yett.services.following import Published

__all__ = ["Watching", "candidate_documents", "replay"]


class Watching(Protocol):
    """Somebody who wants to hear how far it is."""

    whole: int

    def add(self, count: int) -> None:
        """Hear that *count* more are done."""
        ...


def replay(settings: Settings, candidates: tuple[Path, ...], since: float, progress: Watching | None = None) -> Report:
    """
    Ask the policies in *candidates*, beside all others that decide, about what was recorded *since* then.

    *progress* hears how many entries there are, and from time to time how many more were read.

    Raises:
        OperatorError: the candidates cannot be understood, or there is no trail.
        NotReady: the trail cannot be read.
    """
    program = compile_documents(candidate_documents(settings, candidates), configured_constants(settings))
    hidden = partial(digest, house_key(settings.records.path))
    comparison = Comparison(Candidate(program, hidden, settled))
    asyncio.run(_replayed(settings, comparison, since, progress))
    return comparison.report


def candidate_documents(settings: Settings, candidates: tuple[Path, ...]) -> tuple[Document, ...]:
    """Return what would decide if *candidates* took the place of the policies that have their ids."""
    deciding = (*configured_documents(settings), *live_documents(kept_copy(settings.records.path) or Published()))
    by_id = {document.id: document for document in (*deciding, *read_policies(candidates))}
    return tuple(by_id.values())


async def _replayed(settings: Settings, comparison: Comparison, since: float, progress: Watching | None) -> None:
    tally = Tally(comparison)

    def work(page: Page) -> None:
        tally.add(page)
        if progress:
            progress.add(page.size)

    async with _opened(settings) as store:
        if progress:
            progress.whole = await store.count(since)
        for chain in await store.chains():
            before, after = -1, 0
            while before != after:
                # A page is read into much that goes with it; the collector has its turn between pages.
                with collector_paused():
                    before, after = after, await store.scan(Reach(chain, since, after), work)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[SqlRecords]:
    database = await Database.open(settings.records.database)
    try:
        yield SqlRecords(database)
    finally:
        await database.aclose()
