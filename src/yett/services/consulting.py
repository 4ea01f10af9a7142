"""
Consulting: other policy engines, which must consent to what the local policies allow.

Rules:

1. They are asked all at once, and only about what the local policies allow. One refusal is enough; a failure is one.
2. They are told facts of the request as it would go out, redacted and routed: who asks, from where, for which model;
   never the texts.
3. What they say is recorded as a judgement of its own, whether they allow or deny.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from yett.guard.facts import known_facts
from yett.model.decision import Decision
from yett.model.principal import Principal
from yett.model.stage import Stage
from yett.ports.authority import Authority
from yett.services.snapshots import Snapshots

__all__ = ["Lookout", "asked_about", "consulted"]


async def consulted(authorities: Sequence[Authority], facts: Mapping[str, object]) -> tuple[Decision, ...]:
    """Ask all *authorities* about *facts*."""
    if len(authorities) == 1:
        return (await authorities[0].decide(facts),)
    return tuple(await asyncio.gather(*(authority.decide(facts) for authority in authorities)))


def asked_about(stage: Stage, principal: Principal, model: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return what is told of a request of *principal* for *model*, of which further *facts* are known."""
    known = known_facts(principal, facts)
    return {"tenant": principal.tenant, "model": model, "stage": stage.value, **known}


class Lookout:
    """Looks at the authorities now and then, so that readiness is told before somebody has to ask."""

    def __init__(self, snapshots: Snapshots, pause: float = 2.0) -> None:
        """Look at those of *snapshots* every *pause* seconds."""
        self._snapshots = snapshots
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Look at every authority."""
        await asyncio.gather(*(authority.look() for authority in self._snapshots.current.authorities))

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def aclose(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            await self.look()
