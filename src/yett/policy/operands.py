"""
Operands: the values that fields are compared with, checked against field and operator.

A constant is filled in here, so a value that an operator put in its place is checked like one that was written.
"""

import ipaddress
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from yett.model.errors import Place
from yett.policy.documents import Condition, Constant, Reference
from yett.policy.expression import And, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.problems import Problems, meant
from yett.policy.values import Scalar, Sort, sort_of

__all__ = ["ELEMENT", "NEGATIONS", "Operands"]

ELEMENT = MappingProxyType({Sort.STRINGS: Sort.STRING, Sort.ANY: Sort.ANY})
"""What lists of each sort hold."""
NEGATIONS = MappingProxyType(
    {Operator.NE: Operator.EQ, Operator.NOT_IN: Operator.IN, Operator.NOT_CONTAINS: Operator.CONTAINS}
)
"""The operators that are the contrary of another."""
_ORDER = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_WORDS = frozenset({Operator.STARTS_WITH, Operator.ENDS_WITH})


class Operands:
    """Fill in constants, and build comparisons whose value is of the right type."""

    def __init__(self, problems: Problems, constants: Mapping[str, Constant]) -> None:
        self._problems = problems
        self._constants = constants

    def leaf(self, condition: Condition, sort: Sort, value: Constant) -> Expression | None:
        """Build the comparison once its value is of the right type."""
        place = condition.value_place or condition.place
        operator, name = condition.operator, condition.field
        positive = NEGATIONS.get(operator, operator)
        leaf: Expression | None = None
        match positive:
            case Operator.IN | Operator.ANY | Operator.ALL:
                leaf = self._many(place, name, sort, positive, value)
            case Operator.BETWEEN:
                leaf = self._between(place, name, sort, value)
            case Operator.MATCHES:
                leaf = self._matches(place, name, sort, value)
            case Operator.CIDR:
                leaf = self._cidr(place, name, sort, value)
            case _:
                needed = _needed(positive, sort)
                if self._suits(place, value, needed):
                    leaf = Leaf(name, sort, positive, value)
        return Not(leaf) if leaf is not None and positive is not operator else leaf

    def _many(self, place: Place, name: str, sort: Sort, operator: Operator, value: Constant) -> Expression | None:
        if not isinstance(value, tuple) or not value:
            self._problems.add(place, "wrong-type", f"`{operator}` needs a list of values")
            return None
        if not self._suit(place, value, ELEMENT.get(sort, sort)):
            return None
        if operator is Operator.IN:
            return Leaf(name, sort, operator, value)
        leaves = tuple(Leaf(name, sort, Operator.CONTAINS, each) for each in value)
        return Or(leaves) if operator is Operator.ANY else And(leaves)

    def _between(self, place: Place, name: str, sort: Sort, value: Constant) -> Leaf | None:
        match value:
            case (low, high) if self._suit(place, (low, high), Sort.NUMBER):
                if _number(low) <= _number(high):
                    return Leaf(name, sort, Operator.BETWEEN, (low, high))
                self._problems.add(
                    place, "wrong-value", f"nothing lies between {low} and {high}", "the lower bound comes first"
                )
            case (_, _):
                pass
            case _:
                self._problems.add(
                    place, "wrong-type", "`between` needs a lower and an upper bound", "such as `[9, 17]`"
                )
        return None

    def _matches(self, place: Place, name: str, sort: Sort, value: Constant) -> Leaf | None:
        if not self._suits(place, value, Sort.STRING):
            return None
        try:
            return Leaf(name, sort, Operator.MATCHES, Pattern(str(value)))
        except ValueError as error:
            self._problems.add(
                place, "pattern", f"`{value}` is no RE2 pattern: {error}", "RE2 knows no look-around or back-references"
            )
            return None

    def _cidr(self, place: Place, name: str, sort: Sort, value: Constant) -> Leaf | None:
        texts = value if isinstance(value, tuple) else (value,)
        if not texts or not self._suit(place, texts, Sort.STRING):
            return None
        for text in texts:
            try:
                ipaddress.ip_network(str(text))
            except ValueError as error:
                self._problems.add(place, "network", f"`{text}` is no network: {error}", "such as `10.0.0.0/8`")
                return None
        return Leaf(name, sort, Operator.CIDR, Networks(tuple(map(str, texts))))

    def _suit(self, place: Place, values: tuple[Scalar, ...], sort: Sort) -> bool:
        suited = [self._suits(place, value, sort) for value in values]
        return all(suited)

    def _suits(self, place: Place, value: Constant, sort: Sort) -> bool:
        if isinstance(value, tuple):
            self._problems.add(place, "wrong-type", "a single value is needed, not a list")
        elif sort not in {Sort.ANY, sort_of(value)}:
            hint = "put it in quotes" if sort is Sort.STRING else ""
            self._problems.add(place, "wrong-type", f"`{value}` is a {sort_of(value)}, a {sort} is needed", hint)
        else:
            return True
        return False

    def value(self, condition: Condition) -> Constant | None:
        """Return the value with its constants filled in."""
        place = condition.value_place or condition.place
        match condition.value:
            case None:
                self._problems.add(place, "missing-key", f"`{condition.operator}` has no `value`")
                return None
            case Reference(name):
                return self._constant(place, name)
            case tuple(items):
                return self._filled(place, items)
            case value:
                return value

    def _filled(self, place: Place, items: tuple[Scalar | Reference, ...]) -> Constant | None:
        values = [self._constant(place, item.name) if isinstance(item, Reference) else item for item in items]
        plain = tuple(value for value in values if value is not None and not isinstance(value, tuple))
        if any(isinstance(value, tuple) for value in values):
            self._problems.add(place, "wrong-type", "a list cannot hold a constant that is a list")
        return plain if len(plain) == len(values) else None

    def _constant(self, place: Place, name: str) -> Constant | None:
        if name not in self._constants:
            hint = meant(name, self._constants) or "state it under `constants`"
            self._problems.add(place, "unknown-constant", f"unknown constant `{name}`", hint)
        return self._constants.get(name)


def _needed(operator: Operator, sort: Sort) -> Sort:
    """Return the sort of value that *operator* needs on a field of *sort*."""
    if operator in _ORDER:
        return Sort.NUMBER
    if operator in _WORDS:
        return Sort.STRING
    return Sort.STRING if sort is Sort.STRINGS else sort


def _number(value: Scalar) -> int | float | Decimal:
    return 0 if isinstance(value, str) else value
