"""
Inspection: run the guard under a deadline, off the event loop where it may take long.

What is soon read is judged in place: a hop to another thread costs more than the judgement. Nothing is soon read by a
detector that takes many milliseconds a text, such as an encoder or a pipeline that finds names. A deadline that passes is no
exception but a finding, `detector.unavailable`, which policy judges.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from yett.guard.correspondence import Correspondence
from yett.guard.guard import Guard, Inspected
from yett.model.interaction import Interaction
from yett.model.segment import Segment

__all__ = ["FEW", "SHORT", "Inspection", "soon_read"]

_Result = TypeVar("_Result")

SHORT = 3_000
"""Characters that are judged in place: with a classifier a millisecond, and two on a machine that has more to do."""
FEW = 64
"""Texts that are judged in place: one costs as much as some 200 characters, even when it is empty."""


def soon_read(segments: Sequence[Segment]) -> bool:
    """Say whether *segments* are judged in so little time that nobody need be asked to do it elsewhere."""
    return len(segments) <= FEW and sum(len(segment.text) for segment in segments) <= SHORT


class Inspection:
    """Where guards run."""

    def __init__(self, *, threads: int = 2) -> None:
        """Judge in *threads* threads."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inspection")

    async def inspect(
        self, guard: Guard, interaction: Interaction, deadline: float, shared: Correspondence | None = None
    ) -> Inspected:
        """Let *guard* judge *interaction*, which has *shared* a request's stand-ins, within *deadline* seconds."""
        if not guard.dear and soon_read(interaction.segments):
            return guard.inspected(interaction, shared)
        try:
            return await self.run(lambda: guard.inspected(interaction, shared), deadline)
        except TimeoutError:
            return await asyncio.to_thread(guard.unread, interaction)  # every text of it is told, and there may be many

    async def run(self, work: Callable[[], _Result], deadline: float) -> _Result:
        """
        Do *work* in a thread.

        Raises:
            TimeoutError: it is not done after *deadline* seconds; it goes on, and nobody waits for it.
        """
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, work), deadline)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
