"""
Repeating: what is looked after again and again while the gateway serves.

Work says itself what went wrong, and is done again. A defect in it ends it, which is logged and can be seen: what is not
looked after any longer must not seem to be.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

__all__ = ["Repeating"]

_LOG = logging.getLogger("yett.repeating")


class Repeating:
    """Does *work* at once and after every pause, from `start` to `aclose`; never twice at the same time."""

    def __init__(self, work: Callable[[], Awaitable[object]], pause: float) -> None:
        """Wait *pause* seconds between two times."""
        self._work = work
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""
        """Why it is not done any longer; empty while it is."""

    def start(self) -> None:
        """Begin, unless that was done."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._ended)

    async def aclose(self) -> None:
        """Stop, also in the midst of it."""
        if self._task is not None and self._task.cancel():
            with suppress(asyncio.CancelledError):
                await self._task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Say why *task* ended, unless that was asked for."""
        if not task.cancelled() and (error := task.exception()):
            self.trouble = f"ended by a defect: {type(error).__name__}"
            _LOG.critical("something is not looked after any longer", exc_info=error)

    async def _run(self) -> None:
        while True:
            await self._work()
            await asyncio.sleep(self._pause)
