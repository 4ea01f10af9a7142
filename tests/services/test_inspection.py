"""The guard under a deadline, and off the event loop where it may take long."""

import asyncio
import threading
from collections.abc import Iterable, Iterator

import pytest

from tests.guard.toys import Rule, ToyDetector, ToyPolicy, guard_of
from yett.guard.guard import Inspected
from yett.model.finding import Match
from yett.model.interaction import Interaction
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.ports.detector import EVERYBODY
from yett.ports.watch import Watch
from yett.services.inspection import FEW, SHORT, Inspection
from yett.services.stopwatch import Deadlines


class Guard:
    """Judges by a gate that the test opens."""

    def __init__(self, *, dear: bool = False) -> None:
        self.dear = frozenset({Origin.USER}) if dear else frozenset()
        self.began = threading.Event()
        self.gate = threading.Event()
        self.threads: list[str] = []

    def inspected(self, interaction: Interaction, shared: None = None, watch: Watch | None = None) -> str:
        self.threads.append(threading.current_thread().name)
        self.began.set()
        if self.dear or len(interaction.segments[0].text) > SHORT:
            self.gate.wait(60)
        return "read"

    def unread(self, _interaction: Interaction) -> str:
        self.threads.append(threading.current_thread().name)
        return "unread"


def asked(length: int) -> Interaction:
    return Interaction(Stage.REQUEST, (Segment("/0", Origin.USER, "x" * length),))


@pytest.fixture
def inspection() -> Inspection:
    return Inspection(threads=1)


async def test_a_short_text_is_judged_in_place(inspection: Inspection) -> None:
    guard = Guard()
    assert await inspection.inspect(guard, asked(SHORT), Deadlines(1)) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert guard.threads == [threading.current_thread().name]
    inspection.close()


async def test_a_long_text_leaves_the_event_loop_free(inspection: Inspection) -> None:
    guard = Guard()
    judging = asyncio.create_task(inspection.inspect(guard, asked(SHORT + 1), Deadlines(10)))  # type: ignore[arg-type]
    assert await asyncio.to_thread(guard.began.wait, 10)
    guard.gate.set()
    assert await judging == "read"  # type: ignore[comparison-overlap]
    assert guard.threads[0].startswith("inspection")
    inspection.close()


async def test_a_dear_detector_leaves_the_event_loop_free_however_short_the_text_is(inspection: Inspection) -> None:
    guard = Guard(dear=True)
    assert await inspection.inspect(guard, asked(1), Deadlines(0.01)) == "unread"  # type: ignore[arg-type, comparison-overlap]
    guard.gate.set()
    assert await inspection.inspect(guard, asked(1), Deadlines(60)) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert threading.current_thread().name not in guard.threads
    inspection.close()


async def test_a_deadline_that_passes_leaves_the_text_unread(inspection: Inspection) -> None:
    guard = Guard()
    assert await inspection.inspect(guard, asked(SHORT + 1), Deadlines(0.01)) == "unread"  # type: ignore[arg-type, comparison-overlap]
    assert threading.current_thread().name not in guard.threads
    guard.gate.set()
    inspection.close()


async def test_what_nobody_waits_for_any_more_is_never_begun(inspection: Inspection) -> None:
    guard, begun = Guard(), list[int]()
    stuck = asyncio.create_task(inspection.inspect(guard, asked(SHORT + 1), Deadlines(60)))  # type: ignore[arg-type]
    assert await asyncio.to_thread(guard.began.wait, 60)
    for number in range(20):
        with pytest.raises(TimeoutError):
            await inspection.run(lambda _, number=number: begun.append(number), Deadlines(0.001))  # type: ignore[misc]
    guard.gate.set()
    assert await stuck == "read"  # type: ignore[comparison-overlap]
    await inspection.run(lambda _: begun.append(-1), Deadlines(60))
    assert begun == [-1]
    inspection.close()


@pytest.mark.parametrize(("count", "elsewhere"), [(FEW, False), (FEW + 1, True)])
async def test_many_texts_leave_the_event_loop_free_however_short_they_are(
    inspection: Inspection, count: int, elsewhere: bool
) -> None:
    guard = Guard()
    empty = tuple(Segment(f"/{at}", Origin.USER, "") for at in range(count))
    assert await inspection.inspect(guard, Interaction(Stage.REQUEST, empty), Deadlines(60)) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert (guard.threads != [threading.current_thread().name]) is elsewhere
    inspection.close()


def test_what_is_unread_is_denied_by_the_default_policy() -> None:
    from yett.compose.library import Guard as Library

    verdict = Library.default()._guard.unread(asked(5)).verdict
    assert not verdict.allowed
    assert {finding.kind for finding in verdict.findings} == {"detector.unavailable"}
    assert [(receipt.read_by, bool(receipt.failed)) for receipt in verdict.coverage] == [((), True)]


