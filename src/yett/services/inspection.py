"""
Inspection: run the guard under a deadline, off the event loop where it may take long.

A short text is judged in place: a hop to another thread costs more than the judgement. A deadline that passes is no
exception but a finding, `detector.unavailable`, which policy judges.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from yett.guard.correspondence import Correspondence
from yett.guard.guard import Guard, Inspected
from yett.model.interaction import Interaction

__all__ = ["SHORT", "Inspection"]

_Result = TypeVar("_Result")

SHORT = 3_000
"""Characters that are judged in place: with a classifier a millisecond, and two on a machine that has more to do."""


class Inspection:
    """Where guards run."""

    def __init__(self, *, threads: int = 2) -> None:
        """Judge long texts in *threads* threads."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inspection")

    async def inspect(
        self, guard: Guard, interaction: Interaction, deadline: float, shared: Correspondence | None = None
    ) -> Inspected:
        """Let *guard* judge *interaction*, which has *shared* a request's stand-ins, within *deadline* seconds."""
        if sum(len(segment.text) for segment in interaction.segments) <= SHORT:
            return guard.inspected(interaction, shared)
        try:
            return await self.run(lambda: guard.inspected(interaction, shared), deadline)
        except TimeoutError:
            return guard.unread(interaction)

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
