"""
Documents: policies as they were written.

Rules:

1. A document is what its author wrote, with every place kept. Types of fields and values are not yet looked at: an
   operator may override constants, so that is done when a program is compiled.
2. Whatever is not understood is a problem; nothing is ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from yett.model.decision import Effect
from yett.model.errors import Place
from yett.model.obligation import Obligation
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.expression import Operator
from yett.policy.values import Scalar
from yett.ports.decider import TextTest

__all__ = ["Action", "Case", "Condition", "Constant", "Document", "Reference", "Rule", "Status", "Written"]


class Status(StrEnum):
    """Where in its life a document is; only an active one decides."""

    ACTIVE = "active"
    DRAFT = "draft"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`: the value of a constant."""

    name: str


Constant = Scalar | tuple[Scalar, ...]
Written = Scalar | Reference | tuple[Scalar | Reference, ...]
"""A value in a condition, constants not yet filled in."""


class Condition(NamedTuple):
    """One node of a condition tree."""

    place: Place
    operator: Operator
    field: str = ""
    field_place: Place | None = None
    value: Written | None = None
    value_place: Place | None = None
    parts: tuple["Condition", ...] = ()
    inner: "Condition | None" = None
    """What each element of a list is asked, for `any` and `all` over a field."""


@dataclass(frozen=True, slots=True)
class Action:
    """What follows when a rule matches."""

    effect: Effect
    text: str = ""
    obligations: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    place: Place
    id: str
    action: Action
    condition: Condition | None = None
    """None: always."""
    name: str = ""
    enabled: bool = True
    stages: frozenset[Stage] | None = None
    """None: wherever its fields exist."""
    skips_missing: bool = False
    """`on_missing: skip`: a restrictive rule that does not fire on what is unknown."""
    expires: date | None = None
    """From this day on it does nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test that travels with a document: *given* facts, or a text by an origin, what is expected."""

    place: Place
    name: str
    given: Mapping[str, object]
    """Facts as nested mappings."""
    stage: Stage | None = None
    text: str | None = None
    origin: str = "user"
    effect: Effect | None = None
    allowed: bool | None = None
    rules: frozenset[str] | None = None
    """The rules of this document that match; those that do so only for want of facts may be left out."""


@dataclass(frozen=True, slots=True)
class Document:
    """One policy."""

    place: Place
    id: str
    name: str = ""
    version: str = "1"
    namespace: str = ""
    priority: int = 0
    closed: bool = False
    """What no explicit `allow` lets in stays out."""
    status: Status = Status.ACTIVE
    rules: Sequence[Rule] = ()
    cases: tuple[Case, ...] = ()
    constants: tuple[tuple[str, Constant], ...] = ()
    expires: date | None = None
    """From this day on none of it does anything."""
    meaning: tuple[Sequence[Clause], Mapping[str, TextTest]] | None = field(
        init=False, default=None, compare=False, repr=False
    )
    """Its rules and its conditions on text, once it was checked without problems and with its own constants."""

    def within(self, namespace: str) -> "Document":
        """Return it as one of *namespace*, unless it says itself where it belongs."""
        if self.namespace:
            return self
        inside = replace(self, namespace=namespace)
        # What its rules mean does not depend on where they stand.
        object.__setattr__(inside, "meaning", self.meaning)
        return inside
