"""
Candidate: other policies, asked about facts that were recorded.

Rules:

1. What cannot be known is not guessed: where the facts that the candidate asks for were not kept, it says which.
2. It can be told which facts have a say: what rules read, and of a number how it stands to those that rules compare it with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.expression import Leaf, literals
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.vector import VectorFacts, blinded, redactions_told

__all__ = ["NOTHING_KEPT", "Answer", "Candidate", "Judged", "Number"]

NOTHING_KEPT = "*"
"""What an exchange lacks that was recorded without facts."""

Number = int | float | Decimal


class Answer(NamedTuple):
    """What the candidate says at one stage, or what it lacks to say anything."""

    lacking: str
    allowed: bool = False
    effect: str = ""
    rules: tuple[str, ...] = ()
    redacts: tuple[str, ...] = ()


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
        self._bounds = {stage: _bounds(self._program, stage) for stage in Stage}

    def reads(self, stage: Stage) -> frozenset[str]:
        """Return the fields that rules read at *stage*."""
        return self._reads[stage]

    def bounds(self, stage: Stage) -> Mapping[str, frozenset[Number]]:
        """
        Return, by field, the numbers that the rules of *stage* compare it with.

        Of a number that is there, nothing has a say but whether it is below, equal to, or above each of them.
        """
        return self._bounds[stage]

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
        return Answer("", decision.allowed, decision.effect.value, rules, redactions_told(decision.obligations))


def _bounds(program: Program, stage: Stage) -> dict[str, frozenset[Number]]:
    found: dict[str, set[Number]] = {}
    for clause in program.clauses:
        if stage in clause.stages:
            for literal in literals(clause.condition):
                if isinstance(literal, Leaf):
                    values = literal.value if isinstance(literal.value, tuple) else (literal.value,)
                    numbers = {each for each in values if isinstance(each, Number) and not isinstance(each, bool)}
                    found.setdefault(literal.field, set()).update(numbers)
    return {name: frozenset(numbers) for name, numbers in found.items() if numbers}


def _strings(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list | tuple) else ()
