"""
What a record costs: µs per exchange in the journal, entries per second to the store, and how fast a chain verifies.

The journal runs on the event loop, so its µs are the gateway's own; carrying runs beside it.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Literal

from yett.adapters.journal.journal import FileJournal, JournalOptions
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.model.record import Judgement, Record
from yett.records.building import serialise
from yett.records.chain import verify
from yett.services.carrying import Carrier

__all__ = ["main"]

EXCHANGES = 20_000
TOGETHER = 64


class Clock:
    """The machine's clocks."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()


def record(number: int) -> Record:
    """Return a record such as a chat with a few messages leaves."""
    coverage = tuple(
        (f"/messages/{place}/content", "user", 500, "injection,patterns,hidden_text") for place in range(4)
    )
    judgements = [
        Judgement(
            stage=stage,
            effect="sanitize",
            allowed=True,
            rules=("default@1.0.0/mask-personal-data",),
            unknown=(),
            findings=(("pii.email", "user", 1),),
            coverage=coverage,
        )
        for stage in ("request", "response")
    ]
    return Record(f"req-{number:08}", time.time(), "openai.chat", "0" * 16, "acme", "0" * 32, judgements=judgements)


async def exchange(journal: FileJournal, number: int, note: bytes, body: bytes) -> None:
    """Admit and seal."""
    await journal.admit(f"req-{number:08}", note)
    await journal.seal(f"req-{number:08}", 0.0, body)


async def one_by_one(base: Path) -> None:
    """Measure the hot path, and the serialisation before it."""
    made = record(0)
    body, note = serialise(made), serialise(Record("req", 0.0, "openai.chat"))
    began = time.perf_counter()
    for _ in range(EXCHANGES):
        serialise(made)
    print(f"serialise a record of {len(body)} bytes      {(time.perf_counter() - began) / EXCHANGES * 1e6:8.2f} µs")
    journal = await FileJournal.open(base, Clock())
    began = time.perf_counter()
    for number in range(EXCHANGES):
        await exchange(journal, number, note, body)
    spent = (time.perf_counter() - began) / EXCHANGES * 1e6
    print(f"admit + seal, synced every 100 ms         {spent:8.2f} µs  ({spent / 2:.2f} µs a call)")
    await journal.aclose()


async def together(base: Path, sync: Literal["interval", "always"], count: int) -> None:
    """Measure many exchanges at once."""
    note, body = serialise(Record("req", 0.0, "openai.chat")), serialise(record(0))
    journal = await FileJournal.open(base, Clock(), JournalOptions(sync=sync))
    waits: list[float] = []

    async def some(first: int) -> None:
        for number in range(first, count, TOGETHER):
            began = time.perf_counter()
            await exchange(journal, number, note, body)
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(some(first) for first in range(TOGETHER)))
    rate = count / (time.perf_counter() - began)
    waits.sort()
    middle, late = waits[len(waits) // 2] * 1e3, waits[int(len(waits) * 0.99)] * 1e3
    print(f"{TOGETHER} at once, sync={sync:<9} {rate:10.0f} exchanges/s, P50 {middle:.3f} ms, P99 {late:.3f} ms")
    await journal.aclose()


async def carried(base: Path) -> None:
    """Measure carrying to SQLite, and verifying what came there."""
    journal = await FileJournal.open(base / "journal", Clock())
    database = await Database.open(f"sqlite:///{base / 'yett.db'}")
    store = SqlRecords(database)
    for number in range(EXCHANGES):
        made = record(number)
        await journal.seal(made.id, made.at, serialise(made))
    await journal.sync()
    carrier = Carrier(journal.outbox, store)
    began = time.perf_counter()
    count = 0
    while some := await carrier.carry():
        count += some
    print(f"carried to SQLite                     {count / (time.perf_counter() - began):12.0f} entries/s")
    entries = await store.read(journal.chain, limit=EXCHANGES + 1)
    began = time.perf_counter()
    if verify(entries) is not None or len(entries) != EXCHANGES + 1:
        raise SystemExit("the chain does not hold")
    print(f"verified                              {len(entries) / (time.perf_counter() - began):12.0f} entries/s")
    await journal.aclose()
    await database.aclose()


def written(base: Path) -> int:
    """Return how many bytes the journals below *base* have."""
    return sum(path.stat().st_size for path in base.rglob("*.journal"))


async def recovered(base: Path) -> None:
    """Measure a start that finds a chain of a process that was killed."""
    journal = await FileJournal.open(base, Clock())
    note, body = serialise(Record("req", 0.0, "openai.chat")), serialise(record(0))
    for number in range(EXCHANGES):
        await exchange(journal, number, note, body)
    await journal.aclose()
    size = await asyncio.to_thread(written, base)
    began = time.perf_counter()
    journal = await FileJournal.open(base, Clock())
    spent = time.perf_counter() - began
    print(f"start after {EXCHANGES} exchanges, {size / 1e6:.0f} MB  {spent:10.3f} s  ({spent / size * 1e9:.1f} s/GB)")
    await journal.aclose()


async def measure() -> None:
    """Run every measurement in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        await one_by_one(base / "one")
        await together(base / "interval", "interval", EXCHANGES)
        await together(base / "always", "always", EXCHANGES // 4)
        await carried(base)
        await recovered(base / "recovered")


def main() -> None:
    """Measure the journal."""
    asyncio.run(measure())


if __name__ == "__main__":
    main()
