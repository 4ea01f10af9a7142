"""
Lanes: the texts of a streamed answer, each guarded on its own.

A lane is open (text is released as it settles) or whole (nothing is released before all of it is there and was
inspected): a tool's arguments, on which a client might act, and every lane where policy asks about whole answers.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from yett.dialects.openai_chat_stream import ChatStream
from yett.guard.detection import DEADLINE, STREAM, UNAVAILABLE
from yett.guard.guard import Inspected
from yett.guard.stream import Release, StreamGuard
from yett.model.decision import Decision, Effect
from yett.model.finding import Finding
from yett.model.segment import Origin, Segment
from yett.model.verdict import Coverage, Verdict
from yett.services.asking import Asked
from yett.services.stopwatch import Stopwatch

__all__ = ["Lane", "Lanes"]


class Lane(Protocol):
    """One text that grows."""

    async def feed(self, delta: str) -> Release:
        """Take more text and return what may be sent."""
        ...

    async def finish(self) -> Release:
        """Say that no more text comes and return the rest of what may be sent."""
        ...

    def inspected(self) -> Inspected | None:
        """Tell what was decided about it; None as long as nothing was."""
        ...


@dataclass(slots=True)
class _Open:
    """A lane whose text is released as it settles."""

    asked: Asked
    guard: StreamGuard

    async def feed(self, delta: str) -> Release:
        return await self._guarded(lambda guard: guard.feed(delta), delta)

    async def finish(self) -> Release:
        return await self._guarded(StreamGuard.finish, "")

    async def _guarded(self, step: Callable[[StreamGuard], Release], delta: str) -> Release:
        """Let the guard take a *step* that brings it *delta*: in place, or elsewhere what has forked off."""

        def stepped(guard: StreamGuard, watch: Stopwatch) -> tuple[StreamGuard, Release]:
            guard.watch = watch
            return guard, step(guard)

        inspection, deadlines = self.asked.inspection, self.asked.snapshot.limits.deadlines
        if inspection.at_once(self.asked.snapshot.guard, (Segment(self.guard.path, Origin.MODEL, delta),)):
            return inspection.here(partial(stepped, self.guard), deadlines)[1]
        try:
            self.guard, release = await inspection.run(lambda watch: stepped(self.guard.fork(), watch), deadlines)
        except TimeoutError:
            release = self.guard.unread(delta)
        return release

    def inspected(self) -> Inspected | None:
        guard = self.guard
        if guard.decision is None:
            return None
        failures = {each.detector: each.rule for each in guard.findings if each.kind == UNAVAILABLE}
        names = [each.name for each in guard.detection.detectors if Origin.MODEL in each.origins]
        unread = failures.get(STREAM) == DEADLINE
        failed = tuple(sorted({*failures, *(names if unread else ())}))
        well = tuple(name for name in names if name not in failed)
        coverage = Coverage(guard.path, Origin.MODEL, guard.characters, well, failed)
        told = guard.shared.told
        return Inspected(Verdict(guard.decision, tuple(guard.findings), (), (), (coverage,), told), ())


@dataclass(slots=True)
class _Whole:
    """A lane that waits until it is complete."""

    asked: Asked
    stream: ChatStream
    name: str
    text: list[str] = field(default_factory=list)
    _inspected: Inspected | None = None

    async def feed(self, delta: str) -> Release:
        self.text.append(delta)
        return Release("")

    async def finish(self) -> Release:
        text = "".join(self.text)
        self.text.clear()
        if not text:
            return Release("")
        texts = self.stream.read_whole(self.name, text)
        self._inspected = await self.asked.inspected(texts, shared=self.asked.shared)
        verdict = self._inspected.verdict
        if not verdict.allowed:
            return Release("", stopped=True)
        return Release(self.stream.write_whole(self.name, text, texts, verdict.segments, verdict.dropped))

    def inspected(self) -> Inspected | None:
        return self._inspected


class Lanes:
    """The lanes of one streamed answer."""

    def __init__(self, asked: Asked, stream: ChatStream) -> None:
        """Guard the lanes of *stream*, the answer to *asked*."""
        self._asked = asked
        self._stream = stream
        self._lanes: dict[str, Lane] = {}
        self._closed: list[Lane] = []
        self._alone: list[Inspected] = []
        self._streams = asked.snapshot.guard.streams()

    def at(self, name: str, *, whole: bool) -> Lane:
        """Return the lane called *name*, begun if need be."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = self._begin(name, whole=whole or not self._streams)
        return lane

    def _begin(self, name: str, *, whole: bool) -> Lane:
        if whole:
            return _Whole(self._asked, self._stream, name)
        asked = self._asked
        guard = asked.snapshot.guard.lane(asked.principal, asked.facts, asked.segments, asked.shared)
        guard.path = self._stream.pointer(name)
        return _Open(asked, guard)

    def close(self, name: str) -> Lane | None:
        """Take the lane called *name* out, to be finished; None when it has been."""
        lane = self._lanes.pop(name, None)
        if lane is not None:
            self._closed.append(lane)
        return lane

    def names(self) -> tuple[str, ...]:
        """Name the lanes that are open."""
        return tuple(self._lanes)

    def beside(self, inspected: Inspected) -> None:
        """Note what was decided about a text beside the lanes."""
        self._alone.append(inspected)

    def summary(self) -> Inspected | None:
        """Join what was decided about every lane: the strictest decision, all findings, all receipts."""
        parts = [*self._alone, *(each for lane in (*self._closed, *self._lanes.values()) if (each := lane.inspected()))]
        if not parts:
            return None
        verdicts = [part.verdict for part in parts]
        return Inspected(
            Verdict(
                max((verdict.decision for verdict in verdicts), key=_strictness),
                tuple(_findings(verdicts)),
                (),
                (),
                tuple(receipt for verdict in verdicts for receipt in verdict.coverage),
                _rewritten(verdicts),
            ),
            tuple(sorted({name for part in parts for name in part.demanded})),
        )


def _findings(verdicts: list[Verdict]) -> list[Finding]:
    return [finding for verdict in verdicts for finding in verdict.findings]


def _rewritten(verdicts: list[Verdict]) -> tuple[tuple[str, str, int], ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for kind, how, times in (told for verdict in verdicts for told in verdict.rewritten):
        counts[kind, how] += times
    return tuple((kind, how, times) for (kind, how), times in sorted(counts.items()))


def _strictness(decision: Decision) -> int:
    return list(Effect).index(decision.effect)
