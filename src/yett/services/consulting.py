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

from yett.guard.facts import known_facts
from yett.model.decision import Decision
from yett.model.principal import Principal
from yett.model.stage import Stage
from yett.ports.authority import Authority
from yett.services.snapshots import Snapshots

__all__ = ["asked_about", "consulted", "look_at"]


async def consulted(authorities: Sequence[Authority], facts: Mapping[str, object]) -> tuple[Decision, ...]:
    """Ask all *authorities* about *facts*."""
    if len(authorities) == 1:
        return (await authorities[0].decide(facts),)
    return tuple(await asyncio.gather(*(authority.decide(facts) for authority in authorities)))


def asked_about(stage: Stage, principal: Principal, model: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return what is told of a request of *principal* for *model*, of which further *facts* are known."""
    known = known_facts(principal, facts)
    return {"tenant": principal.tenant, "model": model, "stage": stage.value, **known}


async def look_at(snapshots: Snapshots) -> None:
    """Look at every authority of *snapshots*, so that readiness is told before somebody has to ask."""
    await asyncio.gather(*(authority.look() for authority in snapshots.current.authorities))
