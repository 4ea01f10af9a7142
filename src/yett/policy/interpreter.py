"""
Interpreter: what conditions and rules mean. This file is the specification of the policy language.

Rules:

1. Logic is Kleene's strong three-valued one: True, False, and None for unknown.
2. A comparison is unknown when its operand is missing, unavailable or not of the sort that the operator needs. Equality
   alone compares scalars of any sorts, where the field allows several, and finds different sorts different.
3. `exists` asks whether anybody stated the fact: missing is False, unavailable is unknown.
4. A restrictive rule matches when it is possibly true, an `allow`, or a rule that skips missing facts, only when it is
   definitely true.
5. Where facts cost something, and the rules that read only cheap ones deny in a way that no other rule could overturn,
   nothing costly is asked, and those rules alone are the decision's reasons.

The engine in `yett.policy.program` is a faster way to the same answers, and is tested against this one.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from yett.model.decision import Decision
from yett.model.unknown import Unknown
from yett.policy.clause import Clause
from yett.policy.combining import Matched, combine, settles
from yett.policy.expression import And, Each, Expression, Leaf, Literal, Networks, Not, Operator, Or, Pattern
from yett.policy.values import Scalar, Sort, Value, absent, read, same, sort_of

__all__ = ["Look", "decide", "judge", "lookup", "truth", "unknown"]

_Truth = bool | None
_NONE: frozenset[str] = frozenset()
Look = Callable[[str], object]
"""A field to its fact, as it is."""
_Operation = Callable[..., _Truth]
"""A fact, read, and the value that it is compared with."""


def truth(expression: Expression, look: Look) -> _Truth:
    """Say whether *expression* is true of the facts."""
    match expression:
        case And(parts):
            return _all(truth(part, look) for part in parts)
        case Or(parts):
            return _any(truth(part, look) for part in parts)
        case Not(part):
            return _not(truth(part, look))
        case Leaf() | Each():
            return judge(expression, look(expression.field))


def unknown(expression: Expression, look: Look) -> frozenset[str]:
    """Return the fields because of which *expression* is neither true nor false; none when it is either."""
    return _weighed(expression, look)[1]


def _weighed(expression: Expression, look: Look) -> tuple[_Truth, frozenset[str]]:
    """Say whether *expression* is true, and because of which fields that is unknown, asking for each once."""
    match expression:
        case And(parts):
            return _settled(parts, look, False)  # noqa: FBT003 - what settles it
        case Or(parts):
            return _settled(parts, look, True)  # noqa: FBT003
        case Not(part):
            true, fields = _weighed(part, look)
            return _not(true), fields
        case Leaf() | Each():
            true = judge(expression, look(expression.field))
            return true, _NONE if true is not None else frozenset((expression.field,))


def _settled(parts: Iterable[Expression], look: Look, settling: bool) -> tuple[_Truth, frozenset[str]]:  # noqa: FBT001
    fields = _NONE
    for part in parts:
        true, more = _weighed(part, look)
        if true is settling:
            return true, _NONE
        fields |= more
    return None if fields else not settling, fields


def judge(literal: Literal, raw: object) -> _Truth:
    """Say whether *literal* is true of its field's fact."""
    if isinstance(literal, Leaf) and literal.operator is Operator.EXISTS:
        return None if raw is Unknown.UNAVAILABLE else not absent(raw)
    value = read(raw, literal.sort)
    if value is None:
        return None
    return _each(literal, value) if isinstance(literal, Each) else _OPERATIONS[literal.operator](value, literal.value)


def decide(
    clauses: Sequence[Clause], look: Look, revision: str = "", costly: Callable[[str], bool] | None = None
) -> Decision:
    """Decide by *clauses*; *costly* says which facts cost something, None that none does."""
    dear = [clause for clause in clauses if costly and any(map(costly, clause.fields))]
    cheap = _matching((clause for clause in clauses if clause not in dear), look)
    if costly and settles(cheap, dear):
        return combine(cheap, revision)
    return combine(cheap + _matching(dear, look), revision)


def lookup(known: Mapping[str, object], field: str) -> object:
    """Return the fact *field* out of nested mappings."""
    value: object = known
    for name in field.split("."):
        if not isinstance(value, Mapping):
            return Unknown.UNAVAILABLE if value is Unknown.UNAVAILABLE else Unknown.MISSING
        value = value.get(name, Unknown.MISSING)
    return value


def _matching(clauses: Iterable[Clause], look: Look) -> list[Matched]:
    return [match for clause in clauses if (match := _match(clause, look))]


def _match(clause: Clause, look: Look) -> Matched | None:
    true, fields = _weighed(clause.condition, look)
    return Matched(clause, tuple(sorted(fields))) if true or (true is None and not clause.definite) else None


def _all(truths: Iterable[_Truth]) -> _Truth:
    result: _Truth = True
    for each in truths:
        if each is False:
            return False
        result = None if each is None else result
    return result


def _any(truths: Iterable[_Truth]) -> _Truth:
    return _not(_all(_not(each) for each in truths))


def _not(value: _Truth) -> _Truth:
    return None if value is None else not value


def _each(each: Each, value: Value) -> _Truth:
    if not isinstance(value, tuple):
        return None
    return (_all if each.every else _any)(truth(each.inner, _only(element)) for element in value)


def _only(element: Scalar) -> Look:
    return lambda _field: element


def _eq(value: Value, other: Scalar) -> _Truth:
    return None if isinstance(value, tuple) else same(value, other)


def _in(value: Value, others: tuple[Scalar, ...]) -> _Truth:
    return None if isinstance(value, tuple) else any(same(value, other) for other in others)


def _contains(value: Value, other: Scalar) -> _Truth:
    if isinstance(value, tuple):
        return any(same(element, other) for element in value)
    return other in value if isinstance(value, str) and isinstance(other, str) else None


def _order(compare: Callable[..., bool]) -> _Operation:
    return lambda value, other: compare(value, other) if _is_number(value) else None


def _between(value: Value, bounds: tuple[Scalar, Scalar]) -> _Truth:
    return operator.le(bounds[0], value) and operator.le(value, bounds[1]) if _is_number(value) else None


def _text(test: Callable[[str, str], bool]) -> _Operation:
    return lambda value, other: test(value, other) if isinstance(value, str) else None


def _matches(value: Value, pattern: Pattern) -> _Truth:
    return pattern.holds(value) if isinstance(value, str) else None


def _cidr(value: Value, networks: Networks) -> _Truth:
    return networks.hold(value) if isinstance(value, str) else None


def _is_number(value: Value) -> bool:
    return not isinstance(value, tuple) and sort_of(value) is Sort.NUMBER


_OPERATIONS: Mapping[Operator, _Operation] = MappingProxyType(
    {
        Operator.EQ: _eq,
        Operator.IN: _in,
        Operator.CONTAINS: _contains,
        Operator.GT: _order(operator.gt),
        Operator.GTE: _order(operator.ge),
        Operator.LT: _order(operator.lt),
        Operator.LTE: _order(operator.le),
        Operator.BETWEEN: _between,
        Operator.STARTS_WITH: _text(str.startswith),
        Operator.ENDS_WITH: _text(str.endswith),
        Operator.MATCHES: _matches,
        Operator.CIDR: _cidr,
    }
)
