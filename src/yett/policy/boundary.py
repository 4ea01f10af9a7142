"""
Boundary: propose test cases at the edges of what rules ask.

For each way in which a rule can match there is one case that just matches, and, for each comparison in it, one that just
does not. What is expected is what the policies decide today: whether that is what they should decide is for their author
to say.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.changes import candidates, worded
from yett.policy.clause import Clause
from yett.policy.compiler import CLOSING_RULE
from yett.policy.contexts import Texts
from yett.policy.expression import Leaf, Operator
from yett.policy.interpreter import Look, decide, judge, lookup
from yett.policy.normal import Term, conjuncts
from yett.ports.decider import TextTest

__all__ = ["Proposed", "nested", "propose"]

_STEP = Decimal(1)
_Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A case that could be added: *given* flat facts, what is decided about them, and what it is there for."""

    name: str
    stage: Stage
    given: Mapping[str, object]
    effect: Effect
    rules: tuple[str, ...]


def propose(
    clauses: Sequence[Clause], tests: Iterable[TextTest] = (), about: Iterable[Clause] | None = None
) -> Iterator[Proposed]:
    """
    Propose cases for *clauses*, or only for those they are *about*; the conditions on text are *tests*.

    Conditions that cannot be met by facts are left out.
    """
    tests = tuple(tests)
    asked = {f"text.{test.id}": test for test in tests}
    answered = Texts(tests).answered
    seen = set()
    for clause in clauses if about is None else about:
        if clause.rule == CLOSING_RULE:
            continue
        stage = Stage.REQUEST if Stage.REQUEST in clause.stages else min(clause.stages)
        others = [each for each in clauses if stage in each.stages]
        for name, edge in _situations(clause, asked):
            facts = _calmed(edge, [each for each in others if each is not clause], asked)
            key = (stage, repr(sorted(facts.items())))
            if key not in seen:
                seen.add(key)
                decision = decide(others, _looking_at(answered(nested(facts))))
                certain = {reason.rule for reason in decision.reasons if not reason.unknown} - {CLOSING_RULE}
                yield Proposed(name, stage, facts, decision.effect, tuple(sorted(certain)))


def _looking_at(known: Mapping[str, object]) -> Look:
    return lambda field: lookup(known, field)


def _calmed(facts: _Facts, others: Iterable[Clause], asked: Mapping[str, TextTest]) -> _Facts:
    """Add to *facts* what keeps *others* from matching for want of facts, where that can be said."""
    for clause in others:
        for conjunct in conjuncts(clause.condition) or ():
            free = [Term(term.literal, not term.positive) for term in conjunct if term.literal.field not in facts]
            if len(free) == len(conjunct):
                facts = next(({**added, **facts} for term in free if (added := _meeting([term], asked))), facts)
    return facts


def _situations(clause: Clause, asked: Mapping[str, TextTest]) -> Iterator[tuple[str, _Facts]]:
    """Yield facts on both sides of each edge of *clause*, and what they are there for."""
    for conjunct in conjuncts(clause.condition) or ():
        facts = _meeting(conjunct, asked)
        if facts is None:
            continue
        yield f"{clause.rule} just matches", facts
        for index, term in enumerate(conjunct):
            contrary = (*conjunct[:index], Term(term.literal, not term.positive), *conjunct[index + 1 :])
            other = _meeting(contrary, asked)
            if other is not None:
                words = worded(term.literal, asked, positive=not term.positive).replace("`", "")
                yield f"{clause.rule} does not match when {words}", other


def _meeting(conjunct: Iterable[Term], asked: Mapping[str, TextTest]) -> _Facts | None:
    """Return facts that meet every term of *conjunct*; None where none are found."""
    by_field: dict[str, list[Term]] = {}
    for term in conjunct:
        test = asked.get(term.literal.field)
        by_field.setdefault(test.field if test else term.literal.field, []).append(term)
    facts: _Facts = {}
    for field, terms in by_field.items():
        found = _text(terms, asked) if terms[0].literal.field in asked else _value(terms)
        if found is None:
            return None
        if found is not _ABSENT:
            facts[field] = found
    return facts


_ABSENT = object()


def _value(terms: Sequence[Term]) -> object:
    """Return a value of the terms' field that meets all of them, as near to an edge as can be."""
    for value in (value for term in terms for value in _near(term)):
        if all(judge(term.literal, value) is term.positive for term in terms):
            return _ABSENT if value is None else list(value) if isinstance(value, tuple) else value
    return None


def _near(term: Term) -> Iterator[object]:
    """Yield values about the edge of *term*, the neatest first."""
    literal = term.literal
    if isinstance(literal, Leaf) and literal.operator in {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}:
        edge = literal.value
        if isinstance(edge, int | float | Decimal) and math.isfinite(edge):
            step = _step(edge)
            yield from (edge, _moved(edge, step), _moved(edge, -step))
    yield from candidates(literal, want=term.positive)


def _step(edge: float | Decimal) -> Decimal:
    """Return the least step that a person would write beside *edge*."""
    exponent = Decimal(repr(edge) if isinstance(edge, float) else edge).normalize().as_tuple().exponent
    return _STEP if isinstance(edge, int) or not isinstance(exponent, int) else Decimal(10) ** (min(exponent, 0) - 1)


def _moved(edge: float | Decimal, step: Decimal) -> object:
    exact = Decimal(repr(edge) if isinstance(edge, float) else edge) + step
    return exact if isinstance(edge, Decimal) else int(exact) if isinstance(edge, int) else float(exact)


def _text(terms: Sequence[Term], asked: Mapping[str, TextTest]) -> str | None:
    """Return a text that meets conditions on it; None where none is found."""
    tests = [asked[term.literal.field] for term in terms]
    wanted = [piece for test, term in zip(tests, terms, strict=True) if term.positive for piece in _pieces(test)]
    for text in (*([" ".join(wanted)] if wanted else []), *wanted, "something else"):
        answers = Texts(tests).answered(nested({tests[0].field: text}))
        if all(judge(term.literal, lookup(answers, term.literal.field)) is term.positive for term in terms):
            return text
    return None


def _pieces(test: TextTest) -> tuple[str, ...]:
    return test.value[:1] if isinstance(test.value, tuple) else (test.value,)


def nested(facts: Mapping[str, object]) -> dict[str, object]:
    """Return flat *facts* as nested mappings."""
    whole: dict[str, object] = {}
    for field, value in facts.items():
        *path, last = field.split(".")
        below = whole
        for step in path:
            below = below.setdefault(step, {})  # type: ignore[assignment]  # what is there was put there just now
        below[last] = value
    return whole
