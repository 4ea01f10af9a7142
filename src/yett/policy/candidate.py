"""
Candidate: other policies, asked about facts that were recorded.

Rules:

1. What cannot be known is not guessed: where the facts that the candidate asks for were not kept, it says which.
2. It can be told which facts have a say: what rules read, of a number how it stands to those that rules compare it with, and
   of a text which of theirs it is, where they ask no more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from yett.model.decision import Decision
from yett.model.obligation import Route
from yett.model.stage import Stage
from yett.policy.expression import Leaf, Literal, Operator, literals
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.values import Sort
from yett.policy.vector import VectorFacts, blinded, redactions_told

__all__ = ["NOTHING_KEPT", "Answer", "Candidate", "Judged", "Number"]

NOTHING_KEPT = "*"
"""What an exchange lacks that was recorded without facts."""

Number = int | float | Decimal

_NO_MORE = frozenset({Operator.EQ, Operator.IN, Operator.EXISTS})
_OF_NUMBERS = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.BETWEEN})
"""Of every text they know nothing."""


class Answer(NamedTuple):
    """What the candidate says at one stage, or what it lacks to say anything."""

    lacking: str
    allowed: bool = False
    effect: str = ""
    rules: tuple[str, ...] = ()
    redacts: tuple[str, ...] = ()
    routes: bool = False
    """Whether it sends the exchange to other models than the one that is asked for, or to one of some."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a record says of one judgement."""

    stage: Stage
    allowed: bool
    effect: str
    rules: tuple[str, ...]
    redacts: tuple[str, ...]
    costly: tuple[str, ...]
    """The facts that were computed."""

    @classmethod
    def of(cls, told: Mapping[str, object]) -> "Judged":
        """Read a judgement as its JSON has it."""
        return cls(
            Stage(str(told["stage"])),
            bool(told["allowed"]),
            str(told["effect"]),
            _strings(told["rules"]),
            _strings(told["redacts"]),
            _strings(told["facts"]),
        )


class Candidate:
    """A program, asked about one judgement after the other."""

    def __init__(
        self, program: Program, digest: Callable[[str], str], settle: Callable[[Decision], Decision] | None = None
    ) -> None:
        """Ask *program*; *digest* is what hid sensitive facts; *settle* denies what nobody could carry out."""
        self._program, hidden = blinded(program, digest)
        self._settle = settle
        self._reads = {stage: self._program.reads(stage) for stage in Stage}
        self._free = {
            stage: tuple(sorted(each for each in reads if not cost(each))) for stage, reads in self._reads.items()
        }
        self._costly = {stage: tuple(sorted(filter(cost, reads))) for stage, reads in self._reads.items()}
        self._known = {stage: self._program.knowing(stage) for stage in Stage}
        self._hidden = {stage: tuple(sorted(hidden & reads)) for stage, reads in self._reads.items()}
        asked = {stage: _asked(self._program, stage) for stage in Stage}
        self._bounds = {stage: _bounds(asked[stage]) for stage in Stage}
        self._texts = {stage: _texts(asked[stage]) for stage in Stage}

    def reads(self, stage: Stage) -> frozenset[str]:
        """Return the fields that rules read at *stage*."""
        return self._reads[stage]

    def bounds(self, stage: Stage) -> Mapping[str, frozenset[Number]]:
        """
        Return, by field, the numbers that the rules of *stage* compare it with.

        Of a number that is there, nothing has a say but whether it is below, equal to, or above each of them.
        """
        return self._bounds[stage]

    def texts(self, stage: Stage) -> Mapping[str, frozenset[str]]:
        """
        Return, by field, the texts that the rules of *stage* compare it with, where they ask no more of a text than that.

        Of a text that is there, nothing has a say but which of them it is, and of a list of texts, which are in it, and
        whether others are.
        """
        return self._texts[stage]

    def answer(self, judged: Judged, vector: object) -> Answer:
        """Say what would have been decided where *judged* was, given the *vector* of its facts."""
        stage = judged.stage
        if not isinstance(vector, dict):
            if self._reads[stage]:
                return Answer(NOTHING_KEPT)
            vector = {}
        facts = VectorFacts(vector, judged.costly)
        if gap := facts.gap(self._free[stage], self._hidden[stage]):
            return Answer(gap)
        known = facts.whole(self._costly[stage])
        if known is not None:
            decision = self._known[stage](known)
        else:
            # What was not found out may still be needless.
            decision = self._program.decide(stage, facts)
            if facts.lacking:
                return Answer(facts.lacking)
        decision = self._settle(decision) if self._settle else decision
        rules = tuple(f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons)
        owed = decision.obligations
        routes = any(isinstance(each, Route) for each in owed)
        return Answer("", decision.allowed, decision.effect.value, rules, redactions_told(owed), routes)


def _asked(program: Program, stage: Stage) -> list[Literal]:
    conditions = (clause.condition for clause in program.clauses if stage in clause.stages)
    return [literal for condition in conditions for literal in literals(condition)]


def _bounds(asked: Iterable[Literal]) -> dict[str, frozenset[Number]]:
    found: dict[str, set[Number]] = {}
    for literal in asked:
        if isinstance(literal, Leaf):
            numbers = {each for each in _values(literal) if isinstance(each, Number) and not isinstance(each, bool)}
            found.setdefault(literal.field, set()).update(numbers)
    return {name: frozenset(numbers) for name, numbers in found.items() if numbers}


def _texts(asked: Sequence[Literal]) -> dict[str, frozenset[str]]:
    more = {literal.field for literal in asked if not _asks_equality(literal)}
    found: dict[str, set[str]] = {literal.field: set() for literal in asked if literal.field not in more}
    for literal in asked:
        for leaf in _leaves(literal):
            if literal.field in found:
                found[literal.field].update(each for each in _values(leaf) if isinstance(each, str))
    return {name: frozenset(texts) for name, texts in found.items()}


def _asks_equality(literal: Literal) -> bool:
    """Say whether *literal* asks no more of a text, or of those in a list, than which it is."""
    if isinstance(literal, Leaf) and literal.operator is Operator.CONTAINS:
        return literal.sort is Sort.STRINGS
    return all(leaf.operator in _NO_MORE | _OF_NUMBERS for leaf in _leaves(literal))


def _leaves(literal: Literal) -> list[Leaf]:
    """Return *literal*, or what it asks of elements."""
    if isinstance(literal, Leaf):
        return [literal]
    return [leaf for each in literals(literal.inner) for leaf in _leaves(each)]


def _values(leaf: Leaf) -> tuple[object, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)


def _strings(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list | tuple) else ()
