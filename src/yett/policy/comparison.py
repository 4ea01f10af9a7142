"""
Comparison: what other policies would have decided about exchanges that took place.

Rules:

1. What cannot be known is not guessed: an exchange is replayed only as far as its record holds the facts that the
   candidate asks for. How much that is comes before everything else that is said.
2. A candidate is asked stage by stage, as the exchange was; its first denial is the last thing that it decides.
3. Money is counted as exact decimals: what an exchange cost, or, where it was refused and cost nothing, what it was
   estimated to cost.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

import orjson

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.vector import MARK, VectorFacts, blinded, redactions_told

__all__ = ["NOTHING_KEPT", "Change", "Changed", "Comparison", "Report"]

NOTHING_KEPT = "*"
"""What an exchange lacks that was recorded without facts."""
_MOST_ANSWERS = 1 << 16
_SAMPLES = 5
_SPEND = "llm.estimatedCost"


class Change(StrEnum):
    """What would have been different about an exchange, the gravest first."""

    ALLOW_TO_DENY = "allow-to-deny"
    DENY_TO_ALLOW = "deny-to-allow"
    LESS_REDACTED = "less-redacted"
    MORE_REDACTED = "more-redacted"
    EFFECT = "effect"
    """It passes as it did, and is told otherwise: with a warning, for example."""


@dataclass(slots=True)
class Changed:
    """The exchanges with one change."""

    count: int = 0
    teams: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    """The rules behind what is decided now or, where nothing denies any more, behind what was."""
    redactions: Counter[str] = field(default_factory=Counter)
    money: Decimal = Decimal(0)
    """US dollars."""
    unpriced: int = 0
    """How many of them have no price."""
    samples: list[str] = field(default_factory=list)
    """Some of their ids."""


@dataclass(slots=True)
class Report:
    """What was replayed, and what came of it."""

    records: int = 0
    replayed: int = 0
    undecided: int = 0
    """Exchanges that ended before any policy was asked."""
    lacking: Counter[str] = field(default_factory=Counter)
    """How many could not be replayed, by the first field that they lack."""
    changed: dict[Change, Changed] = field(default_factory=dict)

    @property
    def unreplayable(self) -> int:
        """How many exchanges lack a fact that the candidate asks for."""
        return sum(self.lacking.values())


class _Answer(NamedTuple):
    """What the candidate says at one stage, or what it lacks to say anything."""

    lacking: str
    allowed: bool = False
    effect: str = ""
    rules: tuple[str, ...] = ()
    redacts: tuple[str, ...] = ()


_Fields = Mapping[str, object]


class Comparison:
    """A candidate, asked about one record after the other."""

    def __init__(
        self, candidate: Program, digest: Callable[[str], str], settle: Callable[[Decision], Decision] | None = None
    ) -> None:
        """Ask *candidate*; *digest* is what hid sensitive facts; *settle* denies what nobody could carry out."""
        self.report = Report()
        self._program, hidden = blinded(candidate, digest)
        self._settle = settle
        self._reads = {stage: self._program.reads(stage) for stage in Stage}
        self._free = {
            stage: tuple(sorted(each for each in reads if not cost(each))) for stage, reads in self._reads.items()
        }
        self._costly = {stage: tuple(sorted(filter(cost, reads))) for stage, reads in self._reads.items()}
        self._known = {stage: self._program.knowing(stage) for stage in Stage}
        self._hidden = {stage: tuple(sorted(hidden & reads)) for stage, reads in self._reads.items()}
        self._asked_for: dict[object, tuple[str, ...]] = {
            stage.value: (MARK, *sorted(reads)) for stage, reads in self._reads.items()
        }
        """What of a vector has a say: equal in that, equally decided."""
        self._answers: dict[tuple[object, bytes], _Answer] = {}

    def add(self, record: Mapping[str, object]) -> None:
        """Replay *record*, as its JSON has it."""
        report = self.report
        report.records += 1
        judgements = record["judgements"]
        if not isinstance(judgements, list) or not judgements:
            report.undecided += 1
            return
        milder = []
        for judged in judgements:
            answer = self._answer(judged)
            if answer.lacking:
                report.lacking[answer.lacking] += 1
                return
            if not answer.allowed or not judged["allowed"]:
                break
            if answer.effect != judged["effect"] or list(answer.redacts) != judged["redacts"]:
                milder.append((judged, answer))
        report.replayed += 1
        before = all(each["allowed"] for each in judgements)
        if answer.allowed is not before:
            change = Change.DENY_TO_ALLOW if answer.allowed else Change.ALLOW_TO_DENY
            self._note(change, record, judged["rules"] if answer.allowed else answer.rules)
        elif before and milder:
            self._note_milder(record, milder)

    def _answer(self, judged: _Fields) -> _Answer:
        """Ask the candidate about one stage; equal facts are asked about once."""
        vector, costly = judged.get("vector"), judged["facts"]
        if isinstance(vector, dict):
            vector = {name: vector[name] for name in self._asked_for[judged["stage"]] if name in vector}
        key = (judged["stage"], orjson.dumps((costly, vector)))
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            asked = _strings(costly)
            answer = self._answers[key] = self._asked(Stage(str(judged["stage"])), vector, asked)
        return answer

    def _asked(self, stage: Stage, vector: object, costly: Sequence[str]) -> _Answer:
        if not isinstance(vector, dict):
            if self._reads[stage]:
                return _Answer(NOTHING_KEPT)
            vector = {}
        facts = VectorFacts(vector, costly)
        if gap := facts.gap(self._free[stage], self._hidden[stage]):
            return _Answer(gap)
        known = facts.whole(self._costly[stage])
        if known is not None:
            decision = self._known[stage](known)
        else:
            # What was not found out may still be needless.
            decision = self._program.decide(stage, facts)
            if facts.lacking:
                return _Answer(facts.lacking)
        decision = self._settle(decision) if self._settle else decision
        rules = tuple(f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons)
        return _Answer("", decision.allowed, decision.effect.value, rules, redactions_told(decision.obligations))

    def _note_milder(self, record: _Fields, stages: Sequence[tuple[_Fields, _Answer]]) -> None:
        """Note what is different about an exchange that passes either way, the gravest first."""
        before = {each for judged, _ in stages for each in _strings(judged["redacts"])}
        now = {each for _, answer in stages for each in answer.redacts}
        rules = tuple(dict.fromkeys(rule for _, answer in stages for rule in answer.rules))
        for change, different in ((Change.LESS_REDACTED, before - now), (Change.MORE_REDACTED, now - before)):
            if different:
                self._note(change, record, rules).redactions.update(different)
        if before == now:
            self._note(Change.EFFECT, record, rules)

    def _note(self, change: Change, record: _Fields, rules: object) -> Changed:
        noted = self.report.changed.setdefault(change, Changed())
        noted.count += 1
        noted.teams[str(record["tenant"])] += 1
        noted.models[str(record["model"])] += 1
        noted.rules.update(_strings(rules))
        money = _money(record)
        if money is None:
            noted.unpriced += 1
        else:
            noted.money += money
        if len(noted.samples) < _SAMPLES:
            noted.samples.append(str(record["id"]))
        return noted


def _money(record: _Fields) -> Decimal | None:
    """Return what an exchange cost or, where that is not known, was estimated to cost; None where neither is."""
    judgements = record["judgements"]
    vectors = [each.get("vector") for each in judgements] if isinstance(judgements, list) else []
    estimates = [vector.get(_SPEND) for vector in vectors if isinstance(vector, dict)]
    for told in (record["cost"], *estimates):
        exact = told.get("decimal") if isinstance(told, dict) else told
        if isinstance(exact, str | int | float) and not isinstance(exact, bool) and exact != "":
            try:
                return Decimal(str(exact))
            except InvalidOperation:
                continue
    return None


def _strings(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list | tuple) else ()
