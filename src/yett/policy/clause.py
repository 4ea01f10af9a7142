"""Clause: one rule, checked and ready to be asked."""

from dataclasses import dataclass, field
from types import MappingProxyType

from yett.model.decision import Effect, Reason
from yett.model.obligation import Obligation
from yett.model.stage import Stage
from yett.policy.expression import Expression, fields
from yett.policy.schema import cost

__all__ = ["STRICTNESS", "Clause"]

STRICTNESS = MappingProxyType({effect: rank for rank, effect in enumerate(Effect)})
"""The effects' order, from the mildest to the strictest."""
_set = object.__setattr__


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule of an active policy: if *condition* holds at one of *stages*, then *effect* and *obligations*."""

    policy: str
    version: str
    rule: str
    priority: int
    effect: Effect
    condition: Expression
    stages: frozenset[Stage]
    definite: bool
    """It matches only when definitely true."""
    text: str = ""
    obligations: tuple[Obligation, ...] = ()
    fields: frozenset[str] = field(init=False, compare=False, repr=False)
    """What it reads."""
    order: tuple[int, int, str, str, str] = field(init=False, compare=False, repr=False)
    """Sorts the highest priority first, the strictest first among equals; total, so no other order can matter."""
    certain: Reason = field(init=False, compare=False, repr=False)
    """Why it matched, when it is definitely true."""
    dear: bool = field(init=False, compare=False, repr=False)
    """Its rule, as it was written, reads a fact that costs something."""
    told: str = field(init=False, compare=False, repr=False)
    """What `yett.policy.revision` writes of it, where that is known already; empty where it is not."""

    def __post_init__(self) -> None:
        order = (-self.priority, -STRICTNESS[self.effect], self.policy, self.rule, self.version)
        read = frozenset(fields(self.condition))
        object.__setattr__(self, "fields", read)
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "certain", self.reason())
        object.__setattr__(self, "dear", any(map(cost, read)))
        object.__setattr__(self, "told", "")

    def alike(
        self, rule: str, condition: Expression, text: str, obligations: tuple[Obligation, ...], told: str = ""
    ) -> "Clause":
        """Return another *rule* of the same policy, whose *condition* differs from that of this one in values only."""
        other: Clause = object.__new__(Clause)
        _set(other, "policy", self.policy)
        _set(other, "version", self.version)
        _set(other, "priority", self.priority)
        _set(other, "effect", self.effect)
        _set(other, "stages", self.stages)
        _set(other, "definite", self.definite)
        _set(other, "fields", self.fields)
        _set(other, "dear", self.dear)
        _set(other, "told", told)
        _set(other, "rule", rule)
        _set(other, "condition", condition)
        _set(other, "text", text)
        _set(other, "obligations", obligations)
        priority, strictness, policy, _, version = self.order
        _set(other, "order", (priority, strictness, policy, rule, version))
        _set(other, "certain", Reason(self.policy, self.version, rule, self.effect, text))
        return other

    def reason(self, unknown: tuple[str, ...] = ()) -> Reason:
        """Say why it matched; *unknown* are the fields that leave it only possibly true."""
        return Reason(self.policy, self.version, self.rule, self.effect, self.text, unknown)