# Deadlines of detectors. These read real texts, with a guard made of toys.

TOLD = ToyPolicy(denies=lambda ask: ask("pii.found") and None)
MAIL = ToyDetector((Rule("pii.email", "e@a"),), "mail")


class Slow:
    """Reads until the test lets it end, or for ever."""

    name, revision, cost, look_behind = "slow", "1", 2, 0
    kinds, readings, origins = frozenset({"pii"}), frozenset({"raw"}), EVERYBODY

    def __init__(self) -> None:
        self.began, self.gate = threading.Event(), threading.Event()
        self.calls = 0

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        self.calls += 1
        self.began.set()
        self.gate.wait(60)
        return [Match(0, 1, "pii.person", 0.9)]

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        return len(text)


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.gate.set()


QUICK = Deadlines(60, 30, {"slow": 0.01})


def written(*texts: str) -> Interaction:
    return Interaction(Stage.REQUEST, tuple(Segment(f"/{at}", Origin.USER, text) for at, text in enumerate(texts)))


def seen(inspected: Inspected) -> list[tuple[str, str, str]]:
    return sorted((each.span.path, each.kind, each.rule) for each in inspected.verdict.findings)


async def test_what_takes_too_long_is_left_out_and_all_else_is_read(inspection: Inspection, slow: Slow) -> None:
    inspected = await inspection.inspect(guard_of(TOLD, MAIL, slow), written("to e@a", "e@a"), QUICK)
    assert [each for each in seen(inspected) if each[1] == "detector.unavailable"] == [
        ("/0", "detector.unavailable", "deadline"),
        ("/1", "detector.unavailable", "deadline"),
    ]
    assert [each[:2] for each in seen(inspected) if each[1] == "pii.email"] == [
        ("/0", "pii.email"),
        ("/1", "pii.email"),
    ]
    assert [(each.read_by, each.failed) for each in inspected.verdict.coverage] == [(("mail",), ("slow",))] * 2
    inspection.close()


async def test_what_hangs_is_told_until_it_comes_back(inspection: Inspection, slow: Slow) -> None:
    guard = guard_of(TOLD, MAIL, slow)
    assert inspection.trouble == ""
    for number in range(10):
        await inspection.inspect(guard, written(f"{number}"), QUICK)
    assert inspection.trouble == "slow does not come back"
    assert slow.calls == 8
    assert ("/0", "detector.unavailable", "hangs") in seen(await inspection.inspect(guard, written("more"), QUICK))
    slow.gate.set()
    async with asyncio.timeout(60):
        while inspection.trouble:  # noqa: ASYNC110 - a thread tells nobody
            await asyncio.sleep(0)
    assert ("/0", "pii.person", "") in seen(await inspection.inspect(guard, written("at last"), Deadlines()))
    inspection.close()


async def test_a_thread_is_written_off_though_its_caller_has_left(inspection: Inspection, slow: Slow) -> None:
    asking = asyncio.create_task(
        inspection.inspect(guard_of(TOLD, slow), written("words"), Deadlines(60, 30, {"slow": 0.2}))
    )
    assert await asyncio.to_thread(slow.began.wait, 60)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await inspection.run(lambda _: "served", Deadlines(60)) == "served"
    assert inspection.trouble
    inspection.close()


async def test_what_breaks_is_told_to_who_asked(inspection: Inspection) -> None:
    with pytest.raises(ZeroDivisionError):
        await inspection.run(lambda _: 1 // 0, Deadlines())
    inspection.close()


async def test_what_was_late_in_place_counts_and_nothing_is_judged_there_for_a_while(
    inspection: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("yett.services.inspection.monotonic", lambda: now[0])
    monkeypatch.setattr("yett.services.stopwatch.monotonic", lambda: now[0])

    class Late(Slow):
        name, cost = "slow", 0

        def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
            now[0] += 1.0
            return [Match(0, 1, "pii.person", 0.9)]

    guard, words = guard_of(TOLD, MAIL, Late()), written("words")
    assert inspection.at_once(guard, words.segments)
    inspected = await inspection.inspect(guard, words, QUICK)
    assert seen(inspected) == [("/0", "detector.unavailable", "deadline"), ("/0", "pii.person", "")]
    assert inspected.verdict.coverage[0].failed == ("slow",)
    assert not inspection.at_once(guard, words.segments)
    now[0] += 61.0
    assert inspection.at_once(guard, words.segments)
    inspection.close()


@pytest.mark.parametrize(("origins", "in_place"), [(frozenset({Origin.MODEL}), True), (EVERYBODY, False)])
def test_only_whom_a_dear_detector_reads_is_judged_elsewhere(
    inspection: Inspection, origins: frozenset[Origin], in_place: bool
) -> None:
    guard = guard_of(TOLD, ToyDetector((), "dear", cost=2, origins=origins))
    assert inspection.at_once(guard, written("words").segments) is in_place
