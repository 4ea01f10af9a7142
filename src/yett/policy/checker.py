"""
Checker: conditions as written to expressions. What passes here cannot fail when it is asked.

Rules:

1. Every field is in the schema, every operator suits its field's sort, every value suits both.
2. Conditions on text are lifted, and only their boolean stays.
3. Parts of a group are put in the order of what they cost, so that cheap ones can make costly ones needless.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from yett.model.stage import Stage
from yett.policy.documents import Condition, Constant
from yett.policy.expression import And, Each, Expression, Leaf, Not, Operator, Or, fields
from yett.policy.lifting import LIFTED, lifted
from yett.policy.operands import ELEMENT, NEGATIONS, Operands
from yett.policy.problems import Problems, meant
from yett.policy.schema import Field, cost, field, known_fields
from yett.policy.shape import quoted
from yett.policy.values import Sort
from yett.ports.decider import TextTest

__all__ = ["Checker"]

_EQUALITY = {Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN}
_ORDER = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
_CONTENT = {Operator.CONTAINS, Operator.NOT_CONTAINS}
_WORDS = {Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES}
_ALLOWED = MappingProxyType(
    {
        Sort.STRING: frozenset(_EQUALITY | _CONTENT | _WORDS | {Operator.CIDR, Operator.EXISTS}),
        Sort.NUMBER: frozenset(_EQUALITY | _ORDER | {Operator.BETWEEN, Operator.EXISTS}),
        Sort.BOOLEAN: frozenset(_EQUALITY | {Operator.EXISTS}),
        Sort.STRINGS: frozenset(_CONTENT | {Operator.ANY, Operator.ALL, Operator.EXISTS}),
        Sort.ANY: frozenset(Operator) - {Operator.AND, Operator.OR, Operator.NOT},
    }
)
_ON_TEXT = LIFTED | frozenset(NEGATIONS)
_GROUPS = frozenset({Operator.AND, Operator.OR, Operator.NOT})
_Check = Callable[[Condition], Expression | None]


class Checker:
    """Check the condition of one rule, and remember at which stages it can be asked and which texts it tests."""

    def __init__(self, problems: Problems, constants: Mapping[str, Constant]) -> None:
        self._problems = problems
        self._operands = Operands(problems, constants)
        self.stages = frozenset(Stage)
        self._tests: dict[str, TextTest] = {}

    @property
    def tests(self) -> Mapping[str, TextTest]:
        """The conditions on text that were lifted, by their identifiers."""
        return self._tests

    def expression(self, condition: Condition) -> Expression | None:
        """Return *condition* as an expression; None when it has problems."""
        if condition.operator in _GROUPS or (condition.parts and not condition.field):
            return self._group(condition, self.expression)
        about = field(condition.field)
        if about is None:
            hint = meant(condition.field, known_fields())
            self._problems.add(
                condition.field_place or condition.place, "unknown-field", f"unknown field `{condition.field}`", hint
            )
            return None
        self.stages &= about.stages
        if about.text:
            return self._text(condition)
        return self._comparison(condition, about)

    def _group(self, condition: Condition, check: _Check) -> Expression | None:
        parts = [part for each in condition.parts if (part := check(each)) is not None]
        if len(parts) < len(condition.parts) or not parts:
            return None
        parts.sort(key=_dearness)
        match condition.operator:
            case Operator.NOT:
                return Not(parts[0])
            case Operator.AND | Operator.ALL:
                return And(tuple(parts))
            case _:
                return Or(tuple(parts))

    def _comparison(self, condition: Condition, about: Field) -> Expression | None:
        operator = condition.operator
        if operator not in _ALLOWED[about.sort]:
            self._unsuited(condition, f"holds a {about.sort}", _ALLOWED[about.sort])
            return None
        if condition.inner is not None:
            inner = self._inner(condition.inner, ELEMENT[about.sort])
            return inner and Each(condition.field, about.sort, operator is Operator.ALL, inner)
        if operator is Operator.EXISTS:
            return self._exists(condition, about)
        value = self._operands.value(condition)
        return None if value is None else self._operands.leaf(condition, about.sort, value)

    def _inner(self, condition: Condition, sort: Sort) -> Expression | None:
        """Check a condition on the elements of a list, which are of *sort*."""
        if condition.operator in _GROUPS or condition.parts:
            return self._group(condition, lambda part: self._inner(part, sort))
        allowed = _ALLOWED[sort] - {Operator.EXISTS, Operator.ANY, Operator.ALL}
        if condition.operator not in allowed:
            self._unsuited(condition, "is an element of a list", allowed)
            return None
        value = self._operands.value(condition)
        return None if value is None else self._operands.leaf(condition, sort, value)

    def _unsuited(self, condition: Condition, why: str, allowed: frozenset[Operator]) -> None:
        what = f"`{condition.field}`" if condition.field else "what is asked"
        message = f"`{condition.operator}` does not suit {what}, which {why}"
        self._problems.add(condition.place, "operator", message, f"one of {quoted(sorted(allowed))}")

    def _exists(self, condition: Condition, about: Field) -> Expression | None:
        leaf = Leaf(condition.field, about.sort, Operator.EXISTS)
        if condition.value is None or condition.value is True:
            return leaf
        if condition.value is False:
            return Not(leaf)
        self._problems.add(condition.place, "wrong-type", "`exists` takes no value, or `true` or `false`")
        return None

    def _text(self, condition: Condition) -> Expression | None:
        if condition.operator not in _ON_TEXT:
            self._unsuited(condition, "is a text", _ON_TEXT)
            return None
        value = self._operands.value(condition)
        positive = NEGATIONS.get(condition.operator, condition.operator)
        if value is None or self._operands.leaf(condition, Sort.STRING, value) is None:
            return None
        words = value if isinstance(value, tuple) else (value,)
        texts = tuple(word for word in words if isinstance(word, str))
        if positive not in {Operator.EQ, Operator.IN} and "" in texts:
            self._problems.add(
                condition.value_place or condition.place, "wrong-value", "every text contains the empty string"
            )
            return None
        test = lifted(condition.field, positive, texts if isinstance(value, tuple) else texts[0])
        self._tests[test.id] = test
        leaf = Leaf(f"text.{test.id}", Sort.BOOLEAN, Operator.EQ, value=True)
        return leaf if positive is condition.operator else Not(leaf)


def _dearness(part: Expression) -> int:
    """Return what the dearest fact costs that *part* reads."""
    return cost(part.field) if isinstance(part, Leaf) else max(map(cost, fields(part)), default=0)
