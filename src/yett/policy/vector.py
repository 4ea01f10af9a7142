"""
Vector: the facts that a policy read, in a form that a record may hold, and back.

Rules:

1. No text gets in, and nothing that may tell of a person: of a sensitive field there is a keyed digest for each value, so
   that equality can be asked later, and nothing else.
2. What was not looked at is not in it, and neither is a computed fact that is zero, false or empty, for that is the everyday
   case: the judgement names it beside the vector. None is a fact that nobody stated; an object is one without a value, such as what
   a detector that failed should have told; `{"decimal": "…"}` is a number that no float is written as.
3. What is usual to ask about is kept whether rules read it or not, as far as anybody stated it, so that most candidates
   can be asked about it later; a mark beside it says so.
4. A policy is asked about a vector as it is asked about an exchange, and a fact that is not there is told, never guessed.
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

__all__ = ["MARK", "VectorFacts", "Vectors", "blinded", "redactions_told"]

_Digest = Callable[[str], str]
_EVERYTHING = "*"
"""What the costly facts of a judgement hold where nothing at all was found."""
_KEPT = "record"
"""What there is not of a fact that JSON cannot hold."""
MARK = "*"
"""What says, within a vector, that the usual facts that are not there were stated by nobody."""
_EDITION = 1
"""Which facts are usual; the marks of other editions promise nothing."""
_USUAL = frozenset(
    {
        *(f"llm.{name}" for name in ("provider", "model", "maxTokens", "promptLength", "messageCount")),
        *(f"user.{name}" for name in ("roles", "permissions", "recentDenials", "recentRisk")),
        *(f"team.{name}" for name in ("id", "name", "tier")),
        *(f"project.{name}" for name in ("id", "name", "environment")),
        *("request.hour", "request.date", "tool.name", "tool.names"),
    }
)
_MOST_KEPT = 16
"""Longer lists of what is usual are not kept: records stay small."""
_MOST_PLANS = 256
_BITS = 63
"""Integers of more bits have no place in JSON as it is written here."""


class _Step(NamedTuple):
    """A field that is simply there, and how it is written."""

    name: str
    path: tuple[str, ...]
    plain: bool
    """It is not sensitive."""
    read: bool
    """Rules read it."""


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
        vector: dict[str, object] = {MARK: _EDITION}
        for name, path, plain, is_read in plan:
            value: object = known
            for step in path:
                value = value.get(step) if isinstance(value, Mapping) else None
            if not is_read and (value is None or (isinstance(value, list | tuple) and len(value) > _MOST_KEPT)):
                if value is not None:
                    vector[name] = {"no": _KEPT}
            elif value is None or (plain and isinstance(value, str) and type(value) is str and value.isascii()):
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
        free = sorted(name for name in reads | _USUAL if not cost(name))
        plan = self._plans[reads] = tuple(
            _Step(name, tuple(name.split(".")), not _sensitive(name), name in reads) for name in free
        )
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

    __slots__ = ("_computed", "_everything", "_lost", "_usual", "_values", "known", "lacking")

    def __init__(self, vector: Mapping[str, object], costly: Iterable[str] = ()) -> None:
        """Answer from *vector*; *costly* are the facts that were computed, as the judgement names them."""
        values, known, lost = dict[str, object](), dict[str, object](), set[str]()
        self._usual = vector.get(MARK) == _EDITION
        for name, written in vector.items():
            kind = type(written)
            if kind in _AS_IT_IS:
                value = written
            elif written is None:
                values[name] = Unknown.MISSING
                continue
            elif isinstance(written, list) and {type(each) for each in written} <= {str}:
                value = tuple(written)
            elif _is_lost(written):
                lost.add(name)
                continue
            else:
                value = _read_back(written)
            values[name] = value
            head, _, last = name.partition(".")
            # Nearly all names have two parts.
            below = known.setdefault(head, {}) if last and "." not in last else None
            if isinstance(below, dict):
                below[last] = value
            else:
                _put(known, name, value)
        values.pop(MARK, None)
        known.pop(MARK, None)
        self._values = values
        self._lost = lost
        self._computed = frozenset(costly) - lost
        self._everything = _EVERYTHING in self._computed
        self.lacking = ""
        self.known = known

    def whole(self, costly: Iterable[str]) -> Mapping[str, object] | None:
        """Return all facts as nested mappings, those that are *costly*, too; None where one of them was not found out."""
        for name in costly:
            if name not in self._values:
                if name not in self._computed and not (self._everything and _counts(name)):
                    return None
                _put(self.known, name, nothing_found(name))
        return self.known

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
        for name in free:
            if name not in self._values and (name in self._lost or not self._usual or name not in _USUAL):
                return name
        return next((name for name in hidden if not absent(self._values.get(name))), "")


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


_AS_IT_IS = frozenset({str, int, float, bool})
"""What means in a vector what it means to policy."""


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


def _put(known: dict[str, object], name: str, value: object) -> None:
    """Put the fact *name* into the nested mappings *known*."""
    head, _, last = name.partition(".")
    place = known
    while last:
        below = place.get(head)
        if not isinstance(below, dict):
            if below is not None:
                return
            below = place[head] = {}
        place = below
        head, _, last = last.partition(".")
    place[head] = value


def _sensitive(name: str) -> bool:
    about = field(name)
    return about is None or about.sensitive


def _counts(name: str) -> bool:
    """Say whether *name* counts findings of detectors that every policy shares: conditions on text are a policy's own."""
    about = field(name)
    return about is not None and about.findings and not name.startswith("text.")
