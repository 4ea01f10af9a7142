"""
Obligations: what must be done for an allowed exchange to pass.

Rules:

1. Obligations form a semilattice: `join` is commutative, associative and idempotent, so the order of rules and of
   documents cannot matter.
2. Whoever enforces a decision must know every obligation in it; one that is unknown or fails denies.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = ["Approve", "Cap", "Drop", "Notify", "Obligation", "Redact", "Route", "Transform", "join"]


class Transform(StrEnum):
    """How a found stretch is rewritten, from the mildest to the most thorough."""

    MASK = "mask"
    """Stars, keeping the last characters where the kind allows it."""
    SURROGATE = "surrogate"
    """A stable, typed placeholder such as `<EMAIL_1>`, the same for the same value within a conversation."""
    HASH = "hash"
    """A keyed digest."""
    REPLACE = "replace"
    """The kind in brackets, such as `[EMAIL]`."""
    REMOVE = "remove"
    """Nothing."""


_THOROUGHNESS = {transform: rank for rank, transform in enumerate(Transform)}


@dataclass(frozen=True, slots=True)
class Redact:
    """Rewrite every finding whose kind is *kind* or lies below it (`pii` covers `pii.email`; `*` covers all)."""

    kind: str
    how: Transform = Transform.MASK
    least: float = 0.0
    """Findings with a lower score are left alone."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Leave out every segment that holds a finding of *kind*, from one of *origins* (all, when empty)."""

    kind: str
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell *channel*; `warning` is the channel of the decision's own warnings."""

    channel: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """Let *quantity* (such as `max_tokens`) be at most *limit*."""

    quantity: str
    limit: int


@dataclass(frozen=True, slots=True)
class Route:
    """Send the exchange to one of *models*."""

    models: frozenset[str]


@dataclass(frozen=True, slots=True)
class Approve:
    """Hold the exchange until a human of at least *level* approves it."""

    level: int = 1


Obligation = Redact | Drop | Notify | Cap | Route | Approve


def join(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """
    Merge obligations into their least upper bound, in a canonical order.

    Redactions of one kind take the more thorough transform and the lower score, drops of one kind unite their origins, caps take the
    minimum, routes intersect (an empty route can be enforced by nobody, so it denies), approvals take the maximum.
    """
    merged: dict[tuple[object, ...], Obligation] = {}
    for obligation in obligations:
        key = _key(obligation)
        merged[key] = _joined(merged[key], obligation) if key in merged else obligation
    return tuple(merged[key] for key in sorted(merged, key=repr))


def _key(obligation: Obligation) -> tuple[object, ...]:
    match obligation:
        case Redact(kind=kind) | Drop(kind=kind):
            return (type(obligation).__name__, kind)
        case Cap(quantity=quantity):
            return ("Cap", quantity)
        case Notify(channel=channel, message=message):
            return ("Notify", channel, message)
        case _:
            return (type(obligation).__name__,)


def _joined(left: Obligation, right: Obligation) -> Obligation:
    match left, right:
        case Redact(), Redact():
            how = max(left.how, right.how, key=_THOROUGHNESS.__getitem__)
            return Redact(left.kind, how, min(left.least, right.least))
        case Drop(), Drop():
            everywhere = not left.origins or not right.origins
            return replace(left, origins=frozenset() if everywhere else left.origins | right.origins)
        case Cap(), Cap():
            return min(left, right, key=lambda cap: cap.limit)
        case Route(), Route():
            return Route(left.models & right.models)
        case Approve(), Approve():
            return max(left, right, key=lambda approve: approve.level)
        case _:
            return left
