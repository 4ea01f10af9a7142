"""
Explaining: why a decision is what it is, why a rule did not match, and what would turn the decision.

Rules:

1. Everything is said by the interpreter, on the facts that were given; what would turn the decision has been tried.
2. A text is never shown: conditions on it appear as what they ask, with their answer.
3. The search for a change is bounded; where it finds none it says nothing, which does not mean that there is none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, product

from yett.model.decision import Decision, Effect
from yett.policy.changes import Change, changes, worded
from yett.policy.clause import Clause
from yett.policy.combining import verdict
from yett.policy.expression import And, Each, Expression, Leaf, Not, Or
from yett.policy.interpreter import Look, decide, judge, truth
from yett.policy.normal import Term, conjuncts
from yett.policy.values import read
from yett.ports.decider import TextTest

__all__ = ["Explanation", "Missed", "Step", "Told", "explain"]

_MOST_TRIES = 2_000
_PAIR = 2
"""As many changes at most are tried in all combinations."""
_NEAREST = 3
"""How many rules that did not match are explained."""


@dataclass(frozen=True, slots=True)
class Step:
    """One condition in the tree of a rule, and whether it holds: None where that is unknown."""

    words: str
    truth: bool | None
    fact: object = None
    """What the field holds, where it holds what a rule can read."""
    parts: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A rule, and whether each of its conditions holds."""

    policy: str
    rule: str
    effect: Effect
    matched: bool
    tree: Step


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule that did not match, and the fewest conditions for want of which it did not."""

    policy: str
    rule: str
    effect: Effect
    failing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, the rules behind it, those that nearly matched, and the smallest change that would turn it."""

    decision: Decision
    rules: tuple[Told, ...]
    why_not: tuple[Missed, ...]
    what_if: tuple[Change, ...]


def explain(clauses: Sequence[Clause], look: Look, tests: Iterable[TextTest] = (), revision: str = "") -> Explanation:
    """Explain what *clauses*, those of one stage, decide about the facts."""
    asked = {f"text.{test.id}": test for test in tests}
    decision = decide(clauses, look, revision)
    matched = {(reason.policy, reason.rule) for reason in decision.reasons}
    told = tuple(
        Told(
            each.policy, each.rule, each.effect, (each.policy, each.rule) in matched, _step(each.condition, look, asked)
        )
        for each in clauses
    )
    missed = [each for each in clauses if (each.policy, each.rule) not in matched]
    return Explanation(decision, told, _why_not(missed, look, asked), _what_if(clauses, decision, look, asked))


def _step(expression: Expression, look: Look, asked: Mapping[str, TextTest]) -> Step:
    holds = truth(expression, look)
    match expression:
        case And(parts) | Or(parts):
            word = "all" if isinstance(expression, And) else "any"
            return Step(word, holds, parts=tuple(_step(part, look, asked) for part in parts))
        case Not(part):
            return Step("not", holds, parts=(_step(part, look, asked),))
        case Leaf() | Each():
            return Step(worded(expression, asked), holds, read(look(expression.field), expression.sort))


def _why_not(missed: Iterable[Clause], look: Look, asked: Mapping[str, TextTest]) -> tuple[Missed, ...]:
    """Return the clauses that came nearest, those of highest order first among equals."""
    found = []
    for clause in missed:
        failing = min(
            (_failing(conjunct, clause, look) for conjunct in conjuncts(clause.condition) or ()), key=len, default=()
        )
        if failing:
            words = tuple(worded(term.literal, asked, positive=term.positive) for term in failing)
            found.append(Missed(clause.policy, clause.rule, clause.effect, words))
    return tuple(sorted(found, key=lambda each: len(each.failing))[:_NEAREST])


def _failing(conjunct: Iterable[Term], clause: Clause, look: Look) -> tuple[Term, ...]:
    return tuple(term for term in conjunct if not _enough(term, clause, look))


def _enough(term: Term, clause: Clause, look: Look) -> bool:
    holds = judge(term.literal, look(term.literal.field))
    return not clause.definite if holds is None else holds is term.positive


def _what_if(
    clauses: Sequence[Clause], decision: Decision, look: Look, asked: Mapping[str, TextTest]
) -> tuple[Change, ...]:
    """Return the fewest changes of facts by which the exchange would be allowed instead of denied, or the reverse."""
    attempts = islice(_attempts(clauses, decision, look, asked), _MOST_TRIES)
    for tried in chain(attempts, islice(_at_once(clauses, decision, look, asked), _MOST_TRIES)):
        facts = {change.field: change.value for change in tried}
        changed = decide(clauses, lambda name, facts=facts: facts[name] if name in facts else look(name))  # type: ignore[misc]
        if changed.allowed is not decision.allowed:
            return tried
    return ()


def _attempts(
    clauses: Sequence[Clause], decision: Decision, look: Look, asked: Mapping[str, TextTest]
) -> Iterator[tuple[Change, ...]]:
    """Propose single changes, then pairs of them, those of the deciding rule's fields first."""
    reasons = {(reason.policy, reason.rule) for reason in decision.reasons}
    top = verdict(clause for clause in clauses if (clause.policy, clause.rule) in reasons)
    ordered = sorted(clauses, key=lambda clause: (clause is not top, clause.order))
    by_field: dict[str, tuple[Change, ...]] = {}
    for clause in ordered:
        for name, proposed in _proposed(clause.condition, look, asked):
            by_field[name] = tuple(dict.fromkeys((*by_field.get(name, ()), *proposed)))
    for proposed in by_field.values():
        yield from ((change,) for change in proposed)
    for one, other in combinations(by_field.values(), 2):
        yield from product(one, other)


def _at_once(
    clauses: Sequence[Clause], decision: Decision, look: Look, asked: Mapping[str, TextTest]
) -> Iterator[tuple[Change, ...]]:
    """Propose everything that a rule with the contrary verdict misses, the fewest first."""
    wanted = Effect.DENY if decision.allowed else Effect.ALLOW
    conjunctions = [
        (clause, conjunct)
        for clause in clauses
        if clause.effect is wanted
        for conjunct in conjuncts(clause.condition) or ()
    ]
    missing = [_failing(conjunct, clause, look) for clause, conjunct in conjunctions]
    for failing in sorted(missing, key=len):
        proposed = (
            next(
                (each for each in changes(literal, look(literal.field), asked) if judge(literal, each.value) is so),
                None,
            )
            for literal, so in failing
        )
        by_field = {change.field: change for change in proposed if change is not None}
        if len(by_field) > _PAIR:
            yield tuple(by_field.values())


def _proposed(
    expression: Expression, look: Look, asked: Mapping[str, TextTest]
) -> Iterator[tuple[str, tuple[Change, ...]]]:
    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _proposed(part, look, asked)
        case Not(part):
            yield from _proposed(part, look, asked)
        case Leaf() | Each():
            yield expression.field, tuple(changes(expression, look(expression.field), asked))
