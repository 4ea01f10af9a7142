"""
Encoding: conditions as formulas for a solver.

Rules:

1. A condition becomes two formulas, that it is true and that it is false; where neither holds it is unknown.
2. The formulas allow every fact there may be, and perhaps some that there are none of: what cannot be satisfied never
   happens, while what can be satisfied is only a conjecture until the interpreter has seen such facts.
3. A number is exact: floats and decimals are the rationals they are. A text is a sequence of code points.
4. Of patterns and of conditions on elements only the answer is known; conditions on texts do not know each other.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import reduce
from ipaddress import IPv6Address
from typing import NamedTuple

import z3

from yett.policy.expression import And, Each, Expression, Leaf, Literal, Networks, Not, Operator, Or
from yett.policy.interpreter import judge
from yett.policy.values import Scalar, Sort, sort_of

__all__ = ["Encoding", "State", "Truth"]

_LAST_CHARACTER = 0x2FFFF
"""The last that the solver's alphabet has."""
_NOWHERE = 1 << 128


class State(IntEnum):
    """What a fact is."""

    MISSING = 0
    UNAVAILABLE = 1
    ODD = 2
    """Stated, and nothing that could be read."""
    STRING = 3
    NUMBER = 4
    BOOLEAN = 5
    LIST = 6


_STATES = {
    Sort.STRING: (State.STRING,),
    Sort.NUMBER: (State.NUMBER,),
    Sort.BOOLEAN: (State.BOOLEAN,),
    Sort.STRINGS: (State.LIST,),
    Sort.ANY: (State.STRING, State.NUMBER, State.BOOLEAN, State.LIST),
}
_SCALARS = {Sort.STRING: State.STRING, Sort.NUMBER: State.NUMBER, Sort.BOOLEAN: State.BOOLEAN}


class Truth(NamedTuple):
    """The formulas that a condition is true, and that it is false."""

    true: z3.BoolRef
    false: z3.BoolRef


