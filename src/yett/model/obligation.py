"""
Obligations: what must be done for an allowed exchange to pass.

Rules:

1. Obligations form a semilattice: `join` is commutative, associative and idempotent, so the order of rules and of
   documents cannot matter. What is joined asks for no less than each of its parts; only `Restore` gives something back,
   and that only where whatever was asked for leaves something to give back.
2. Whoever enforces a decision must know every obligation in it; one that is unknown or fails denies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "REVERSIBLE",
    "THOROUGHNESS",
    "Approve",
    "Cap",
    "Drop",
    "Notify",
    "Obligation",
    "Redact",
    "Restore",
    "Route",
    "Transform",
    "join",
    "join_ranked",
    "rank",
]


class Transform(StrEnum):
    """How a found stretch is rewritten, from the mildest to the most thorough."""

    DATE_SHIFT = "date_shift"
    """The same form of date, some days earlier or later, by as many for every date of one caller."""
    MASK = "mask"
    """Stars, keeping the last characters where the kind allows it."""
    SYNTHETIC = "synthetic"
    """A made-up value of the same form, from ranges that belong to nobody, the same for the same value."""
    SURROGATE = "surrogate"
    """A typed placeholder such as `<EMAIL_482913>`, the same for the same value."""
    HASH = "hash"
    """A keyed digest."""
    REPLACE = "replace"
    """The kind in brackets, such as `[EMAIL]`."""
    REMOVE = "remove"
    """Nothing."""


THOROUGHNESS: Mapping[Transform, int] = MappingProxyType({each: rank for rank, each in enumerate(Transform)})
"""The rank of each transform; what overlaps is rewritten by the most thorough way that is owed."""
REVERSIBLE = frozenset({Transform.DATE_SHIFT, Transform.SYNTHETIC, Transform.SURROGATE})
"""What stands for one value alone, so that it can be put back."""


@dataclass(frozen=True, slots=True)
class Redact:
    """Rewrite every finding whose kind is *kind* or lies below it (`pii` covers `pii.email`; `*` covers all)."""

    kind: str
    how: Transform = Transform.MASK
    least: float = 0.0
    """Findings with a lower score are left alone."""
    keep: int | None = None
    """How many letters and digits a mask leaves at the end; as many as the kind allows when nothing is said."""
    origins: frozenset[str] = frozenset()
    """Whose texts are rewritten; everybody's when empty."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Put what stands for findings of *kind* back into the value that the caller sent, where an answer names it."""

    kind: str


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


Obligation = Redact | Restore | Drop | Notify | Cap | Route | Approve


def join(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """
    Merge obligations into their least upper bound, in a canonical order.

    Redactions of one kind, from the same origins, take the more thorough transform, the lower score and the smaller rest; one
    that leaves the rest to the kind stays beside one that states it, for the kind may allow less. Drops of one kind unite
    their origins, caps take the minimum, routes intersect (an empty route can be enforced by nobody, so it denies),
    approvals take the maximum.
    """
    return join_ranked((rank(obligation), obligation) for obligation in obligations)


def join_ranked(ranked: Iterable[tuple[str, Obligation]]) -> tuple[Obligation, ...]:
    """Do what `join` does with obligations whose `rank` is known."""
    merged: dict[str, Obligation] = {}
    for key, obligation in ranked:
        known = merged.get(key)
        merged[key] = obligation if known is None else _joined(known, obligation)
    return tuple([merged[key] for key in sorted(merged)])


def rank(obligation: Obligation) -> str:
    """Return where *obligation* stands in the canonical order; those that merge into one have the same."""
    return repr(_key(obligation))


def _key(obligation: Obligation) -> tuple[object, ...]:
    match obligation:
        case Redact(kind=kind, keep=keep, origins=origins):
            return ("Redact", kind, *sorted(origins), keep is None)
        case Drop(kind=kind) | Restore(kind=kind):
            return (type(obligation).__name__, kind)
        case Cap(quantity=quantity):
            return ("Cap", quantity)
        case Notify(channel=channel, message=message):
            return ("Notify", channel, message)
        case _:
            return (type(obligation).__name__,)


def _joined(left: Obligation, right: Obligation) -> Obligation:
    match left, right:
        case Redact(), Redact() if left != right:
            how = max(left.how, right.how, key=THOROUGHNESS.__getitem__)
            keep = None if left.keep is None or right.keep is None else min(left.keep, right.keep)
            return replace(left, how=how, least=min(left.least, right.least), keep=keep)
        case Drop(), Drop():
            everywhere = not left.origins or not right.origins
            return replace(left, origins=frozenset() if everywhere else left.origins | right.origins)
        case Cap(), Cap():
            return min(left, right, key=lambda cap: cap.limit)
        case Route(), Route():
            return Route(left.models & right.models)
        case Approve(), Approve():
            return max(left, right, key=lambda approve: approve.level)
    return left
