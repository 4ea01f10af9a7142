"""
Carry records from the journal to the store.

Rules:

1. At least once: the journal lets go of entries only after the store has taken them.
2. Nobody waits for it. While the store is away it tries again, less and less often, and the journal keeps what waits.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from yett.model.errors import NotReady
from yett.ports.records import Outbox, RecordStore

__all__ = ["Carrier", "CarrierOptions"]


@dataclass(frozen=True, slots=True)
class CarrierOptions:
    """How much at once, and how patiently."""

    batch: int = 512
    pause: float = 0.2
    """Seconds between two looks at a journal in which nothing waits."""
    longest_pause: float = 30.0
    """Seconds between two attempts at most, while they fail."""
    farewell: float = 10.0
    """Seconds that `aclose` may take to carry what is left; the rest is carried after the next start."""


class Carrier:
    """Carries what waits in *outbox* to *store*, from `start` to `aclose`."""

    def __init__(self, outbox: Outbox, store: RecordStore, options: CarrierOptions | None = None) -> None:
        self._trouble = ""
        self._outbox = outbox
        self._store = store
        self._options = options or CarrierOptions()
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def trouble(self) -> str:
        """Why nothing is carried just now; empty when all is well."""
        if self._task is not None and self._task.done() and not self._stopping.is_set():
            return "carrying has stopped, and only a new start can begin it again"
        return self._trouble

    def start(self) -> None:
        """Begin to carry."""
        self._task = self._task or asyncio.get_running_loop().create_task(self._run())

    async def carry(self) -> int:
        """
        Carry one batch; return how many entries it had. Not to be called between `start` and `aclose`.

        Raises:
            NotReady: the journal could not be read, or the store did not take them.
        """
        entries = await asyncio.to_thread(self._outbox.pending, self._options.batch)
        if entries:
            await self._store.append(entries)
            await asyncio.to_thread(self._outbox.carried)
        return len(entries)

    async def aclose(self) -> None:
        """Stop, after an attempt to carry what is left."""
        self._stopping.set()
        with suppress(NotReady, TimeoutError):
            async with asyncio.timeout(self._options.farewell):
                if self._task is not None:
                    await self._task
                while await self.carry():
                    pass

    async def _run(self) -> None:
        pause = self._options.pause
        while not self._stopping.is_set():
            try:
                carried = await self.carry()
            except NotReady as trouble:
                self._trouble = str(trouble)
                await self._rest(pause)
                pause = min(pause * 2, self._options.longest_pause)
            else:
                self._trouble = ""
                pause = self._options.pause
                if not carried:
                    await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._stopping.wait()
