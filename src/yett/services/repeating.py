"""Repeating: what is looked after again and again while the gateway serves."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

__all__ = ["Repeating"]


class Repeating:
    """Does *work* at once and after every pause, from `start` to `aclose`; never twice at the same time."""

    def __init__(self, work: Callable[[], Awaitable[object]], pause: float) -> None:
        """Wait *pause* seconds between two times."""
        self._work = work
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless that was done."""
        self._task = self._task or asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        """Stop, also in the midst of it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._work()
            await asyncio.sleep(self._pause)
