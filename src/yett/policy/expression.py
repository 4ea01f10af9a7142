"""
Expression: the one intermediate form of every condition.

Rules:

1. It is typed, immutable, and free of sugar: `ne`, `not_in` and `not_contains` are negations, `any` and `all` over
   conditions are Or and And, constants have become values.
2. A leaf reads one field. Conditions on text have become leaves on `text.<id>`, so there is no text here.
3. What an expression means is said by `yett.policy.interpreter` alone.
"""

import dataclasses
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import re2

from yett.policy.values import Scalar, Sort, sort_of

__all__ = [
    "ALWAYS",
    "And",
    "Each",
    "Expression",
    "Leaf",
    "Literal",
    "Networks",
    "Not",
    "Operator",
    "Or",
    "Pattern",
    "fields",
    "literals",
    "searcher",
]


class Operator(StrEnum):
    """The operators of the policy language."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    MATCHES = "matches"
    EXISTS = "exists"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CIDR = "cidr"
    BETWEEN = "between"
    AND = "and"
    OR = "or"
    NOT = "not"
    ANY = "any"
    ALL = "all"


_SCALARS = (str, int, float, Decimal)
_set = object.__setattr__


def searcher(pattern: str) -> Callable[[str], bool]:
    """
    Compile an RE2 *pattern* to a test whether it matches anywhere; a lone surrogate is read as `?`.

    Raises:
        ValueError: it is no RE2 pattern; the message says why.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise ValueError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from error
    except UnicodeEncodeError as error:
        msg = "a character that is none"
        raise ValueError(msg) from error

    def holds(text: str) -> bool:
        try:
            return compiled.search(text) is not None
        except UnicodeEncodeError:
            return compiled.search(text.encode("utf-8", "replace")) is not None

    return holds


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled RE2 pattern; equal when its text is."""

    text: str
    holds: Callable[[str], bool] = dataclasses.field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", searcher(self.text))


@dataclass(frozen=True, slots=True)
class Networks:
    """Address ranges in CIDR notation."""

    texts: tuple[str, ...]
    parsed: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = dataclasses.field(
        init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "parsed", tuple(ipaddress.ip_network(text) for text in self.texts))

    def hold(self, text: str) -> bool | None:
        """Say whether *text* is an address in one of them; None when it is no address."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        # RFC 4291, 2.5.5.2: `::ffff:10.0.0.1` is 10.0.0.1 in disguise.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.parsed)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison of a *field*, which holds a *sort*, with a *value*; within `Each` the field is empty."""

    field: str
    sort: Sort
    operator: Operator
    value: Scalar | tuple[Scalar, ...] | Pattern | Networks | None = None
    sorts: tuple[Sort, ...] = dataclasses.field(init=False, repr=False)
    """The sorts of the values, so that leaves differ where values do: Python's own equality takes True for 1."""

    def __post_init__(self) -> None:
        value = self.value
        if isinstance(value, tuple):
            sorts = tuple(map(sort_of, value))
        else:
            sorts = (sort_of(value),) if isinstance(value, _SCALARS) else ()
        object.__setattr__(self, "sorts", sorts)

    def alike(self, value: Scalar | tuple[Scalar, ...]) -> "Leaf":
        """Return the same comparison with another *value*, or a list of other values, of the same sort."""
        other: Leaf = object.__new__(Leaf)
        _set(other, "field", self.field)
        _set(other, "sort", self.sort)
        _set(other, "operator", self.operator)
        _set(other, "value", value)
        _set(other, "sorts", self.sorts[:1] * len(value) if type(value) is tuple else self.sorts)
        return other


@dataclass(frozen=True, slots=True)
class Each:
    """Some element of a list field, or with *every* all of them, fulfils *inner*, whose leaves mean the element."""

    field: str
    sort: Sort
    every: bool
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All of *parts*; true when there are none."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of *parts*; false when there are none."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of *part*."""

    part: "Expression"


Literal = Leaf | Each
Expression = And | Or | Not | Literal

ALWAYS = And(())
"""The condition of a rule that has none."""


def fields(expression: Expression) -> Iterator[str]:
    """Iterate over the fields that *expression* reads, with repetitions."""
    return (literal.field for literal in literals(expression))


def literals(expression: Expression) -> Iterator[Literal]:
    """Iterate over the literals of *expression* in the order in which they are written, repetitions included."""
    left = [expression]
    while left:
        each = left.pop()
        if isinstance(each, Leaf | Each):
            yield each
        elif isinstance(each, Not):
            left.append(each.part)
        else:
            left.extend(reversed(each.parts))
