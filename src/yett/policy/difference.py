"""
Difference: in what two sets of policies differ, rule by rule and in what they decide.

Rules:

1. A rule is the same when its policy and its id are; how it is written does not matter, only what it means.
2. Examples are decided by the interpreter. That none was found proves nothing: a proof is the solver's, in
   `yett.policy.proof`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.boundary import nested, propose
from yett.policy.clause import Clause
from yett.policy.contexts import Texts
from yett.policy.interpreter import decide, lookup
from yett.policy.program import Program
from yett.policy.wording import phrased
from yett.ports.decider import TextTest

__all__ = ["Difference", "Example", "Kind", "RuleChange", "found_by_trying", "kind_of", "rule_changes"]

_MOST_EXAMPLES = 3
"""Of each kind."""


class Kind(StrEnum):
    """How two decisions about the same facts differ, the gravest first."""

    ALLOWED_ONLY_BY_OTHER = "denied-then-allowed"
    ALLOWED_ONLY_BY_ONE = "allowed-then-denied"
    EFFECT = "other-effect"
    """Both allow it, with another effect or other obligations."""


class Difference(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that is not on both sides as it is."""

    difference: Difference
    policy: str
    rule: str
    parts: Mapping[str, tuple[str, str]]
    """What differs, in words, before and after; empty where there is no rule."""


@dataclass(frozen=True, slots=True)
class Example:
    """Facts about which the *one* and the *other* decide differently."""

    kind: Kind
    stage: Stage
    facts: Mapping[str, object]
    one: Decision
    other: Decision


def kind_of(one: Decision, other: Decision) -> Kind | None:
    """Say how two decisions differ, reasons and notices of denials aside; None when they do not."""
    if one.allowed is not other.allowed:
        return Kind.ALLOWED_ONLY_BY_ONE if one.allowed else Kind.ALLOWED_ONLY_BY_OTHER
    same = not one.allowed or (one.effect, one.obligations) == (other.effect, other.obligations)
    return None if same else Kind.EFFECT


def rule_changes(one: Program, other: Program) -> tuple[RuleChange, ...]:
    """Return the rules that are not the same in *one* and the *other*, by policy and id."""
    asked = {f"text.{test.id}": test for test in (*one.text_tests, *other.text_tests)}
    before, after = ({(each.policy, each.rule): each for each in side.clauses} for side in (one, other))
    changes = []
    for name in sorted(before.keys() | after.keys()):
        left, right = (_told(side[name], asked) if name in side else {} for side in (before, after))
        keys = {**left, **right}
        parts = {
            key: (left.get(key, ""), right.get(key, "")) for key in keys if left.get(key, "") != right.get(key, "")
        }
        if parts:
            difference = Difference.CHANGED if left and right else Difference.REMOVED if left else Difference.ADDED
            changes.append(RuleChange(difference, *name, parts))
    return tuple(changes)


def found_by_trying(one: Program, other: Program) -> tuple[tuple[Example, ...], int]:
    """Return examples of how the two differ at the edges of what their rules ask, and how many facts were tried."""
    tests = tuple({test.id: test for test in (*one.text_tests, *other.text_tests)}.values())
    answered, tried = Texts(tests).answered, set[str]()
    found: dict[Kind, list[Example]] = {kind: [] for kind in Kind}
    for stage, given in _situations(one, other, tests):
        key = f"{stage} {sorted(given.items())!r}"
        if key in tried:
            continue
        tried.add(key)
        facts = nested(given)
        left, right = (_decided(side, stage, answered(facts)) for side in (one, other))
        kind = kind_of(left, right)
        if kind is not None and len(found[kind]) < _MOST_EXAMPLES:
            found[kind].append(Example(kind, stage, facts, left, right))
    return tuple(each for kind in Kind for each in found[kind]), len(tried)


def _situations(
    one: Program, other: Program, tests: Sequence[TextTest]
) -> Iterator[tuple[Stage, Mapping[str, object]]]:
    """Yield facts at the edges of the rules of both, at every stage that has any."""
    both = (one.clauses, other.clauses)
    known = [{_meant(clause) for clause in clauses} for clauses in both]
    # Where only rules match that both have, both decide alike.
    about = [
        [clause for clause in clauses if _meant(clause) not in others]
        for clauses, others in zip(both, reversed(known), strict=True)
    ]
    proposed = [
        each.given for clauses, changed in zip(both, about, strict=True) for each in propose(clauses, tests, changed)
    ]
    for stage in Stage:
        if any(stage in clause.stages for clauses in both for clause in clauses):
            yield stage, {}
            for given in proposed:
                yield stage, given


def _decided(program: Program, stage: Stage, facts: Mapping[str, object]) -> Decision:
    clauses = [clause for clause in program.clauses if stage in clause.stages]
    return decide(clauses, lambda name: lookup(facts, name), program.revision)


def _meant(clause: Clause) -> Clause:
    """Return *clause* without what changes no decision."""
    return replace(clause, version="", text="")


def _told(clause: Clause, asked: Mapping[str, TextTest]) -> dict[str, str]:
    """Return what *clause* means, in words, by what may differ."""
    return {
        "condition": phrased(clause.condition, asked),
        "decision": clause.effect.value,
        "reason": clause.text,
        "obligations": ", ".join(sorted(map(repr, clause.obligations))),
        "priority": str(clause.priority),
        "stages": ", ".join(sorted(clause.stages)),
        "on_missing": "skip" if clause.definite else "match",
    }
