"""
A detector that does not end, breaks or talks nonsense is told by its name, over a real socket, and holds up nobody else.

What is planted stands under the name of a detector that is not there, `names`, and reads only what says so.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest

from tests.whole import gate as gates
from tests.whole.gate import SECRET, Gate, completion, content, events, gate, posted, said, spelled
from yett.compose.detectors import Detectors
from yett.compose.patterns import PatternCache
from yett.compose.settings import Settings
from yett.model.finding import Match
from yett.model.record import Record
from yett.model.segment import Origin
from yett.ports.detector import EVERYBODY
from yett.testing.provider import Provider, answer, stream

TRIGGER = "planted"
LONG = "All is well today. " * 300
QUICK = {"security": {"deadlines": {"inspection": 20, "detectors": {"names": 0.05}}}}
LENIENT = {**QUICK, "policies": {"default": "permissive"}}


class Panic(BaseException):
    """What a library in another language may raise."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Does what the test wants with texts that hold the trigger."""

    does: Callable[[], Iterable[Match]]
    name: str = "names"
    revision: str = "1"
    kinds: frozenset[str] = frozenset({"pii"})
    cost: int = 2
    origins: frozenset[Origin] = EVERYBODY
    readings: frozenset[str] = frozenset({"raw"})
    look_behind: int = 0

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        return self.does() if TRIGGER in text else ()

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        return len(text)


@dataclass(slots=True)
class Garden:
    """Where detectors are planted; what hangs is let go of at the end."""

    gate: threading.Event = field(default_factory=threading.Event)
    hanging: int = 0

    def hang(self) -> Iterable[Match]:
        self.hanging += 1
        self.gate.wait(120)
        return ()


@pytest.fixture
def garden() -> Iterator[Garden]:
    made = Garden()
    yield made
    made.gate.set()


def planted(detector: Planted) -> ExitStack:
    """Let every gateway have *detector*, beside those that it is configured to have."""

    def detectors(settings: Settings, cache: PatternCache) -> Detectors:
        made = shared(settings, cache)
        return Detectors((*made.for_tests(()), detector), made.informed)

    shared, stack = gates._detectors, ExitStack()
    stack.enter_context(mock.patch.object(gates, "_detectors", detectors))
    return stack


def asking(text: str, **fields: object) -> bytes:
    return json.dumps({**said(text, **fields), "model": "stub"}).encode()


def readers(record: Record, stage: int = 0) -> set[str]:
    """Return who read what the user or the model wrote, and who did not and why."""
    receipts = [each for each in record.judgements[stage].coverage if each[1] in {"user", "model"}]
    return {name for receipt in receipts for name in receipt[3].split(",")}


def kinds(record: Record, stage: int = 0) -> set[str]:
    return {kind for kind, _, _ in record.judgements[stage].findings}


async def checks(served: Gate) -> dict[str, str]:
    readiness = served.house.health.readiness()
    assert readiness.ready
    return dict(readiness.checks)


@pytest.mark.parametrize("text", [TRIGGER, f"{TRIGGER} {LONG}"], ids=["short", "long"])
async def test_who_hangs_is_told_and_what_the_others_find_stands(tmp_path: Path, garden: Garden, text: str) -> None:
    with planted(Planted(garden.hang)):
        async with gate(tmp_path, **LENIENT) as served:
            status, _, body = await posted(served.port, asking(f"{text} {SECRET}"))
            (record,) = await served.records(1)
            assert (await checks(served))["detectors"] == "names does not come back"
            garden.gate.set()
    assert (status, SECRET.encode() in body) == (200, False)
    assert {"!names:deadline", "patterns", "classifier"} <= readers(record)
    assert {"detector.unavailable", "secret.openai_key"} <= kinds(record)


async def test_who_hangs_is_denied_by_default_and_nobody_else_is(tmp_path: Path, garden: Garden) -> None:
    with planted(Planted(garden.hang)):
        async with gate(tmp_path, **QUICK) as served:
            hanging = [posted(served.port, asking(f"{TRIGGER} {number}")) for number in range(4)]
            others = [posted(served.port, asking(text)) for text in ("Hi", LONG, "Hello", LONG + LONG)]
            answers = await asyncio.gather(*hanging, *others)
            records = await served.records(8)
    assert [status for status, _, _ in answers] == [403] * 4 + [200] * 4
    assert sum("!names:deadline" in readers(record) for record in records) == 4
    assert sum("names" in readers(record) for record in records) == 4


async def test_who_hangs_again_and_again_is_asked_no_more(tmp_path: Path, garden: Garden) -> None:
    with planted(Planted(garden.hang)):
        async with gate(tmp_path, **QUICK) as served:
            many = [posted(served.port, asking(f"{TRIGGER} {number}")) for number in range(16)]
            assert {status for status, _, _ in await asyncio.gather(*many)} == {403}
            assert (await posted(served.port, asking("something else")))[0] == 403
            last = (await served.records(17))[-1]
            assert garden.hanging < 16
    assert "!names:hangs" in readers(last)


