"""
Inspection: run the guard, off the event loop where it may take long, and hold it and every detector to their deadlines.

Rules:

1. What is soon read is judged in place: a hop to another thread costs more than the judgement. Nothing is soon read by a
   detector that takes many milliseconds a text, such as an encoder or a pipeline that finds names; nor, for a while, after
   a detector has taken too long in place, where nobody can look on.
2. A detector that takes too long is told afterwards where it ended. Where it does not end, its thread is written off, and
   all is read again without it: the guard is pure, so nothing is lost but time, and what the others find stands.
3. A detector that hangs in several threads is asked no more until they come back.
4. A deadline that passes is no exception but a finding, `detector.unavailable`, which policy judges. When the time of a
   whole inspection is up, nothing is called read.

Code that keeps Python's lock for itself stops every thread, and no deadline can help.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from time import monotonic
from types import MappingProxyType
from typing import TypeVar

from yett.guard.correspondence import Correspondence
from yett.guard.detection import DEADLINE
from yett.guard.guard import Guard, Inspected
from yett.model.interaction import Interaction
from yett.model.segment import Segment
from yett.services.hands import Hands
from yett.services.stopwatch import Deadlines, Reading, Stopwatch

__all__ = ["FEW", "HANGS", "SHORT", "Inspection", "soon_read"]

_Result = TypeVar("_Result")

SHORT = 3_000
"""Characters that are judged in place: with a classifier a millisecond, and two on a machine that has more to do."""
FEW = 64
"""Texts that are judged in place: one costs as much as some 200 characters, even when it is empty."""
HANGS = "hangs"
"""Why a detector is not available that has not come back from earlier texts."""
_MOST_HANGING = 8
"""Threads that may hang on one detector: for others it may read the next text."""
_NOBODY: Mapping[str, str] = MappingProxyType({})
_WARY = 60.0
"""Seconds for which nothing is judged in place after a detector has taken too long there."""


def soon_read(segments: Sequence[Segment]) -> bool:
    """Say whether *segments* are judged in so little time that nobody need be asked to do it elsewhere."""
    return len(segments) <= FEW and sum(len(segment.text) for segment in segments) <= SHORT


class Inspection:
    """Where guards run."""

    def __init__(self, *, threads: int = 2) -> None:
        """Judge in *threads* threads."""
        self._hands = Hands(threads, "inspection")
        self._hanging: list[tuple[str, Future[object]]] = []
        """Who was reading in threads that were written off."""
        self._wary = 0.0
        """Until when nothing is judged in place."""
        self._alone: set[asyncio.Future[str]] = set()
        """Those who look on where the caller has left."""

    @property
    def trouble(self) -> str:
        """Which detectors hang; nothing when none does."""
        return ", ".join(f"{name} does not come back" for name in sorted(self._counted()))

    def at_once(self, guard: Guard, segments: Sequence[Segment]) -> bool:
        """Say whether *segments* are read by *guard* in place."""
        if guard.dear and not guard.dear.isdisjoint(segment.origin for segment in segments):
            return False
        return soon_read(segments) and not (self._wary and monotonic() < self._wary)

    async def inspect(
        self, guard: Guard, interaction: Interaction, deadlines: Deadlines, shared: Correspondence | None = None
    ) -> Inspected:
        """Let *guard* judge *interaction*, which has *shared* a request's stand-ins, within *deadlines*."""

        def judged(watch: Stopwatch) -> Inspected:
            return guard.inspected(interaction, shared, watch)

        if self.at_once(guard, interaction.segments):
            return self.here(judged, deadlines)
        try:
            return await self.run(judged, deadlines)
        except TimeoutError:
            return await asyncio.to_thread(guard.unread, interaction)  # every text of it is told, and there may be many

    def here(self, work: Callable[[Stopwatch], _Result], deadlines: Deadlines) -> _Result:
        """Do *work* in place; a detector that takes too long is told afterwards."""
        watch = Stopwatch(deadlines, self._barred())
        done = work(watch)
        if watch.late:
            self._wary = monotonic() + _WARY
        return done

    async def run(self, work: Callable[[Stopwatch], _Result], deadlines: Deadlines) -> _Result:
        """
        Do *work* in a thread, and again without a detector that takes too long; it must be pure.

        Raises:
            TimeoutError: it is not done in time.
        """
        end, slow = monotonic() + deadlines.inspection, dict[str, str]()
        while True:
            watch = Stopwatch(deadlines)
            future = self._hands.take(partial(self._begun, work, watch, slow))
            waiting = asyncio.wrap_future(future)
            try:
                name = await self._look_on(waiting, future, watch, end)
            except asyncio.CancelledError:
                self._look_on_alone(waiting, future, watch, end)
                raise
            if not name:
                return waiting.result()
            slow[name] = DEADLINE

    def _begun(self, work: Callable[[Stopwatch], _Result], watch: Stopwatch, slow: Mapping[str, str]) -> _Result:
        """Do *work* without those that were *slow* and those that hang by now: it may have waited for a thread."""
        watch.barred = {**self._barred(), **slow}
        return work(watch)

    async def _look_on(
        self, waiting: asyncio.Future[_Result], future: Future[_Result], watch: Stopwatch, end: float
    ) -> str:
        """Wait for *future*; return who takes too long, nothing when all is done. Raises TimeoutError at the *end*."""
        while not waiting.done():
            now, reading = monotonic(), watch.reading
            late = reading is not None and now >= reading.until
            if late or now >= end:
                watch.given_up = True
                if not future.cancel():
                    self._write_off(future, reading)
                waiting.cancel()
                if reading is None or not late:
                    raise TimeoutError
                return reading.name
            until = min(end, now + watch.deadlines.shortest, reading.until if reading else end)
            await asyncio.wait({waiting}, timeout=until - now)
        return ""

    def _look_on_alone(
        self, waiting: asyncio.Future[_Result], future: Future[_Result], watch: Stopwatch, end: float
    ) -> None:
        """See to it that the thread is written off if it hangs, though nobody waits for it."""
        if future.cancel():
            return
        looking = asyncio.ensure_future(self._look_on(waiting, future, watch, end))
        self._alone.add(looking)
        looking.add_done_callback(self._alone.discard)
        looking.add_done_callback(_heard)
        waiting.add_done_callback(_heard)

    def _write_off(self, future: Future[_Result], reading: Reading | None) -> None:
        self._hands.lose(future)
        if reading is not None:
            hanging = [each for each in self._hanging if not each[1].done()]
            self._hanging = [*hanging, (reading.name, future)]  # type: ignore[list-item]  # asked only whether it is done

    def _counted(self) -> Counter[str]:
        """Say in how many threads each detector hangs."""
        return Counter(name for name, future in self._hanging if not future.done())

    def _barred(self) -> Mapping[str, str]:
        """Return the detectors that are asked no more for now, and why."""
        if not self._hanging:
            return _NOBODY
        return {name: HANGS for name, count in self._counted().items() if count >= _MOST_HANGING}

    def close(self) -> None:
        """Let go of the threads."""
        self._hands.close()


def _heard(future: asyncio.Future[_Result]) -> None:
    """Hear what became of *future*, which nobody waits for."""
    if not future.cancelled():
        future.exception()
