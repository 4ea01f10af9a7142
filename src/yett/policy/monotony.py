"""
Monotony: whether seeing more findings can only make a decision stricter.

A stream is decided while it goes on, so what was let out must not become forbidden, nor what was stopped allowed, by
what comes later. That holds when more findings make no restrictive rule less likely and no permissive one more, and
when what a rule takes out makes it match by itself (`yett.policy.redactions`).
"""

from collections.abc import Iterable

from yett.model.decision import Effect
from yett.policy.clause import Clause
from yett.policy.expression import And, Each, Expression, Leaf, Literal, Not, Operator, Or
from yett.policy.redactions import each_by_itself
from yett.policy.schema import field

__all__ = ["is_monotone"]

_RISING = frozenset({Operator.GT, Operator.GTE, Operator.CONTAINS})
_FALLING = frozenset({Operator.LT, Operator.LTE})
_UP, _DOWN = frozenset({1}), frozenset({-1})
_BOTH, _NEITHER = _UP | _DOWN, frozenset[int]()


def is_monotone(clauses: Iterable[Clause]) -> bool:
    """Say whether more findings can never make the decision of *clauses* milder."""
    return all(
        _directions(clause.condition) <= (_DOWN if clause.effect is Effect.ALLOW else _UP) and each_by_itself(clause)
        for clause in clauses
    )


def _directions(expression: Expression) -> frozenset[int]:
    """Return in which directions the truth of *expression* may move when more is found."""
    match expression:
        case And(parts) | Or(parts):
            return frozenset().union(*map(_directions, parts))
        case Not(part):
            return frozenset(-direction for direction in _directions(part))
        case Leaf() | Each():
            about = field(expression.field)
            return _of_literal(expression) if about and about.findings else _NEITHER


def _of_literal(literal: Literal) -> frozenset[int]:
    if isinstance(literal, Each):
        return _DOWN if literal.every else _UP
    if literal.operator is Operator.EXISTS:
        return _NEITHER
    if literal.operator is Operator.EQ and isinstance(literal.value, bool):
        return _UP if literal.value else _DOWN
    if literal.operator in _RISING:
        return _UP
    return _DOWN if literal.operator in _FALLING else _BOTH
