"""
Relations: what fields, values and sizes say about each other in CEL, as conditions.

Where a field may hold several types, an operator is put so that it asks only the type for which CEL has it.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import re2

from yett.model.errors import Place
from yett.policy.documents import Condition, Written
from yett.policy.expression import Operator
from yett.policy.schema import field
from yett.policy.tokens import MalformedError, OutsideError, Token
from yett.policy.values import Sort

__all__ = ["METHODS", "RELATIONS", "Given", "Named", "Operand", "Relations", "Size"]

RELATIONS = MappingProxyType(
    {
        "==": Operator.EQ,
        "!=": Operator.NE,
        "<": Operator.LT,
        "<=": Operator.LTE,
        ">": Operator.GT,
        ">=": Operator.GTE,
        "in": Operator.IN,
    }
)
_TURNED = MappingProxyType(
    {Operator.LT: Operator.GT, Operator.LTE: Operator.GTE, Operator.GT: Operator.LT, Operator.GTE: Operator.LTE}
)
"""What an order says when its sides change places."""
_EMPTY = frozenset({(Operator.EQ, 0), (Operator.LT, 1), (Operator.LTE, 0)})
_FILLED = frozenset({(Operator.NE, 0), (Operator.GT, 0), (Operator.GTE, 1)})
"""The comparisons of a size that ask whether it is zero, and whether it is not."""
METHODS = MappingProxyType(
    {
        "contains": Operator.CONTAINS,
        "startsWith": Operator.STARTS_WITH,
        "endsWith": Operator.ENDS_WITH,
        "matches": Operator.MATCHES,
    }
)


class Named(NamedTuple):
    """A field."""

    at: int
    name: str


class Given(NamedTuple):
    """A literal, a list of literals, or a constant."""

    at: int
    value: Written


class Size(NamedTuple):
    """How much a field holds."""

    at: int
    of: Named


Operand = Condition | Named | Given | Size


class Relations:
    """Make conditions of operands; *place* tells where an offset is."""

    def __init__(self, place: Callable[[int], Place]) -> None:
        self._place = place

    def asked(self, of: Named, at: int, name: str, given: Given) -> Condition:
        """Return the condition that the text *of* fulfils *name*; lists have no such functions in CEL."""
        about, operator = field(of.name), METHODS[name]
        if about and about.sort is Sort.STRINGS:
            hint = f'`"…" in {of.name}` asks what it holds' if operator is Operator.CONTAINS else ""
            raise OutsideError(at, f"`{of.name}` is a list, and `{name}` asks a string", hint)
        if about and about.sort is Sort.ANY and operator is Operator.CONTAINS:
            # Our `contains` would ask a list, too; a pattern asks strings alone.
            if not isinstance(given.value, str):
                raise OutsideError(given.at, f"`{of.name}` may be of any type, so the text must be written out here")
            return self._leaf(of, Operator.MATCHES, Given(given.at, re2.escape(given.value)))
        return self._leaf(of, operator, given)

    def _leaf(self, of: Named, operator: Operator, given: Given) -> Condition:
        place = self._place(of.at)
        return Condition(place, operator, of.name, place, given.value, self._place(given.at))

    def condition(self, operand: Operand) -> Condition:
        """Return *operand* as something that holds or does not."""
        match operand:
            case Condition():
                return operand
            case Named(at, name):
                about = field(name)
                if about and about.sort is not Sort.BOOLEAN:
                    raise OutsideError(at, f"`{name}` is not known to be a boolean", f"such as `{name} == true`")
                return self._leaf(operand, Operator.EQ, Given(at, value=True))
            case Given(at):
                raise OutsideError(at, "a value is no condition", "compare it with a field")
            case Size(at):
                raise MalformedError(at, "a size is no condition", "such as `… == 0`")

    def compared(self, left: Operand, operator: Operator, right: Operand, sign: Token) -> Condition:
        """Return the condition that *left* is to *right* as *operator*, written as *sign*, says."""
        match left, right:
            case Named(), Given():
                return self._leaf(left, operator, right)
            case Given(), Named():
                if operator is Operator.IN:
                    return self._held(left, right)
                return self._leaf(right, _TURNED.get(operator, operator), left)
            case Size(), Given():
                return self._sized(left, operator, right)
            case Given(), Size() if operator is not Operator.IN:
                return self._sized(right, _TURNED.get(operator, operator), left)
            case Named(), Named():
                raise OutsideError(sign.at, "two fields cannot be compared", "compare a field with a value")
            case _:
                hint = "a boolean field is asked by its name, or by `!` and its name"
                raise OutsideError(sign.at, f"`{sign.text}` compares a field and a value here", hint)

    def _held(self, given: Given, of: Named) -> Condition:
        """Return the condition that the list *of* holds a value."""
        about = field(of.name)
        if about and about.sort is Sort.ANY:
            place = self._place(of.at)
            inner = Condition(place, Operator.EQ, value=given.value, value_place=self._place(given.at))
            return Condition(place, Operator.ANY, of.name, place, inner=inner)
        if about and about.sort is not Sort.STRINGS:
            hint = f"`{of.name}.contains(…)` asks a string" if about.sort is Sort.STRING else ""
            raise OutsideError(of.at, f"`in` asks a list, and `{of.name}` is a {about.sort}", hint)
        return self._leaf(of, Operator.CONTAINS, given)

    def _sized(self, size: Size, operator: Operator, given: Given) -> Condition:
        """Return the condition that a field holds nothing, or something."""
        of, about = size.of, field(size.of.name)
        asked = (operator, given.value)
        whole = isinstance(given.value, int) and not isinstance(given.value, bool)
        if not whole or asked not in _EMPTY | _FILLED:
            raise OutsideError(size.at, "a size can only be asked whether it is zero", "`size() == 0` or `size() > 0`")
        place = self._place(of.at)
        if about and about.sort is Sort.STRINGS:
            some = Condition(place, Operator.MATCHES, value="", value_place=place)
            holds = Condition(place, Operator.ANY, of.name, place, inner=some)
            return holds if asked in _FILLED else Condition(place, Operator.NOT, parts=(holds,))
        if about and about.sort is Sort.ANY:
            hint = f'`{of.name} == ""` asks whether a text is empty'
            raise OutsideError(size.at, f"nobody says whether `{of.name}` is a text or a list", hint)
        if about and about.sort is not Sort.STRING:
            raise OutsideError(size.at, f"`{of.name}` is a {about.sort}, and has no size")
        return self._leaf(of, Operator.EQ if asked in _EMPTY else Operator.NE, Given(given.at, ""))
