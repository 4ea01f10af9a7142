"""
Decision and Effect: what policy said, and why.

Rules:

1. Inside there are two answers: an exchange is allowed, with obligations, or it is not. `effect` is how the answer is
   told: the strongest thing that the matching rules asked for.
2. A decision never travels without its reasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from yett.model.obligation import Obligation

__all__ = ["Decision", "Effect", "Reason"]


class Effect(StrEnum):
    """What a rule asks for, from the mildest to the strictest."""

    ALLOW = "allow"
    WARN = "warn"
    LIMIT = "limit"
    ROUTE = "route"
    SANITIZE = "sanitize"
    REQUIRE_APPROVAL = "require_approval"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Reason:
    """One matching rule: *policy* and *rule* name it, *text* is what its author wrote to be read."""

    policy: str
    version: str
    rule: str
    effect: Effect
    text: str = ""
    unknown: tuple[str, ...] = ()
    """The fields without a value because of which the rule is only possibly true; empty when it is definitely true."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy to one question."""

    allowed: bool
    effect: Effect
    reasons: Sequence[Reason] = ()
    """Every matching rule, highest priority first, the strictest first among equals; it never changes."""
    obligations: tuple[Obligation, ...] = ()
    revision: str = ""
    """The digest of the policies that decided."""

    reason: str = field(init=False, compare=False, repr=False)
    """The text of the rule that decided, fit to be shown to a caller; empty when none did."""

    def __post_init__(self) -> None:
        deciding = (each.text or each.rule for each in self.reasons if each.effect is self.effect)
        object.__setattr__(self, "reason", next(deciding, ""))
