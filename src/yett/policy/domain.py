"""
Domain: what a conjunct of conditions leaves possible, told by intervals and sets.

Rules:

1. It errs on one side only: what it says is impossible, or implied, is so for all facts; of much it says nothing.
2. Implication holds in three-valued logic: whenever the one is not false, the other is not false either.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yett.policy.expression import Leaf, Operator
from yett.policy.interpreter import judge
from yett.policy.normal import Term
from yett.policy.values import Scalar, Sort, sort_of

__all__ = ["allowed", "implies", "impossible"]

_CONTRARY = {Operator.GT: Operator.LTE, Operator.GTE: Operator.LT, Operator.LT: Operator.GTE, Operator.LTE: Operator.GT}
_SETS = frozenset({Operator.EQ, Operator.IN})
_Number = int | float | Decimal
_Bound = tuple[_Number, bool]
"""A number, and whether it is itself left out."""


@dataclass(frozen=True, slots=True)
class _Range:
    """The numbers from *low* to *high*."""

    low: _Bound = (-math.inf, False)
    high: _Bound = (math.inf, False)

    def narrowed(self, other: "_Range") -> "_Range":
        return _Range(max(self.low, other.low), min(self.high, other.high, key=lambda bound: (bound[0], not bound[1])))

    @property
    def empty(self) -> bool:
        (low, without_low), (high, without_high) = self.low, self.high
        return low > high or (low == high and (without_low or without_high))

    def within(self, other: "_Range") -> bool:
        return self.narrowed(other) == self


def impossible(conjunct: Iterable[Term]) -> bool:
    """Say whether *conjunct* can never be true."""
    conjunct = tuple(conjunct)
    terms = frozenset(conjunct)
    if any(Term(term.literal, not term.positive) in terms for term in terms):
        return True
    return any(_clash(conjunct, name) for name in {term.literal.field for term in conjunct})


def implies(conjunct: Iterable[Term], term: Term) -> bool:
    """Say whether *term* is not false wherever *conjunct* is not."""
    conjunct = tuple(conjunct)
    if term in conjunct:
        return True
    return any(_stronger(each, term) for each in conjunct if each.literal.field == term.literal.field)


def _clash(conjunct: tuple[Term, ...], name: str) -> bool:
    """Say whether what *conjunct* asks of the field *name* can never be true."""
    asked = [term for term in conjunct if term.literal.field == name]
    leaves = [term.literal for term in asked if isinstance(term.literal, Leaf)]
    if any(leaf.operator is Operator.EXISTS and Term(leaf, positive=False) in asked for leaf in leaves):
        return any(leaf.operator is not Operator.EXISTS for leaf in leaves)
    span = _Range()
    for term in asked:
        span = span.narrowed(_range(term) or _Range())
    return span.empty or any(_none_left(term, asked) for term in asked)


def _none_left(term: Term, asked: Iterable[Term]) -> bool:
    """Say whether none of the values that *term* allows is allowed by all others."""
    values = allowed(term)
    if values is None:
        return False
    return not any(all(judge(each.literal, value) is each.positive for each in asked) for value in values)


def _stronger(one: Term, other: Term) -> bool:
    if isinstance(other.literal, Leaf) and other.literal.operator is Operator.EXISTS:
        return False
    values = allowed(one)
    if values is not None and one.literal.sort is not Sort.ANY:
        return all(judge(other.literal, value) is other.positive for value in values)
    mine, theirs = _range(one), _range(other)
    return mine is not None and theirs is not None and mine.within(theirs)


def allowed(term: Term) -> tuple[Scalar, ...] | None:
    """Return the only values for which *term* is true; None where they cannot be told."""
    literal = term.literal
    if not isinstance(literal, Leaf) or not term.positive or literal.operator not in _SETS:
        if isinstance(literal, Leaf) and literal.operator is Operator.EQ and isinstance(literal.value, bool):
            return (not literal.value,) if literal.sort is Sort.BOOLEAN else None
        return None
    values = literal.value if isinstance(literal.value, tuple) else (literal.value,)
    return tuple(value for value in values if isinstance(value, str | int | float | Decimal))


def _range(term: Term) -> _Range | None:
    """Return the numbers for which *term* is true; None where that is no range."""
    literal = term.literal
    if not isinstance(literal, Leaf):
        return None
    if literal.operator is Operator.BETWEEN and term.positive and isinstance(literal.value, tuple):
        low, high = literal.value
        return _Range((_number(low), False), (_number(high), False))
    operator = literal.operator if term.positive else _CONTRARY.get(literal.operator, Operator.EXISTS)
    value = literal.value
    if isinstance(value, str | bool) or not isinstance(value, int | float | Decimal):
        return None
    match operator:
        case Operator.GT | Operator.GTE:
            return _Range(low=(value, operator is Operator.GT))
        case Operator.LT | Operator.LTE:
            return _Range(high=(value, operator is Operator.LT))
        case _:
            return None


def _number(value: Scalar) -> _Number:
    return value if sort_of(value) is Sort.NUMBER and not isinstance(value, str) else 0
