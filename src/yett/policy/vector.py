"""
Vector: the facts that a policy read, in a form that a record may hold, and back.

Rules:

1. No text gets in, and nothing that may tell of a person: of a sensitive field there is a keyed digest for each value, so
   that equality can be asked later, and nothing else.
2. What was not looked at is not in it, and neither is a computed fact that is zero, false or empty, for that is the everyday
   case: the judgement names it beside the vector. None is a fact that nobody stated; an object is one without a value, such as what
   a detector that failed should have told; `{"decimal": "…"}` is a number that no float is written as.
3. A policy is asked about a vector as it is asked about an exchange, and a fact that is not there is told, never guessed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from yett.model.obligation import Obligation, Redact
from yett.model.unknown import Unknown
from yett.policy.clause import Clause
from yett.policy.expression import And, Each, Expression, Leaf, Not, Operator, Or
from yett.policy.program import Program
from yett.policy.schema import cost, field, nothing_found
from yett.policy.values import Scalar, Sort, absent, read, sort_of

__all__ = ["VectorFacts", "Vectors", "blinded", "redactions_told"]

_Digest = Callable[[str], str]
_EVERYTHING = "*"
"""What the costly facts of a judgement hold where nothing at all was found."""
_KEPT = "record"
"""What there is not of a fact that JSON cannot hold."""
_MOST_PLANS = 256
_BITS = 63
"""Integers of more bits have no place in JSON as it is written here."""


class _Step(NamedTuple):
    """A field that is simply there, and how it is written."""

    name: str
    path: tuple[str, ...]
    plain: bool
    """It is not sensitive."""


class Vectors:
    """Writes vectors; what depends on the rules alone is prepared when they first decide."""

    def __init__(self, digest: _Digest) -> None:
        """Hide what is sensitive behind *digest*."""
        self._digest = digest
        self._plans: dict[frozenset[str], tuple[_Step, ...]] = {}

    def of(self, reads: frozenset[str], known: Mapping[str, object], found: Mapping[str, object]) -> dict[str, object]:
        """Return what is *known* of the fields that rules read, and what was *found* out for them."""
        plan = self._plans.get(reads)
        if plan is None:
            plan = self._plan(reads)
        vector: dict[str, object] = {}
        for name, path, plain in plan:
            value: object = known
            for step in path:
                value = value.get(step) if isinstance(value, Mapping) else None
            if value is None or (plain and isinstance(value, str) and type(value) is str and value.isascii()):
                vector[name] = value
            else:
                vector[name] = self._written(name, value)
        for name, value in found.items():
            if value or value is None:
                vector[name] = value if value is True else self._written(name, value)
        return vector

    def _plan(self, reads: frozenset[str]) -> tuple[_Step, ...]:
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        free = sorted(name for name in reads if not cost(name))
        plan = self._plans[reads] = tuple(_Step(name, tuple(name.split(".")), not _sensitive(name)) for name in free)
        return plan

    def _written(self, name: str, raw: object) -> object:
        if absent(raw):
            return None
        about = field(name)
        # Of another sort it has no value; behind a digest that could not be seen any more.
        value = read(raw, about.sort if about else Sort.ANY)
        sensitive = _sensitive(name)
        if value is None:
            return {"no": "value"} if raw is not Unknown.UNAVAILABLE else {"no": Unknown.UNAVAILABLE.value}
        if isinstance(value, tuple):
            return [self._scalar(each, sensitive=sensitive) for each in value]
        return self._scalar(value, sensitive=sensitive)

    def _scalar(self, value: Scalar, *, sensitive: bool) -> object:
        if sensitive:
            return self._digest(_canonical(value))
        if isinstance(value, str) and not _is_writable(value):
            return {"no": _KEPT}
        return {"decimal": str(value)} if isinstance(value, Decimal) or _long(value) else value


class VectorFacts:
    """A vector, as facts to decide by; `lacking` is the first field that policy asked for and that is not there."""

    __slots__ = ("_computed", "_everything", "_values", "known", "lacking")

    def __init__(self, vector: Mapping[str, object], costly: Iterable[str] = ()) -> None:
        """Answer from *vector*; *costly* are the facts that were computed, as the judgement names them."""
        lost = {name for name, value in vector.items() if _is_lost(value)}
        self._values = {name: _read_back(value) for name, value in vector.items() if name not in lost}
        self._computed = frozenset(costly) - lost
        self._everything = _EVERYTHING in self._computed
        self.lacking = ""
        self.known: Mapping[str, object] = _nested(self._values)

    def demand(self, field: str) -> object:
        """Return the costly fact *field*, as far as it was found out."""
        if field in self._values:
            return self._values[field]
        if field in self._computed or (self._everything and _counts(field)):
            return nothing_found(field)
        self.lacking = self.lacking or field
        return Unknown.UNAVAILABLE

    def quiet(self, fields: tuple[str, ...]) -> bool:
        """Say whether nothing was found of what *fields* count."""
        return self._everything and all(map(_counts, fields))

    def gap(self, free: Iterable[str], hidden: Iterable[str]) -> str:
        """Return the first of the fields *free* that was not kept, or of those *hidden* that only a digest was kept of."""
        absent_one = next((name for name in free if name not in self._values), "")
        return absent_one or next((name for name in hidden if not absent(self._values.get(name))), "")


def blinded(program: Program, digest: _Digest) -> tuple[Program, frozenset[str]]:
    """Return *program* as it asks about digests, and the fields that it asks more of than whether they are equal."""
    hidden: set[str] = set()
    clauses = [_blind(clause, digest, hidden) for clause in program.clauses]
    return Program(clauses, program.text_tests, program.revision), frozenset(hidden)


def redactions_told(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """Tell what is to be rewritten, in few words."""
    return tuple(sorted({_told(each) for each in obligations if isinstance(each, Redact)}))


def _told(redact: Redact) -> str:
    origins = f" from {','.join(sorted(redact.origins))}" if redact.origins else ""
    return f"{redact.kind} {redact.how}{origins}"


def _blind(clause: Clause, digest: _Digest, hidden: set[str]) -> Clause:
    if not any(map(_sensitive, clause.fields)):
        return clause
    return replace(clause, condition=_expression(clause.condition, "", digest, hidden))


def _expression(expression: Expression, within: str, digest: _Digest, hidden: set[str]) -> Expression:
    """Return *expression* about digests; *within* is the list field that its leaves mean elements of."""
    match expression:
        case And(parts):
            return And(tuple(_expression(part, within, digest, hidden) for part in parts))
        case Or(parts):
            return Or(tuple(_expression(part, within, digest, hidden) for part in parts))
        case Not(part):
            return Not(_expression(part, within, digest, hidden))
        case Each() if _sensitive(expression.field):
            return replace(expression, inner=_expression(expression.inner, expression.field, digest, hidden))
        case Leaf() if within or _sensitive(expression.field):
            return _leaf(expression, within or expression.field, digest, hidden)
        case _:
            return expression


def _leaf(leaf: Leaf, name: str, digest: _Digest, hidden: set[str]) -> Leaf:
    asks_equality = leaf.operator in {Operator.EQ, Operator.IN} or (
        leaf.operator is Operator.CONTAINS and leaf.sort is Sort.STRINGS
    )
    if leaf.operator is Operator.EXISTS:
        return leaf
    if not asks_equality:
        hidden.add(name)
        return leaf
    if isinstance(leaf.value, tuple):
        return replace(leaf, value=tuple(digest(_canonical(each)) for each in leaf.value))
    return replace(leaf, value=digest(_canonical(leaf.value))) if isinstance(leaf.value, _SCALARS) else leaf


_SCALARS = (str, int, float, bool, Decimal)


def _canonical(value: Scalar) -> str:
    """Return one text for all scalars that are the same."""
    if sort_of(value) is not Sort.NUMBER:
        return f"{sort_of(value)}\0{value}"
    number = Decimal(repr(value) if isinstance(value, float) else value)
    return f"number\0{number.normalize() if number else 0}"  # there is one zero, and no negative one


def _long(value: Scalar) -> bool:
    """Say whether JSON has no room for the integer *value*, or for the infinite float."""
    return (type(value) is int and value.bit_length() > _BITS) or (type(value) is float and abs(value) == float("inf"))


def _is_writable(text: str) -> bool:
    """Say whether JSON can hold *text*: it has no half characters."""
    return text.isascii() or text.isprintable() or text.encode("utf-8", "replace").decode() == text


def _is_lost(value: object) -> bool:
    """Say whether *value* could not be kept."""
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, dict) and part.get("no") == _KEPT for part in parts)


def _read_back(value: object) -> object:
    if isinstance(value, list):
        return tuple(map(_read_back, value))
    if not isinstance(value, dict):
        return Unknown.MISSING if value is None else value
    if "decimal" in value:
        return Decimal(value["decimal"])
    return Unknown.UNAVAILABLE if value.get("no") == Unknown.UNAVAILABLE.value else value


def _nested(values: Mapping[str, object]) -> dict[str, object]:
    known: dict[str, object] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        place = known
        for step in above:
            below = place.setdefault(step, {})
            place = below if isinstance(below, dict) else {}
        if value is not Unknown.MISSING:
            place[last] = value
    return known


def _sensitive(name: str) -> bool:
    about = field(name)
    return about is None or about.sensitive


def _counts(name: str) -> bool:
    """Say whether *name* counts findings of detectors that every policy shares: conditions on text are a policy's own."""
    about = field(name)
    return about is not None and about.findings and not name.startswith("text.")