class Encoding:
    """The formulas of conditions, and what is known about their facts."""

    def __init__(self) -> None:
        self.literals: dict[str, dict[Literal, Truth]] = {}
        """What is asked of each field."""
        self.axioms: list[z3.BoolRef] = []
        self._opaque: dict[tuple[str, object], z3.BoolRef] = {}

    def truth(self, expression: Expression) -> Truth:
        """Return the formulas of *expression*, by Kleene's strong logic."""
        match expression:
            case And(parts):
                each = [self.truth(part) for part in parts]
                return Truth(_every(one.true for one in each), _some(one.false for one in each))
            case Or(parts):
                each = [self.truth(part) for part in parts]
                return Truth(_some(one.true for one in each), _every(one.false for one in each))
            case Not(part):
                true, false = self.truth(part)
                return Truth(false, true)
            case Leaf() | Each():
                return self._literal(expression)

    def state(self, field: str) -> z3.ArithRef:
        """Return the variable for the `State` of *field*."""
        return z3.Int(f"{field}|state")

    def value(self, field: str, state: State) -> z3.ExprRef:
        """Return the variable for what *field* is in one of the scalar states."""
        match state:
            case State.STRING:
                return z3.String(f"{field}|string")
            case State.NUMBER:
                return z3.Real(f"{field}|number")
            case _:
                return z3.Bool(f"{field}|boolean")

    def address(self, field: str) -> tuple[z3.BoolRef, z3.BoolRef, z3.ArithRef]:
        """Return the variables that the text of *field* is an address, one of IPv6, and its number."""
        return z3.Bool(f"{field}|address"), z3.Bool(f"{field}|six"), z3.Int(f"{field}|number of address")

    def held(self, field: str) -> tuple[tuple[Scalar, z3.BoolRef], ...]:
        """Return the values that the list *field* is asked to contain, each with the variable that it does."""
        return tuple(
            (literal.value, self._named(field, ("holds", literal.sorts, literal.value)))
            for literal in self.literals.get(field, {})
            if isinstance(literal, Leaf)
            and literal.operator is Operator.CONTAINS
            and isinstance(literal.value, str | int | float | Decimal)
        )

    def _literal(self, literal: Literal) -> Truth:
        asked = self.literals.get(literal.field)
        if asked is None:
            asked = self.literals[literal.field] = {}
            self._declare(literal.field, literal.sort)
        if literal not in asked:
            asked[literal] = self._each(literal) if isinstance(literal, Each) else self._leaf(literal)
        return asked[literal]

    def _declare(self, field: str, sort: Sort) -> None:
        state = self.state(field)
        possible = (State.MISSING, State.UNAVAILABLE, State.ODD, *_STATES[sort])
        self.axioms.append(_some(state == int(each) for each in possible))

    def _each(self, each: Each) -> Truth:
        listed = self.state(each.field) == int(State.LIST)
        known, true = self._named(each.field, (each, "known")), self._named(each.field, (each, "true"))
        return Truth(z3.And(listed, known, true), z3.And(listed, known, z3.Not(true)))

    def _leaf(self, leaf: Leaf) -> Truth:
        state = self.state(leaf.field)
        match leaf.operator:
            case Operator.EXISTS:
                return Truth(state >= int(State.ODD), state == int(State.MISSING))
            case Operator.EQ | Operator.IN:
                return self._same(leaf)
            case Operator.CONTAINS:
                return self._contains(leaf)
            case Operator.CIDR:
                return self._cidr(leaf)
            case Operator.STARTS_WITH | Operator.ENDS_WITH | Operator.MATCHES:
                return _where(state == int(State.STRING), self._text(leaf))
            case _:
                return _where(state == int(State.NUMBER), self._order(leaf))

    def _same(self, leaf: Leaf) -> Truth:
        state = self.state(leaf.field)
        values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        scalar = _some(state == int(each) for each in _SCALARS.values())
        return _where(
            scalar, _some(self._is(leaf, value) for value in values if isinstance(value, str | int | float | Decimal))
        )

    def _is(self, leaf: Leaf, value: Scalar) -> z3.BoolRef:
        kind = _SCALARS[sort_of(value)]
        here = self.state(leaf.field) == int(kind)
        if isinstance(value, str) and not _spelt(value):
            return z3.And(here, self._named(leaf.field, ("is", value)))
        return z3.And(here, self.value(leaf.field, kind) == _constant(value))

    def _contains(self, leaf: Leaf) -> Truth:
        state = self.state(leaf.field)
        held = self._named(leaf.field, ("holds", leaf.sorts, leaf.value))
        listed = _where(state == int(State.LIST), held)
        if not isinstance(leaf.value, str):
            return listed
        text = _where(state == int(State.STRING), self._text(leaf))
        return Truth(z3.Or(listed.true, text.true), z3.Or(listed.false, text.false))

    def _text(self, leaf: Leaf) -> z3.BoolRef:
        string, value = self.value(leaf.field, State.STRING), leaf.value
        if not isinstance(value, str) or not _spelt(value):
            answer = self._named(leaf.field, (leaf.operator, value))
            self._known_answers(leaf, answer)
            return answer
        match leaf.operator:
            case Operator.STARTS_WITH:
                return z3.PrefixOf(_constant(value), string)
            case Operator.ENDS_WITH:
                return z3.SuffixOf(_constant(value), string)
            case _:
                return z3.Contains(string, _constant(value))

    def _known_answers(self, leaf: Leaf, answer: z3.BoolRef) -> None:
        """State what *leaf* answers for the texts that the other conditions on its field name so far."""
        for other in self.literals[leaf.field]:
            values = getattr(other, "value", None)
            for value in values if isinstance(values, tuple) else (values,):
                if isinstance(value, str) and _spelt(value):
                    named = self.value(leaf.field, State.STRING) == _constant(value)
                    self.axioms.append(z3.Implies(named, answer == z3.BoolVal(judge(leaf, value) is True)))

    def _cidr(self, leaf: Leaf) -> Truth:
        address, six, number = self.address(leaf.field)
        self.axioms.append(z3.And(number >= 0, number < z3.If(six, _NOWHERE, 1 << 32)))
        networks = leaf.value.parsed if isinstance(leaf.value, Networks) else ()
        inside = _some(
            z3.And(six == (net.version == IPv6Address(0).version), number >= int(net[0]), number <= int(net[-1]))
            for net in networks
        )
        return _where(z3.And(self.state(leaf.field) == int(State.STRING), address), inside)

    def _order(self, leaf: Leaf) -> z3.BoolRef:
        number, value = self.value(leaf.field, State.NUMBER), leaf.value
        if isinstance(value, tuple):
            return z3.And(number >= _constant(value[0]), number <= _constant(value[1]))
        bound = _constant(value)
        match leaf.operator:
            case Operator.GT:
                return number > bound
            case Operator.GTE:
                return number >= bound
            case Operator.LT:
                return number < bound
            case _:
                return number <= bound

    def _named(self, field: str, key: object) -> z3.BoolRef:
        """Return the variable for an answer that is not looked into."""
        if (field, key) not in self._opaque:
            self._opaque[field, key] = z3.Bool(f"{field}|{len(self._opaque)}")
        return self._opaque[field, key]


def _where(known: z3.BoolRef, true: z3.BoolRef) -> Truth:
    return Truth(z3.And(known, true), z3.And(known, z3.Not(true)))


def _some(formulas: Iterable[z3.BoolRef]) -> z3.BoolRef:
    return reduce(z3.Or, formulas, z3.BoolVal(val=False))


def _every(formulas: Iterable[z3.BoolRef]) -> z3.BoolRef:
    return reduce(z3.And, formulas, z3.BoolVal(val=True))


def _spelt(text: str) -> bool:
    return all(ord(character) <= _LAST_CHARACTER for character in text)


def _constant(value: object) -> z3.ExprRef:
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, str):
        # A backslash would begin an escape.
        return z3.StringVal("".join(f"\\u{{{ord(each):x}}}" for each in value))
    return z3.RealVal(str(Fraction(value))) if isinstance(value, int | float | Decimal) else z3.RealVal(0)