async def test_who_comes_back_reads_again(tmp_path: Path, garden: Garden) -> None:
    with planted(Planted(garden.hang)):
        async with gate(tmp_path, **QUICK) as served:
            assert (await posted(served.port, asking(TRIGGER)))[0] == 403
            assert (await posted(served.port, asking(TRIGGER + "!")))[0] == 403
            garden.gate.set()
            async with asyncio.timeout(60):
                while (await checks(served))["detectors"] != "ok":  # noqa: ASYNC110 - a thread tells nobody
                    await asyncio.sleep(0)
            assert (await posted(served.port, asking(TRIGGER)))[0] == 200


def raising(error: type[BaseException]) -> Callable[[], Iterable[Match]]:
    def raises() -> Iterable[Match]:
        raise error

    return raises


NONSENSE: dict[str, object] = {
    "None": None,
    "a word": "word",
    "numbers": [1, 2],
    "too short": [(0, 3, "pii.person", 0.9)],
    "outside": [Match(0, 10**9, "pii.person", 0.9)],
    "before": [Match(-3, 2, "pii.person", 0.9)],
    "backwards": [Match(3, 1, "pii.person", 0.9)],
    "halves": [Match(0, 1.5, "pii.person", 0.9)],  # type: ignore[arg-type]
    "surer than sure": [Match(0, 3, "pii.person", 7.0)],
    "not a number": [Match(0, 3, "pii.person", float("nan"))],
    "foreign kind": [Match(0, 3, "secret.key", 0.9)],
    "no kind": [Match(0, 3, None, 0.9)],  # type: ignore[arg-type]
    "no rule": [Match(0, 3, "pii.person", 0.9, None)],  # type: ignore[arg-type]
}


@pytest.mark.parametrize("cost", [0, 2])
async def test_whatever_breaks_is_told_and_what_the_others_find_stands(tmp_path: Path, cost: int) -> None:
    errors = [
        ValueError,
        MemoryError,
        RecursionError,
        StopIteration,
        asyncio.CancelledError,
        SystemExit,
        GeneratorExit,
        Panic,
    ]
    deeds = [*(raising(error) for error in errors), *(lambda each=each: each for each in NONSENSE.values())]
    waiting = iter(deeds)

    def breaks() -> Iterable[Match]:
        return next(waiting)()  # type: ignore[no-any-return, operator]

    with planted(Planted(breaks, cost=cost)):
        async with gate(tmp_path, **LENIENT) as served:
            for number in range(len(deeds)):
                status, _, body = await posted(served.port, asking(f"{TRIGGER} {number} {SECRET}"))
                assert (status, SECRET.encode() in body) == (200, False)
            records = await served.records(len(deeds))
    for record in records:
        assert "!names:raised" in readers(record)
        assert {"detector.unavailable", "secret.openai_key"} <= kinds(record)


@pytest.mark.parametrize("streamed", [False, True])
async def test_who_hangs_on_an_answer_is_told_and_the_others_have_read(
    tmp_path: Path, garden: Garden, streamed: bool
) -> None:
    texts = ["Well, ", f"{TRIGGER} words ", f"and {SECRET} too. ", "The end."]
    reply = stream(spelled(*texts)) if streamed else answer(completion("".join(texts)))
    detector = Planted(garden.hang, origins=frozenset({Origin.MODEL}))
    async with Provider(reply) as provider:
        with planted(detector):
            async with gate(tmp_path, provider, **LENIENT) as served:
                status, _, body = await posted(served.port, json.dumps(said("Hi", stream=streamed)).encode())
                (record,) = await served.records(1)
    assert status == 200
    text = content(events(body)) if streamed else json.loads(body)["choices"][0]["message"]["content"]
    assert SECRET not in text
    assert text.startswith("Well, ")
    assert text.endswith("The end.")
    assert {"!names:deadline", "patterns"} <= readers(record, 1)
    assert not {"classifier", "size", "shots"} & readers(record, 1)


async def test_a_stream_that_cannot_be_read_is_denied_by_default_and_holds_up_nobody(
    tmp_path: Path, garden: Garden
) -> None:
    detector = Planted(garden.hang, origins=frozenset({Origin.MODEL}))
    async with Provider(*(stream(spelled("Well. ", f"{TRIGGER} words. ")) for _ in range(4))) as provider:
        with planted(detector):
            async with gate(tmp_path, provider, **QUICK) as served:
                asked = json.dumps(said("Hi", stream=True)).encode()
                answers = await asyncio.gather(
                    *(posted(served.port, asked) for _ in range(4)),
                    *(posted(served.port, asking("Hi")) for _ in range(4)),
                )
    for status, _, body in answers[:4]:
        told = events(body)
        assert (status, TRIGGER in content(told)) == (200, False)
        assert told[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert garden.hanging <= 4


async def test_who_is_late_in_place_is_told_afterwards_and_no_more_is_judged_there(tmp_path: Path) -> None:
    where: list[str] = []

    def sleeps() -> Iterable[Match]:
        where.append(threading.current_thread().name)
        time.sleep(0.06)
        return [Match(0, len(TRIGGER), "pii.person", 0.9)]

    with planted(Planted(sleeps, cost=0)):
        async with gate(tmp_path, **LENIENT) as served:
            for number in range(2):
                assert (await posted(served.port, asking(f"{TRIGGER} {number}")))[0] == 200
            first, second = await served.records(2)
    assert [name == threading.current_thread().name for name in where[:2]] == [True, False]
    assert all("!names:deadline" in readers(record) for record in (first, second))
    assert "pii.person" in kinds(first)
