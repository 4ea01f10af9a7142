"""Stages: the microseconds of each step of one exchange, and how fast texts are scanned, measured in this process."""

import asyncio
import pydoc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench._talk import QUESTION as ASKED
from yett.adapters.journal.journal import FileJournal
from yett.compose.clock import SystemClock
from yett.compose.settings import Settings
from yett.compose.snapshot import Builder
from yett.dialects.openai_chat import OPENAI_CHAT
from yett.guard.guard import Guard
from yett.model.interaction import Interaction
from yett.model.record import Record
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.records.building import serialise

__all__ = ["print_stages"]


def print_stages() -> None:
    """Print a table."""
    snapshot = Builder(SystemClock(), b"k" * 32).build(Settings())
    guard, question = snapshot.guard, ASKED.encode()
    payload = OPENAI_CHAT.parse(question)
    texts = OPENAI_CHAT.read(payload)
    facts = OPENAI_CHAT.facts(payload)
    interaction = Interaction(Stage.REQUEST, texts.segments, facts=facts)
    print("\nstage                                    µs")
    _line("parse strictly", lambda: OPENAI_CHAT.parse(question))
    _line("read the texts", lambda: OPENAI_CHAT.read(payload))
    _line("judge texts seen before", lambda: guard.inspected(interaction))
    _line("judge new texts", _fresh(guard))
    _line("write and serialise", lambda: OPENAI_CHAT.dump(OPENAI_CHAT.write(payload, texts, texts.segments)))
    record = Record("req_1", 0.0, "openai.chat")
    _line("serialise a record", lambda: serialise(record))
    asyncio.run(_journal())
    _scan(guard)


def _fresh(guard: Guard) -> Callable[[], object]:
    numbers = iter(range(10**9))

    def judge() -> object:
        text = f"{next(numbers)} Please explain how compound interest works, and why it matters. " * 7
        return guard.inspected(Interaction(Stage.REQUEST, (Segment("/messages/0/content", Origin.USER, text[:500]),)))

    return judge


async def _journal() -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = await FileJournal.open(Path(folder), SystemClock())
        body = b"x" * 700
        began = time.perf_counter()
        for number in range(2000):
            await journal.admit(f"req_{number}", body)
            await journal.seal(f"req_{number}", 0.0, body)
        print(f"{'journal: admit and seal':36}{(time.perf_counter() - began) / 2000 * 1e6:7.1f}")
        await journal.aclose()


def _scan(guard: Guard) -> None:
    text = "".join(
        Path(module.__file__ or "").read_text("utf-8", "replace") for module in (pydoc, asyncio.tasks, tempfile)
    )
    began = time.perf_counter()
    rounds = 5
    for number in range(rounds):
        guard.inspected(Interaction(Stage.REQUEST, (Segment("", Origin.USER, f"{number}{text}"),)))
    taken = time.perf_counter() - began
    print(
        f"scanning source code of {len(text) // 1024} KB, all readings and detectors: {rounds * len(text) / taken / 1e6:.1f} MB/s"
    )


def _line(title: str, work: Callable[[], object]) -> None:
    for _ in range(50):
        work()
    rounds = 2000
    began = time.perf_counter()
    for _ in range(rounds):
        work()
    print(f"{title:36}{(time.perf_counter() - began) / rounds * 1e6:7.1f}")
