"""
Coverage: which conditions of a policy its tests really test.

Rules:

1. What is covered is the literal, one comparison in a rule: it is to be seen true, to be seen false, and to decide, that
   is, the rule would have gone the other way had this literal alone been the contrary (MC/DC, RTCA DO-178C, at the level
   of literals).
2. A rule without conditions is covered when it was asked at all.
3. A literal that is unknown in a case counts for nothing there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yett.policy.cases import Posed
from yett.policy.changes import worded
from yett.policy.clause import Clause
from yett.policy.compiler import CLOSING_RULE
from yett.policy.expression import And, Each, Expression, Leaf, Not, Or, literals
from yett.policy.interpreter import judge
from yett.ports.decider import TextTest

__all__ = ["Covered", "cover", "joined", "share"]

_Truths = Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Covered:
    """One literal of a rule, in words, and what tests have seen of it; a rule without any has no words."""

    policy: str
    rule: str
    words: str
    true: bool
    false: bool
    deciding: bool

    @property
    def reached(self) -> int:
        """How many of its goals are reached."""
        return self.true + self.false + self.deciding if self.words else int(self.true)

    @property
    def goals(self) -> int:
        """How many goals it has."""
        return 3 if self.words else 1

    @property
    def missing(self) -> tuple[str, ...]:
        """Which goals are not reached, in words."""
        if not self.words:
            return () if self.true else ("never asked",)
        told = ((self.true, "never true"), (self.false, "never false"), (self.deciding, "never decides"))
        return tuple(words for reached, words in told if not reached)


def cover(clauses: Iterable[Clause], posed: Iterable[Posed], tests: Iterable[TextTest] = ()) -> tuple[Covered, ...]:
    """Say for every literal of *clauses* what the cases that were *posed* have seen of it; *tests* give words to texts."""
    posed = tuple(posed)
    asked = {f"text.{test.id}": test for test in tests}
    return joined(each for clause in clauses if clause.rule != CLOSING_RULE for each in _covered(clause, posed, asked))


def joined(covered: Iterable[Covered]) -> tuple[Covered, ...]:
    """Put together what was seen of each literal, wherever it was seen."""
    found: dict[tuple[str, str, str], Covered] = {}
    for each in covered:
        key = (each.policy, each.rule, each.words)
        found[key] = _both(found[key], each) if key in found else each
    return tuple(found.values())


def share(covered: Iterable[Covered]) -> float:
    """Return how much of what is to be covered is, from 0 to 1; 1 where there is nothing."""
    covered = tuple(covered)
    goals = sum(each.goals for each in covered)
    return sum(each.reached for each in covered) / goals if goals else 1.0


def _both(one: Covered, other: Covered) -> Covered:
    return Covered(
        one.policy,
        one.rule,
        one.words,
        one.true or other.true,
        one.false or other.false,
        one.deciding or other.deciding,
    )


def _covered(clause: Clause, posed: Sequence[Posed], asked: dict[str, TextTest]) -> Iterator[Covered]:
    at_its_stages = [each for each in posed if each.stage in clause.stages]
    written = tuple(literals(clause.condition))
    if not written:
        seen = bool(at_its_stages)
        yield Covered(clause.policy, clause.rule, "", true=seen, false=seen, deciding=seen)
        return
    rows = [[judge(literal, each.look(literal.field)) for literal in written] for each in at_its_stages]
    for index, literal in enumerate(written):
        column = [row[index] for row in rows]
        deciding = any(_decides(clause, row, index) for row in rows)
        words = worded(literal, asked)
        yield Covered(clause.policy, clause.rule, words, true=True in column, false=False in column, deciding=deciding)


def _decides(clause: Clause, row: _Truths, index: int) -> bool:
    """Say whether *clause* matches otherwise when the literal at *index* is the contrary."""
    now = row[index]
    if now is None:
        return False
    turned = [*row[:index], not now, *row[index + 1 :]]
    return _matches(clause, row) is not _matches(clause, turned)


def _matches(clause: Clause, truths: _Truths) -> bool:
    holds = _truth(clause.condition, iter(truths))
    return holds is True or (holds is None and not clause.definite)


def _truth(expression: Expression, truths: Iterator[bool | None]) -> bool | None:
    """Say whether *expression* is true where its literals have *truths*, in the order in which they are written."""
    match expression:
        case And(parts):
            held = [_truth(part, truths) for part in parts]
            return False if False in held else None if None in held else True
        case Or(parts):
            held = [_truth(part, truths) for part in parts]
            return True if True in held else None if None in held else False
        case Not(part):
            inner = _truth(part, truths)
            return None if inner is None else not inner
        case Leaf() | Each():
            return next(truths)
