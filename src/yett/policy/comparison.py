"""
Comparison: what other policies would have decided about exchanges that took place.

Rules:

1. What cannot be known is not guessed: an exchange is replayed only as far as its record holds the facts that the
   candidate asks for. How much that is comes before everything else that is said.
2. A candidate is asked stage by stage, as the exchange was; its first denial is the last thing that it decides.
3. A request that was sent to another model was judged once more, as one for that model. A candidate that sends it nowhere is not
   asked about that, and passes what was denied there.
4. Money is counted as exact decimals: what an exchange cost, or, where it was refused and cost nothing, what it was
   estimated to cost.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from yett.model.stage import Stage
from yett.policy.candidate import Answer, Candidate, Judged

__all__ = ["Change", "Changed", "Comparison", "Outcome", "Report", "money"]

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


class _Difference(NamedTuple):
    """One way in which an exchange would have gone otherwise."""

    change: Change
    rules: tuple[str, ...]
    redactions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of asking the candidate about one exchange."""

    undecided: bool = False
    lacking: str = ""
    differences: tuple[_Difference, ...] = ()


_UNDECIDED, _ALIKE = Outcome(undecided=True), Outcome()
_Fields = Mapping[str, object]


class Comparison:
    """A candidate, asked about one record after the other."""

    def __init__(self, candidate: Candidate) -> None:
        """Ask *candidate*."""
        self.report = Report()
        self.candidate = candidate

    def add(self, record: _Fields) -> None:
        """Replay *record*, as its JSON has it."""
        judgements = record["judgements"]
        stages = [(Judged.of(each), each.get("vector")) for each in judgements] if isinstance(judgements, list) else []
        outcome, whom = self.outcome(stages), (str(record["id"]), str(record["tenant"]), str(record["model"]))
        spent = money(record)
        self.count(outcome)
        if outcome.differences:
            self.note(outcome, whom, spent)

    def outcome(self, stages: Sequence[tuple[Judged, object]]) -> Outcome:
        """Say what comes of asking about the judgements of one exchange, each with the vector of its facts."""
        if not stages:
            return _UNDECIDED
        milder = []
        stays = False
        for judged, vector in stages:
            if stays and judged.stage is Stage.REQUEST and isinstance(vector, dict):
                if judged.allowed:
                    continue
                return Outcome(differences=(_Difference(Change.DENY_TO_ALLOW, judged.rules),))
            answer = self.candidate.answer(judged, vector)
            if answer.lacking:
                return Outcome(lacking=answer.lacking)
            if not answer.allowed or not judged.allowed:
                return _ended(judged, answer, before=all(each.allowed for each, _ in stages))
            if answer.effect != judged.effect or answer.redacts != judged.redacts:
                milder.append((judged, answer))
            stays = judged.stage is Stage.REQUEST and not answer.routes
        return Outcome(differences=_milder(milder)) if milder else _ALIKE

    def count(self, outcome: Outcome, times: int = 1) -> None:
        """Count what came of so many exchanges, but for what is different about each."""
        report = self.report
        report.records += times
        if outcome.undecided:
            report.undecided += times
        elif outcome.lacking:
            report.lacking[outcome.lacking] += times
        else:
            report.replayed += times

    def note(self, outcome: Outcome, whom: tuple[str, str, str], price: Decimal | None) -> None:
        """Note what is different about an exchange: its id, tenant and model are *whom*, its *price* is None when unknown."""
        identifier, tenant, model = whom
        for change, rules, redactions in outcome.differences:
            noted = self.report.changed.get(change)
            if noted is None:
                noted = self.report.changed[change] = Changed()
            noted.count += 1
            noted.teams[tenant] += 1
            noted.models[model] += 1
            for rule in rules:
                noted.rules[rule] += 1
            for redaction in redactions:
                noted.redactions[redaction] += 1
            if price is None:
                noted.unpriced += 1
            else:
                noted.money += price
            if len(noted.samples) < _SAMPLES:
                noted.samples.append(identifier)


def _ended(judged: Judged, answer: Answer, *, before: bool) -> Outcome:
    """Say what comes of an exchange that ends where it was *judged*, or would with *answer*."""
    if answer.allowed is before:
        return _ALIKE
    change = Change.DENY_TO_ALLOW if answer.allowed else Change.ALLOW_TO_DENY
    return Outcome(differences=(_Difference(change, judged.rules if answer.allowed else answer.rules),))


def _milder(stages: Sequence[tuple[Judged, Answer]]) -> tuple[_Difference, ...]:
    """Say what is different about an exchange that passes either way, the gravest first."""
    before = {each for judged, _ in stages for each in judged.redacts}
    now = {each for _, answer in stages for each in answer.redacts}
    rules = tuple(dict.fromkeys(rule for _, answer in stages for rule in answer.rules))
    if before == now:
        return (_Difference(Change.EFFECT, rules),)
    told = ((Change.LESS_REDACTED, before - now), (Change.MORE_REDACTED, now - before))
    return tuple(_Difference(change, rules, frozenset(different)) for change, different in told if different)


def money(record: _Fields) -> Decimal | None:
    """Return what an exchange cost or, where that is not known, was estimated to cost; None where neither is."""
    judgements = record["judgements"]
    vectors = [each.get("vector") for each in judgements] if isinstance(judgements, list) else []
    estimates = [vector.get(_SPEND) for vector in vectors if isinstance(vector, dict)]
    known = (exact for each in (record["cost"], *estimates) if (exact := _price(each)) is not None)
    return next(known, None)


def _price(told: object) -> Decimal | None:
    """Return an amount as a record tells it; None where it is none."""
    exact = told.get("decimal") if isinstance(told, dict) else told
    if not isinstance(exact, str | int | float) or isinstance(exact, bool) or exact == "":
        return None
    try:
        return Decimal(str(exact))
    except InvalidOperation:
        return None
