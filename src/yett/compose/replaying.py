"""Replaying: candidates asked about the exchanges that were recorded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import orjson

from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.compose.keyfile import house_key
from yett.compose.policies import configured_constants, configured_documents, read_policies
from yett.compose.published import kept_copy, live_documents
from yett.compose.settings import Settings
from yett.guard.guard import settled
from yett.policy.comparison import Comparison, Report
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.records.building import digest

__all__ = ["candidate_documents", "replay"]

_PAGE = 2_000


def replay(
    settings: Settings, candidates: tuple[Path, ...], since: float, told: Callable[[int], None] = lambda _: None
) -> Report:
    """
    Ask the policies in *candidates*, beside all others that decide, about what was recorded *since* then.

    *told* hears how many records were read, from time to time.

    Raises:
        OperatorError: the candidates cannot be understood, or there is no trail.
        NotReady: the trail cannot be read.
    """
    program = compile_documents(candidate_documents(settings, candidates), configured_constants(settings))
    hidden = partial(digest, house_key(settings.records.path))
    comparison = Comparison(program, hidden, settled)
    asyncio.run(_replayed(settings, comparison, since, told))
    return comparison.report


def candidate_documents(settings: Settings, candidates: tuple[Path, ...]) -> tuple[Document, ...]:
    """Return what would decide if *candidates* took the place of the policies that have their ids."""
    deciding = (*configured_documents(settings), *live_documents(kept_copy(settings.records.path)))
    by_id = {document.id: document for document in (*deciding, *read_policies(candidates))}
    return tuple(by_id.values())


async def _replayed(settings: Settings, comparison: Comparison, since: float, told: Callable[[int], None]) -> None:
    async with _opened(settings) as store:
        for chain in await store.chains():
            after = 0
            while page := await store.read(chain, after, _PAGE):
                after = page[-1].sequence
                for entry in page:
                    record = orjson.loads(entry.body)
                    if entry.at >= since and _is_record(record):
                        comparison.add(record)
                told(len(page))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[SqlRecords]:
    database = await Database.open(settings.records.database)
    try:
        yield SqlRecords(database)
    finally:
        await database.aclose()


def _is_record(body: object) -> bool:
    return isinstance(body, Mapping) and body.get("kind") == "record"
