"""
Consulting: other policy engines, which must consent to what the local policies allow.

Rules:

1. They are asked all at once, and only about what the local policies allow. One refusal is enough; a failure is one.
2. They are told facts, never texts: of an exchange, of the request as it would go out, redacted and routed; of a
   question to the decision point, what is stated.
3. What they say of an exchange is recorded as a judgement of its own, whether they allow or deny.
4. Consent changes nothing about an answer. Of a denial they are the first reason, and nothing but notifications is left
   to be done.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yett.guard.facts import known_facts
from yett.model.decision import Decision, Effect
from yett.model.obligation import Notify
from yett.model.principal import Principal
from yett.model.stage import Stage
from yett.ports.authority import Authority
from yett.services.snapshots import Snapshots
from yett.services.stated import without_texts

__all__ = ["agreed", "asked_about", "asked_of", "consulted", "look_at"]


async def consulted(authorities: Sequence[Authority], facts: Mapping[str, object]) -> tuple[Decision, ...]:
    """Ask all *authorities* about *facts*."""
    if len(authorities) == 1:
        return (await authorities[0].decide(facts),)
    return tuple(await asyncio.gather(*(authority.decide(facts) for authority in authorities)))


def asked_about(stage: Stage, principal: Principal, model: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return what is told of a request of *principal* for *model*, of which further *facts* are known."""
    known = known_facts(principal, facts)
    return {"tenant": principal.tenant, "model": model, "stage": stage.value, **known}


def asked_of(stage: Stage, context: Mapping[str, object]) -> dict[str, object]:
    """Return what is told of a question at *stage* that states *context*."""
    told = without_texts(context)
    known = {"tenant": ("team", "id"), "model": ("llm", "model")}
    for name, (head, last) in known.items():
        inside = told.get(head)
        stated = inside.get(last) if isinstance(inside, Mapping) else None
        told[name] = stated if isinstance(stated, str) else told.get(name, "")
    return {**told, "stage": stage.value}


def agreed(decision: Decision, said: Sequence[Decision]) -> Decision:
    """Return what the *decision* of the local policies is after others *said* theirs."""
    denials = [each for each in said if not each.allowed]
    if not denials:
        return decision
    reasons = (*(reason for each in denials for reason in each.reasons), *decision.reasons)
    left = tuple(obligation for obligation in decision.obligations if isinstance(obligation, Notify))
    return replace(decision, allowed=False, effect=Effect.DENY, reasons=reasons, obligations=left)


async def look_at(snapshots: Snapshots) -> None:
    """Look at every authority of *snapshots*, so that readiness is told before somebody has to ask."""
    await asyncio.gather(*(authority.look() for authority in snapshots.current.authorities))
