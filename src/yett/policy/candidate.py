"""
Candidate: other policies, asked about facts that were recorded.

Rules:

1. What cannot be known is not guessed: where the facts that the candidate asks for were not kept, it says which.
2. Facts that no rule can tell apart are asked about once: what rules do not read has no say, and of a number only how it
   stands to those that rules compare it with.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

import orjson

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.expression import Leaf, literals
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.vector import MARK, VectorFacts, blinded, redactions_told

__all__ = ["NOTHING_KEPT", "Answer", "Candidate", "Judged"]

NOTHING_KEPT = "*"
"""What an exchange lacks that was recorded without facts."""
_MOST_ANSWERS = 1 << 14
_MOST_PLANS = 256

_Bounds = Sequence[int | float | Decimal]
"""The numbers that rules compare a field with, ascending."""


class Answer(NamedTuple):
    """What the candidate says at one stage, or what it lacks to say anything."""

    lacking: str
    allowed: bool = False
    effect: str = ""
    rules: tuple[str, ...] = ()
    redacts: tuple[str, ...] = ()


class _Plan(NamedTuple):
    """How vectors with the same fields are told apart, and what was answered about them."""

    plain: Callable[[Mapping[str, object]], object] | None
    """What has a say as it is."""
    numbers: tuple[tuple[str, _Bounds], ...]
    answers: dict[bytes, Answer]


@dataclass(slots=True, eq=False)
class Judged:
    """What a record says of one judgement."""

    stage: Stage
    allowed: bool
    effect: str
    rules: tuple[str, ...]
    redacts: tuple[str, ...]
    costly: tuple[str, ...]
    """The facts that were computed."""
    vector: object
    """The facts that policy read, where they are not told apart from it."""
    plans: dict[tuple[str, ...], _Plan] = field(default_factory=dict)
    """By the vector's fields."""

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
            told.get("vector"),
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
        self._bounds = {stage: _bounds(self._program, stage) for stage in Stage}

    def answer(self, judged: Judged, vector: object) -> Answer:
        """Say what would have been decided where *judged* was, given the *vector* of its facts."""
        if not isinstance(vector, dict):
            return self._asked(judged, None)
        names = tuple(vector)
        plan = judged.plans.get(names)
        if plan is None:
            if len(judged.plans) >= _MOST_PLANS:
                judged.plans.clear()
            plan = judged.plans[names] = self._plan(judged.stage, names)
        alike: list[object] = [plan.plain(vector)] if plan.plain else []
        for name, bounds in plan.numbers:
            value = vector[name]
            if type(value) is float or type(value) is int:
                at = bisect_left(bounds, value)
                alike.append(2 * at + (at < len(bounds) and bounds[at] == value))
            else:
                alike.append((value,))
        key = orjson.dumps(alike)
        answer = plan.answers.get(key)
        if answer is None:
            if len(plan.answers) >= _MOST_ANSWERS:
                plan.answers.clear()
            answer = plan.answers[key] = self._asked(judged, vector)
        return answer

    def _plan(self, stage: Stage, names: Iterable[str]) -> _Plan:
        bounds, reads = self._bounds[stage], self._reads[stage]
        plain = [name for name in names if name == MARK or (name in reads and name not in bounds)]
        numbers = tuple((name, bounds[name]) for name in names if name in bounds)
        return _Plan(itemgetter(*plain) if plain else None, numbers, {})

    def _asked(self, judged: Judged, vector: Mapping[str, object] | None) -> Answer:
        stage = judged.stage
        if vector is None:
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
        return Answer("", decision.allowed, decision.effect.value, rules, redactions_told(decision.obligations))


def _bounds(program: Program, stage: Stage) -> dict[str, _Bounds]:
    """Return, by field, the numbers that the rules of *stage* compare it with; nothing else of a number has a say."""
    found: dict[str, set[int | float | Decimal]] = {}
    for clause in program.clauses:
        if stage in clause.stages:
            for literal in literals(clause.condition):
                if isinstance(literal, Leaf):
                    values = literal.value if isinstance(literal.value, tuple) else (literal.value,)
                    numbers = {each for each in values if isinstance(each, _NUMBERS) and not isinstance(each, bool)}
                    found.setdefault(literal.field, set()).update(numbers)
    return {name: sorted(numbers) for name, numbers in found.items() if numbers}


_NUMBERS = (int, float, Decimal)


def _strings(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list | tuple) else ()
