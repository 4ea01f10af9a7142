"""The guard under a deadline, and off the event loop where it may take long."""

import asyncio
import threading

import pytest

from yett.model.interaction import Interaction
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.services.inspection import FEW, SHORT, Inspection


class Guard:
    """Judges by a gate that the test opens."""

    def __init__(self, *, dear: bool = False) -> None:
        self.dear = dear
        self.began = threading.Event()
        self.gate = threading.Event()
        self.threads: list[str] = []

    def inspected(self, interaction: Interaction, shared: None = None) -> str:
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
    assert await inspection.inspect(guard, asked(SHORT), 1) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert guard.threads == [threading.current_thread().name]
    inspection.close()


async def test_a_long_text_leaves_the_event_loop_free(inspection: Inspection) -> None:
    guard = Guard()
    judging = asyncio.create_task(inspection.inspect(guard, asked(SHORT + 1), 10))  # type: ignore[arg-type]
    assert await asyncio.to_thread(guard.began.wait, 10)
    guard.gate.set()
    assert await judging == "read"  # type: ignore[comparison-overlap]
    assert guard.threads[0].startswith("inspection")
    inspection.close()


async def test_a_dear_detector_leaves_the_event_loop_free_however_short_the_text_is(inspection: Inspection) -> None:
    guard = Guard(dear=True)
    assert await inspection.inspect(guard, asked(1), 0.01) == "unread"  # type: ignore[arg-type, comparison-overlap]
    guard.gate.set()
    assert await inspection.inspect(guard, asked(1), 60) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert threading.current_thread().name not in guard.threads
    inspection.close()


async def test_a_deadline_that_passes_leaves_the_text_unread(inspection: Inspection) -> None:
    guard = Guard()
    assert await inspection.inspect(guard, asked(SHORT + 1), 0.01) == "unread"  # type: ignore[arg-type, comparison-overlap]
    assert threading.current_thread().name not in guard.threads
    guard.gate.set()
    inspection.close()


async def test_what_nobody_waits_for_any_more_is_never_begun(inspection: Inspection) -> None:
    guard, begun = Guard(), list[int]()
    stuck = asyncio.create_task(inspection.inspect(guard, asked(SHORT + 1), 60))  # type: ignore[arg-type]
    assert await asyncio.to_thread(guard.began.wait, 60)
    for number in range(20):
        with pytest.raises(TimeoutError):
            await inspection.run(lambda number=number: begun.append(number), 0.001)  # type: ignore[misc]
    guard.gate.set()
    assert await stuck == "read"  # type: ignore[comparison-overlap]
    await inspection.run(lambda: begun.append(-1), 60)
    assert begun == [-1]
    inspection.close()


@pytest.mark.parametrize(("count", "elsewhere"), [(FEW, False), (FEW + 1, True)])
async def test_many_texts_leave_the_event_loop_free_however_short_they_are(
    inspection: Inspection, count: int, elsewhere: bool
) -> None:
    guard = Guard()
    empty = tuple(Segment(f"/{at}", Origin.USER, "") for at in range(count))
    assert await inspection.inspect(guard, Interaction(Stage.REQUEST, empty), 60) == "read"  # type: ignore[arg-type, comparison-overlap]
    assert (guard.threads != [threading.current_thread().name]) is elsewhere
    inspection.close()


def test_what_is_unread_is_denied_by_the_default_policy() -> None:
    from yett.compose.library import Guard as Library

    verdict = Library.default()._guard.unread(asked(5)).verdict
    assert not verdict.allowed
    assert {finding.kind for finding in verdict.findings} == {"detector.unavailable"}
    assert [(receipt.read_by, bool(receipt.failed)) for receipt in verdict.coverage] == [((), True)]
