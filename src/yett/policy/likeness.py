"""
Likeness: of rules that differ in their values only, one is read and checked; the others follow from it.

Rules:

1. What a rule means is found out by reading and checking it, as any other is. That is done once for all rules that are the
   same but for names, reasons and values, with a mark in the place of each; wherever marks come out of it just so, and
   nowhere else, the others' values belong there.
2. A value keeps its place only where nothing but its type is looked at. Whatever else a rule says (operators, fields,
   obligations, patterns, networks, texts to be found) is part of what has to be the same.
3. Nothing that is wrong is ever reported from here: at the first problem all of it is left to `yett.policy.reading`. The
   rules as they were written, with their places, are read there too, once somebody asks for them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from yett.model.obligation import Notify, Obligation
from yett.policy.checker import Checker
from yett.policy.clause import Clause
from yett.policy.compiler import CLOSING_RULE, clause_of, closing_of
from yett.policy.documents import Document, Rule
from yett.policy.everyday import is_strange, read_everyday
from yett.policy.expression import And, Expression, Leaf, Not, Operator, Or
from yett.policy.holes import Hole, Holes, filled, holes_of, kind_of, marked, parted, rules_in
from yett.policy.nodes import Items, Table
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems
from yett.policy.reading import read_documents, read_rule
from yett.policy.retelling import Retelling
from yett.policy.shape import Shape
from yett.ports.decider import TextTest

__all__ = ["documents_in", "read_alike"]

_LEAST_RULES = 32
"""Fewer rules are not worth a second look at them."""
_LEAST_ALIKE = 3
"""How many rules there are for each kind of them, at least."""
_PARAMETRIC = frozenset(
    {Operator.EQ, Operator.IN, Operator.CONTAINS, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
)
"""The comparisons whose value is only looked at for its type."""


class _OtherError(Exception):
    """This is to be read as everything else is."""


class _Later(Sequence[Rule]):
    """The rules of a *text* as they were written, read when they are asked for."""

    def __init__(self, text: str, file: str, count: int) -> None:
        self._text = text
        self._file = file
        self._count = count
        self._read: Sequence[Rule] = ()

    def _rules(self) -> Sequence[Rule]:
        if not self._read:
            (document,) = read_documents(self._text, self._file, Problems())
            self._read = document.rules
        return self._read

    @overload
    def __getitem__(self, place: int) -> Rule: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Rule]: ...
    def __getitem__(self, place: int | slice) -> Rule | Sequence[Rule]:
        return self._rules()[place]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def documents_in(text: str, file: str, problems: Problems) -> tuple[Document, ...]:
    """Read the documents of one file, as `read_documents` does; what is alike in them, only once."""
    with collector_paused():
        alike = read_alike(text, file)
    return read_documents(text, file, problems) if alike is None else (alike,)


def read_alike(text: str, file: str) -> Document | None:
    """Read the one document in *text*, whose rules are much alike; None where that is not for sure."""
    found = parted(text)
    if found is None or is_strange(text):
        return None
    holes = Holes()
    rules = [holes_of(rule, holes) for rule in rules_in(found.rules, found.indent)]
    kinds = [kind_of(parts, each) for parts, each in rules]
    if len(rules) < _LEAST_RULES or len(set(kinds)) * _LEAST_ALIKE > len(rules):
        return None
    problems = Problems()
    documents = read_documents(found.rest, file, problems, apart=True)
    if problems or len(documents) != 1:
        return None
    try:
        meaning = _Reader(documents[0], file).meaning(rules, kinds)
    except _OtherError:
        return None
    named = {clause.rule for clause in meaning[0]} - {CLOSING_RULE}
    if any(case.rules and not case.rules <= named for case in documents[0].cases):
        return None
    document = replace(documents[0], rules=_Later(text, file, len(rules)))
    object.__setattr__(document, "meaning", meaning)
    return document


class _Reader:
    """The rules of one *document*, whose other parts are read."""

    def __init__(self, document: Document, file: str) -> None:
        self._document = document
        self._file = file
        self._constants = dict(document.constants)
        self._tests: dict[str, TextTest] = {}
        self._models: dict[str, _Model | None] = {}

    def meaning(
        self, rules: Sequence[tuple[list[str], list[Hole]]], kinds: Sequence[str]
    ) -> tuple[list[Clause], Mapping[str, TextTest]]:
        """Return what `yett.policy.compiler` finds out about the *rules*."""
        clauses, names = [], set[str]()
        for (parts, holes), kind in zip(rules, kinds, strict=True):
            if kind not in self._models:
                self._models[kind] = self._model(parts, holes)
            model = self._models[kind]
            clause = self._read(filled(parts), self._tests) if model is None else model.clause(holes)
            if clause is not None:
                clauses.append(clause)
                names.add(clause.rule)
        if len(names) < len(rules):
            raise _OtherError
        return clauses + closing_of(self._document, clauses), self._tests

    def _read(self, text: str, tests: dict[str, TextTest]) -> Clause | None:
        """Read and check one rule."""
        nodes = read_everyday(f"rules:\n{text}", self._file)
        match nodes:
            case (Table(entries=((_, Items(items=(node,))),)),):
                problems = Problems()
                rule = read_rule(Shape(problems), node)
                if rule is None or problems:
                    raise _OtherError
                clause = clause_of(self._document, rule, Checker(problems, self._constants), problems, tests)
                if clause is None or problems or not rule.enabled:
                    raise _OtherError
                return clause
        raise _OtherError

    def _model(self, parts: list[str], holes: Sequence[Hole]) -> "_Model | None":
        """Read a rule with marks in its *holes*; None where they do not come out of it as they went in."""
        marks = [marked(hole, number) for number, hole in enumerate(holes)]
        text = list(parts)
        text[1::2] = [mark.text for mark in marks]
        tests: dict[str, TextTest] = {}
        try:
            clause = self._read(filled(text), tests)
        except _OtherError:
            return None
        if clause is None or tests:
            return None
        model = _Model(clause, marks)
        return model if model.whole else None


class _Model:
    """What rules that are alike mean: the *clause* of one with *marks* in its holes."""

    def __init__(self, clause: Clause, marks: Sequence[Hole]) -> None:
        self._clause = clause
        self._by_text = {mark.text: place for place, mark in enumerate(marks) if mark.value is not None}
        self._by_value = {
            (type(mark.value), mark.value): place for place, mark in enumerate(marks) if mark.value is not None
        }
        self._places: list[int] = []
        self._name = self._named(clause.rule)
        self._text = self._named(clause.text)
        self._condition = self._planned(clause.condition)
        self._obligations = [self._owed(each) for each in clause.obligations]
        self._same = None if any(place is not None for _, place in self._obligations) else clause.obligations
        self._retelling = Retelling(clause, len(marks))
        # A mark that is anywhere else, or shows through a number that was made of it, means that more depends on it.
        self.whole = set(self._places) == set(self._by_text.values()) and len(self._places) == len(self._retelling)
        """Whether every mark is accounted for."""

    def _named(self, text: str) -> int | None:
        """Return whose mark a *text* is; None where it is the same for all."""
        place = self._by_text.get(text)
        if place is not None:
            self._places.append(place)
        return place

    def _planned(self, expression: Expression) -> "_Plan":
        if isinstance(expression, Leaf):
            place = self._by_value.get((type(expression.value), expression.value))  # type: ignore[arg-type]
            if place is None or expression.operator not in _PARAMETRIC:
                return _Plan(expression)
            self._places.append(place)
            return _Plan(expression, place)
        if isinstance(expression, And | Or):
            parts = tuple(self._planned(part) for part in expression.parts)
            return _Plan(expression, parts=parts if any(part.differs for part in parts) else ())
        if isinstance(expression, Not):
            part = self._planned(expression.part)
            return _Plan(expression, parts=(part,) if part.differs else ())
        return _Plan(expression)

    def _owed(self, obligation: Obligation) -> tuple[Obligation, int | None]:
        message = obligation.message if isinstance(obligation, Notify) else ""
        return obligation, self._named(message)

    def _owing(self, holes: Sequence[Hole]) -> tuple[Obligation, ...]:
        return tuple(
            [
                each if place is None else Notify(each.channel, holes[place].text)  # type: ignore[union-attr]
                for each, place in self._obligations
            ]
        )

    def clause(self, holes: Sequence[Hole]) -> Clause:
        """Return the clause of a rule that has these *holes*."""
        alike = self._clause
        return alike.alike(
            alike.rule if self._name is None else holes[self._name].text,
            self._condition.expression(holes),
            alike.text if self._text is None else holes[self._text].text,
            self._same if self._same is not None else self._owing(holes),
            self._retelling.of(holes),
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How an expression follows from what is in the holes of a rule."""

    model: Expression
    place: int | None = None
    """The hole that the value of a comparison is in."""
    parts: tuple["_Plan", ...] = ()
    known: dict[str, Leaf] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether it is not the same for all."""
        return self.place is not None or bool(self.parts)

    def expression(self, holes: Sequence[Hole]) -> Expression:
        """Return the expression of a rule that has these *holes*."""
        if not self.parts:
            return self.model if self.place is None else self._leaf(holes[self.place])
        parts = []
        for part in self.parts:
            if part.place is None:
                parts.append(part.expression(holes) if part.parts else part.model)
            else:
                hole = holes[part.place]
                parts.append(part.known.get(hole.text) or part._leaf(hole))  # noqa: SLF001 - another of our own
        model = self.model
        return Not(parts[0]) if isinstance(model, Not) else type(model)(tuple(parts))  # type: ignore[arg-type,call-arg]

    def _leaf(self, hole: Hole) -> Expression:
        leaf = self.known.get(hole.text)
        if leaf is None:
            leaf = self.known[hole.text] = self.model.alike(hole.value)  # type: ignore[union-attr,arg-type]  # one with a place is a leaf
        return leaf
