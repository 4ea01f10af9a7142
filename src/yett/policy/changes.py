"""Changes: what a condition asks, in words, and facts by which its answer would be another."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from yett.policy.expression import Each, Expression, Leaf, Literal, Networks, Operator, Pattern
from yett.policy.interpreter import judge
from yett.policy.values import Scalar, Value, read
from yett.ports.decider import TextTest

__all__ = ["Change", "candidates", "changes", "worded"]

_SIGNS = MappingProxyType(
    {
        Operator.EQ: "is",
        Operator.GT: ">",
        Operator.GTE: ">=",
        Operator.LT: "<",
        Operator.LTE: "<=",
        Operator.IN: "is one of",
        Operator.CONTAINS: "contains",
        Operator.MATCHES: "matches",
        Operator.STARTS_WITH: "starts with",
        Operator.ENDS_WITH: "ends with",
        Operator.CIDR: "lies in",
        Operator.BETWEEN: "lies between",
    }
)
_CONTRARY = MappingProxyType(
    {Operator.GT: Operator.LTE, Operator.GTE: Operator.LT, Operator.LT: Operator.GTE, Operator.LTE: Operator.GT}
)
_OTHER = "(something else)"
"""A text that no policy names."""


@dataclass(frozen=True, slots=True)
class Change:
    """A condition on *field* that would hold, and a *value* of the field by which it does."""

    field: str
    words: str
    value: object


def worded(literal: Literal, asked: Mapping[str, TextTest], *, positive: bool = True) -> str:
    """Return what *literal*, or its contrary, asks; *asked* are the conditions on text by their fields."""
    if isinstance(literal, Each):
        words = f"{'all' if literal.every else 'any'} of `{literal.field}` {_inner(literal.inner)}"
        return words if positive else f"not: {words}"
    test = asked.get(literal.field)
    if test is not None:
        words = f"`{test.field}` {_SIGNS[Operator(test.operator)]} {_value(test.value)}"
        return words if positive else f"not: {words}"
    if literal.operator is Operator.EXISTS:
        return f"`{literal.field}` is {'stated' if positive else 'not stated'}"
    turned = _CONTRARY.get(literal.operator)
    if not positive and turned:
        return f"`{literal.field}` {_SIGNS[turned]} {_value(literal.value)}"
    words = f"`{literal.field}` {_SIGNS[literal.operator]} {_value(literal.value)}"
    return words if positive else f"not: {words}"


def changes(literal: Literal, raw: object, asked: Mapping[str, TextTest]) -> Iterator[Change]:
    """Propose facts in place of *raw* by which *literal* would be true where it is not, or false where it is not."""
    now = judge(literal, raw)
    for want in (True, False):
        if now is want:
            continue
        for value in _facts(literal, read(raw, literal.sort), want=want):
            if judge(literal, value) is want:
                yield Change(literal.field, worded(literal, asked, positive=want), value)
                break


def candidates(literal: Literal, *, want: bool) -> Iterator[object]:
    """Propose facts by which *literal* may be as it is wanted; None stands for one that nobody states."""
    yield from _facts(literal, None, want=want)


def _inner(expression: Expression) -> str:
    if isinstance(expression, Leaf) and expression.operator in _SIGNS:
        return f"{_SIGNS[expression.operator]} {_value(expression.value)}"
    return "fulfil a condition"


def _value(value: object) -> str:
    match value:
        case Pattern(text=text):
            return f"`{text}`"
        case Networks(texts=texts):
            return ", ".join(f"`{text}`" for text in texts)
        case tuple():
            return ", ".join(map(_value, value))
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            return f"`{value}`"


def _facts(literal: Literal, now: Value | None, *, want: bool) -> Iterator[object]:
    """Propose facts that may make *literal* as it is wanted, those nearest to what is *now* first."""
    if isinstance(literal, Each):
        yield ()
        return
    value = literal.value
    values = value if isinstance(value, tuple) else (value,)
    held = now if isinstance(now, tuple) else ()
    if literal.operator is Operator.CONTAINS:
        yield (*held, value) if want else tuple(each for each in held if each != value)
        yield f"{now}{value}" if want and isinstance(now, str) else str(value) if want else ""
    if literal.operator is Operator.EXISTS:
        yield _OTHER if want else None
        yield from (0, True, (_OTHER,))
    if isinstance(value, Networks):
        yield str(value.parsed[0].network_address)
        yield from ("192.0.2.1", "2001:db8::1")
    yield from (each for each in values if isinstance(each, str | int | float | Decimal))
    yield from (near for each in values for near in _nearby(each))
    yield from (_OTHER, "", True, False)


def _nearby(value: Scalar | Pattern | Networks | None) -> Iterator[object]:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return
    if isinstance(value, float) and math.isfinite(value):
        yield math.nextafter(value, -math.inf)
        yield math.nextafter(value, math.inf)
    yield value - 1
    yield value + 1
