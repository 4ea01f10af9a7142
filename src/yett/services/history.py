"""
History: what a caller's recent exchanges say, as facts before the next one is judged, and noted when one is over.

Rules:

1. `user.recentDenials` and `user.recentRisk` are stated by the house; no attribute of a credential can say otherwise.
2. An exchange is denied when policy denied it, at whatever stage, and as risky as the riskiest of its judgements. Being
   turned away by a limit, an upstream or for a malformed request says nothing about anybody.
3. Callers are told apart by the keyed digest that is in their records.
4. Where no history is kept, the facts are missing.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

from yett.model.principal import Principal
from yett.model.record import Record
from yett.model.risk import combined
from yett.ports.history import History

__all__ = ["Remembering"]


@dataclass(frozen=True, slots=True)
class Remembering:
    """What is remembered of callers, in *history*; nothing where there is none."""

    history: History | None = None

    async def stated(self, subject: str, principal: Principal) -> Principal:
        """Return *principal*, whose digest is *subject*, with the facts about their recent exchanges."""
        if self.history is None:
            return principal
        past = await self.history.recall(subject)
        recent = {"user.recentDenials": past.denials, "user.recentRisk": past.risk}
        return replace(principal, attributes=MappingProxyType({**principal.attributes, **recent}))

    async def note(self, record: Record) -> None:
        """Note the exchange of which *record* tells, if it is known whose it was."""
        if self.history is None or not record.subject:
            return
        denied = any(not judgement.allowed for judgement in record.judgements)
        risk = max((combined(dict(judgement.risk)) for judgement in record.judgements), default=0.0)
        await self.history.note(record.subject, denied=denied, risk=risk)
