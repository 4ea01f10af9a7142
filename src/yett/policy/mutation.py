"""
Mutation: would the tests notice if a rule were wrong?

Rules:

1. A mutant is the policies with one small mistake: a rule left out, its effect turned, a comparison negated, moved by its
   boundary, or left out, `and` for `or`.
2. A mutant is killed when a case that passes on the policies as they are fails on it. One that lives is a mistake that
   nobody would notice.
3. Mutants that mean the same as what they came from cannot be killed; those that are easily seen are not made.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from yett.model.decision import Effect
from yett.policy.cases import Posed, differences
from yett.policy.changes import worded
from yett.policy.clause import Clause
from yett.policy.compiler import CLOSING_RULE
from yett.policy.expression import And, Each, Expression, Leaf, Literal, Not, Operator, Or
from yett.policy.interpreter import decide
from yett.ports.decider import TextTest

__all__ = ["Mutant", "killed", "mutants"]

_NEIGHBOURS = MappingProxyType(
    {
        Operator.GT: Operator.GTE,
        Operator.GTE: Operator.GT,
        Operator.LT: Operator.LTE,
        Operator.LTE: Operator.LT,
    }
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """*clauses* with one mistake in a rule, in *words*."""

    policy: str
    rule: str
    words: str
    clauses: tuple[Clause, ...]


def mutants(clauses: Sequence[Clause], tests: Iterable[TextTest] = ()) -> Iterator[Mutant]:
    """Make mutants of *clauses*; *tests* give words to conditions on text."""
    asked = {f"text.{test.id}": test for test in tests}
    for index, clause in enumerate(clauses):
        if clause.rule == CLOSING_RULE:
            continue
        before, after = tuple(clauses[:index]), tuple(clauses[index + 1 :])
        yield Mutant(clause.policy, clause.rule, "the rule is left out", (*before, *after))
        turned = Effect.DENY if clause.effect is not Effect.DENY else Effect.ALLOW
        changed = replace(clause, effect=turned, definite=clause.definite or turned is Effect.ALLOW)
        yield Mutant(
            clause.policy, clause.rule, f"`{turned}` in place of `{clause.effect}`", (*before, changed, *after)
        )
        for words, condition in _mistaken(clause.condition, asked):
            changed = replace(clause, condition=condition)
            yield Mutant(clause.policy, clause.rule, words, (*before, changed, *after))


def killed(mutant: Mutant, posed: Iterable[Posed]) -> bool:
    """Say whether one of the cases that were *posed*, all of which pass, fails on *mutant*."""
    return any(_fails(mutant.clauses, each) for each in posed)


def _fails(clauses: Iterable[Clause], posed: Posed) -> bool:
    asked = [clause for clause in clauses if posed.stage in clause.stages]
    decision = decide(asked, posed.look, costly=posed.costly)
    return next(differences(posed.case, decision), None) is not None


def _mistaken(expression: Expression, asked: dict[str, TextTest]) -> Iterator[tuple[str, Expression]]:
    """Yield *expression* with one mistake, and the mistake in words."""
    match expression:
        case And(parts) | Or(parts):
            yield from _regrouped(expression, asked)
            for index, part in enumerate(parts):
                for words, changed in _mistaken(part, asked):
                    yield words, replace(expression, parts=(*parts[:index], changed, *parts[index + 1 :]))
        case Not(part):
            for words, changed in _mistaken(part, asked):
                yield words, Not(changed)
        case Leaf() | Each():
            yield from _misread(expression, asked)


def _regrouped(group: And | Or, asked: dict[str, TextTest]) -> Iterator[tuple[str, Expression]]:
    parts = group.parts
    if len(parts) < 2:  # noqa: PLR2004 - of one there is neither an order nor a choice
        return
    said, other = ("all", Or(parts)) if isinstance(group, And) else ("any", And(parts))
    yield f"`{'any' if said == 'all' else 'all'}` in place of `{said}`", other
    for index, part in enumerate(parts):
        words = worded(part, asked) if isinstance(part, Leaf | Each) else "a group"
        yield f"{words} is left out", replace(group, parts=(*parts[:index], *parts[index + 1 :]))


def _misread(literal: Literal, asked: dict[str, TextTest]) -> Iterator[tuple[str, Expression]]:
    yield f"the contrary of {worded(literal, asked)}", Not(literal)
    if isinstance(literal, Leaf) and literal.operator in _NEIGHBOURS:
        near = replace(literal, operator=_NEIGHBOURS[literal.operator])
        yield f"{worded(near, asked)} in place of {worded(literal, asked)}", near
