"""A process that writes to a journal, tells what was acknowledged, and waits to be killed: `victim.py FOLDER ROUND`."""

import asyncio
import itertools
import sys
import time
from pathlib import Path

from yett.adapters.journal.journal import FileJournal, JournalOptions
from yett.model.record import Record
from yett.records.building import serialise


class Clock:
    def now(self) -> float:
        return time.time()

    def elapsed(self) -> float:
        return time.monotonic()


async def main(base: Path, name: str) -> None:
    clock = Clock()
    journal = await FileJournal.open(base, clock, JournalOptions(segment_size=20_000))
    numbers = itertools.count()

    async def one() -> None:
        while True:
            exchange = f"{name}-{next(numbers)}"
            record = Record(id=exchange, at=clock.now(), operation="openai.chat")
            await journal.admit(exchange, serialise(record))
            sys.stdout.write(f"admitted {exchange}\n")
            await asyncio.sleep(0)
            record.outcome = "served"
            await journal.seal(exchange, record.at, serialise(record))
            sys.stdout.write(f"sealed {exchange}\n")
            sys.stdout.flush()
            await asyncio.sleep(0)

    async def carry() -> None:
        while True:
            if await asyncio.to_thread(journal.outbox.pending):
                lines = "".join(
                    f"carried {entry.chain} {entry.sequence} {entry.link} {entry.at!r} {entry.id} {entry.body.hex()}\n"
                    for entry in await asyncio.to_thread(journal.outbox.pending)
                )
                sys.stdout.write(lines)
                sys.stdout.flush()
                await asyncio.to_thread(journal.outbox.carried)
            await asyncio.sleep(0.01)

    await asyncio.gather(carry(), *(one() for _ in range(8)))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
