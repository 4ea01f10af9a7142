"""Language: how conditions are written in languages that resemble each other, and what cannot be said in each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from yett.adapters.peers.peer import LARGEST, SMALLEST, Untold
from yett.policy.expression import And, Each, Expression, Leaf, Literal, Networks, Not, Operator, Or, Pattern
from yett.policy.values import Scalar, Sort

__all__ = ["CEL", "SAME", "Language", "number", "quoted"]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        "and as break const continue contains default else every false for function has if import in is like "
        "let loop namespace not null or package return some then true var void while with",
    )
)
"""Words that are no names in one of the languages."""

SAME: Mapping[Operator, str] = MappingProxyType(
    {
        Operator.EQ: "{field} == {value}",
        Operator.GT: "{field} > {value}",
        Operator.GTE: "{field} >= {value}",
        Operator.LT: "{field} < {value}",
        Operator.LTE: "{field} <= {value}",
        Operator.BETWEEN: "({low} <= {field} && {field} <= {high})",
        Operator.IN: "{field} in {value}",
    }
)
"""Comparisons as nearly every language writes them."""


def quoted(text: str) -> str:
    """Return *text* as JSON, and so many languages, quote it."""
    return json.dumps(text, ensure_ascii=False)


def number(value: float | Decimal, *, fraction: bool) -> str:
    """
    Return a number as it is written; where its field has a *fraction* somewhere, with a point.

    Raises:
        Untold: it is a whole number of more than 64 bits, which few languages have.
    """
    if fraction or not isinstance(value, int):
        return repr(float(value))
    if not SMALLEST <= value <= LARGEST:
        raise Untold(f"whole numbers have 64 bits at most, `{value}` has more")
    return str(value)


@dataclass(frozen=True, slots=True)
class Language:
    """
    The words of a language.

    In the phrases stand `{field}` and `{value}`, and for some `{low}` and `{high}`, `{network}`, a text as `{pattern}` with
    its asterisks taken literally, or `{element}` and `{inner}`. What has no phrase cannot be said.
    """

    name: str
    root: str
    """What stands before the first name of a field."""
    phrases: Mapping[Operator, str]
    fractions: Mapping[Operator, str] = field(default_factory=dict)
    """Other phrases, for numbers that may have fractions."""
    listed: str = ""
    """A list contains a value."""
    within: str = ""
    """A text contains another."""
    step: str = ""
    """A name is there in what stands `{above}` it, as `{path}`; for `exists`."""
    some: str = ""
    """A condition holds for an element of a list."""
    every: str = ""
    """It does for all of them."""
    element: str = "e"
    """What an element of a list is called."""
    joints: tuple[str, str, str] = (" && ", " || ", "!")
    """And, or, not."""
    truths: tuple[str, str] = ("false", "true")
    subscript: str = '{above}["{name}"]'
    """A name that is no plain word."""
    text: Callable[[str], str] = quoted
    """How texts are quoted."""
    amount: Callable[..., str] = number

    def write(self, condition: Expression, fractions: frozenset[str]) -> str:
        """
        Say *condition*; the numbers of the fields among *fractions* may have fractions.

        Raises:
            Untold: it cannot be said.
        """
        both, either, never = self.joints
        match condition:
            case And(parts) | Or(parts) if not parts:
                return self.truths[isinstance(condition, And)]
            case And(parts):
                return "(" + both.join(self.write(part, fractions) for part in parts) + ")"
            case Or(parts):
                return "(" + either.join(self.write(part, fractions) for part in parts) + ")"
            case Not(part):
                return f"{never}({self.write(part, fractions)})"
            case Leaf() | Each():
                return self.literal(condition, fractions)

    def literal(self, literal: Literal, fractions: frozenset[str]) -> str:
        """
        Say one comparison, or what is asked of the elements of a list.

        Raises:
            Untold: it cannot be said.
        """
        path = self.path(literal.field)
        if isinstance(literal, Each):
            phrase = self._have(self.every if literal.every else self.some, "the elements of a list")
            return phrase.format(field=path, element=self.element, inner=self.write(literal.inner, fractions))
        if literal.operator is Operator.EXISTS:
            return self._there(literal.field)
        phrase, value = self._phrase(literal, fractions), literal.value
        if isinstance(value, Networks):
            parts = [phrase.format(field=path, network=self.text(text)) for text in value.texts]
            return "(" + self.joints[1].join(parts) + ")"
        said = {"field": path, "value": self._value(value, literal.field in fractions)}
        if isinstance(value, tuple) and literal.operator is Operator.BETWEEN:
            said["low"], said["high"] = (self._value(each, literal.field in fractions) for each in value)
        if isinstance(value, str) and "{pattern}" in phrase:
            said["pattern"] = self.text(value)[1:-1].replace("*", r"\*")
        return phrase.format(**said)

    def path(self, field: str) -> str:
        """
        Return the way to *field*; without a name, to the element of a list.

        Raises:
            Untold: the language has no way there.
        """
        if not field:
            return self.element
        path = self.root
        for name in field.split("."):
            path = self._below(path, name)
        return path

    def _below(self, above: str, name: str) -> str:
        if _WORD.fullmatch(name) and name not in _RESERVED:
            return f"{above}.{name}" if above else name
        if not above or not self.subscript:
            raise Untold(f"{self.name} has no way to a name such as `{name}`")
        return self.subscript.format(above=above, name=name)

    def _there(self, field: str) -> str:
        phrase, path = self._have(self.step, "`exists`"), self.root
        said = []
        for name in field.split("."):
            below = self._below(path, name)
            if path:  # what stands first is always there
                said.append(phrase.format(above=path, name=self.text(name), path=below))
            path = below
        if not said:
            raise Untold(f"{self.name} has no `exists` for a name without another above it")
        return "(" + self.joints[0].join(said) + ")"

    def _phrase(self, leaf: Leaf, fractions: frozenset[str]) -> str:
        if leaf.operator is Operator.CONTAINS:
            if leaf.sort is Sort.ANY and self.listed != self.within:
                raise Untold(f"{self.name} must know whether `{leaf.field}` is a text or a list")
            return self._have(self.listed if leaf.sort is Sort.STRINGS else self.within, "`contains`")
        phrase = self.fractions.get(leaf.operator) if leaf.field in fractions else None
        return phrase or self._have(self.phrases.get(leaf.operator, ""), f"`{leaf.operator}`")

    def _have(self, phrase: str, what: str) -> str:
        if not phrase:
            raise Untold(f"{self.name} has nothing for {what}")
        return phrase

    def _value(self, value: Scalar | tuple[Scalar, ...] | Pattern | None, fraction: bool) -> str:  # noqa: FBT001
        if isinstance(value, tuple):
            return "[" + ", ".join(self._value(each, fraction) for each in value) + "]"
        if isinstance(value, bool):
            return self.truths[value]
        if isinstance(value, Pattern):
            return self.text(value.text)
        if isinstance(value, str):
            return self.text(value)
        return self.amount(value, fraction=fraction)


CEL = Language(
    name="CEL",
    root="",
    phrases=MappingProxyType(
        {
            **SAME,
            Operator.STARTS_WITH: "{field}.startsWith({value})",
            Operator.ENDS_WITH: "{field}.endsWith({value})",
            Operator.MATCHES: "{field}.matches({value})",
        }
    ),
    listed="{value} in {field}",
    within="{field}.contains({value})",
    step="has({path})",
    some="{field}.exists({element}, {inner})",
    every="{field}.all({element}, {inner})",
)
"""The Common Expression Language (https://cel.dev), with fields as variables."""
