"""
Witness: facts for what a solver found.

The solver says how each condition on a field is to be answered. The value that it proposes is tried first, then others
that the conditions themselves suggest; only one that the interpreter judges so is taken.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from itertools import combinations

import z3

from yett.model.unknown import Unknown
from yett.policy.expression import And, Each, Expression, Leaf, Networks, Not, Or, Pattern
from yett.policy.interpreter import judge
from yett.policy.proof.encoding import Encoding, State
from yett.policy.values import Scalar

__all__ = ["answers", "fact", "nested"]

_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_EXACT = 2**53
_Answers = tuple[bool | None, ...]


def answers(encoding: Encoding, model: z3.ModelRef, field: str) -> _Answers:
    """Return how *model* answers the conditions on *field*, in their order."""
    told = []
    for true, false in encoding.literals[field].values():
        is_true, is_false = _holds(model, true), _holds(model, false)
        told.append(True if is_true else False if is_false else None)
    return tuple(told)


def fact(encoding: Encoding, model: z3.ModelRef, field: str) -> object:
    """Return a fact for *field* that is judged as *model* answers; None where none is found, `MISSING` included."""
    wanted = answers(encoding, model, field)
    literals = tuple(encoding.literals[field])
    proposed = _proposed(encoding, model, field)
    for raw in proposed:
        if tuple(judge(literal, raw) for literal in literals) == wanted:
            return raw
    return None


def nested(facts: Mapping[str, object]) -> dict[str, object]:
    """Return *facts*, by their dotted names, as nested mappings; what is missing is left out."""
    tree: dict[str, object] = {}
    for name, value in facts.items():
        *above, last = name.split(".")
        below = tree
        for part in above:
            inner = below.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            below = inner
        else:
            if value is not Unknown.MISSING:
                below[last] = value
    return tree


def _proposed(encoding: Encoding, model: z3.ModelRef, field: str) -> Iterator[object]:
    state = State(model.eval(encoding.state(field), model_completion=True).as_long())
    match state:
        case State.MISSING:
            yield Unknown.MISSING
        case State.UNAVAILABLE:
            yield Unknown.UNAVAILABLE
        case State.ODD:
            yield {}
        case State.BOOLEAN:
            yield _holds(model, encoding.value(field, state))
        case State.NUMBER:
            yield from _numbers(model.eval(encoding.value(field, state), model_completion=True).as_fraction())
        case State.STRING:
            yield _text(model.eval(encoding.value(field, state), model_completion=True).as_string())
            yield _address(encoding, model, field)
            yield from dict.fromkeys(each for each in _suggested(encoding, field) if isinstance(each, str))
        case State.LIST:
            yield from _lists(encoding, model, field)


def _numbers(number: Fraction) -> Iterator[int | float | Decimal]:
    if number.denominator == 1 and abs(number.numerator) < _EXACT:
        yield number.numerator
    try:
        yield float(number)
    except OverflowError:
        yield number.numerator // number.denominator
    yield Decimal(number.numerator) / Decimal(number.denominator)


def _text(told: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), told)


def _address(encoding: Encoding, model: z3.ModelRef, field: str) -> str:
    known, six, number = encoding.address(field)
    if not _holds(model, known):
        return "(no address)"
    told = model.eval(number, model_completion=True).as_long()
    return str(IPv6Address(told) if _holds(model, six) else IPv4Address(told % 2**32))


def _lists(encoding: Encoding, model: z3.ModelRef, field: str) -> Iterator[tuple[Scalar, ...]]:
    held = tuple(value for value, variable in encoding.held(field) if _holds(model, variable))
    yield held
    others = [each for each in dict.fromkeys(_suggested(encoding, field)) if each not in held]
    for count in (1, 2):
        for some in combinations(others, count):
            yield (*held, *some)


def _suggested(encoding: Encoding, field: str) -> Iterator[Scalar]:
    """Iterate over values that the conditions on *field* name, or nearly name."""
    for literal in encoding.literals[field]:
        yield from _named(literal)
    yield from ("", "(something else)")


def _named(expression: Expression) -> Iterator[Scalar]:
    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _named(part)
        case Not(part) | Each(inner=part):
            yield from _named(part)
        case Leaf(value=Pattern(text=text)):
            yield from (text, text.strip("^$"), re.sub(r"\(\?\w+\)|[\\^$?*+()\[\]{}.]", "", text))
        case Leaf(value=Networks(parsed=networks)):
            yield from (str(network[0]) for network in networks)
        case Leaf(value=tuple(values)):
            yield from values
        case Leaf(value=str() | int() | float() | Decimal() as value):
            yield value


def _holds(model: z3.ModelRef, formula: z3.ExprRef) -> bool:
    return bool(z3.is_true(model.eval(formula, model_completion=True)))
