"""
Lint: what is allowed in policies and probably not meant.

Rules:

1. It never changes what a policy means, and errs on one side: what it calls impossible, shadowed or dead is so.
2. What day it is, is handed in.
3. A policy is looked at beside those that are given with it, and no others.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from math import inf
from typing import NamedTuple

from yett.model.decision import Effect
from yett.model.errors import Place, Problem
from yett.model.obligation import Notify
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.combining import CLOSING_PRIORITY
from yett.policy.compiler import compile_documents
from yett.policy.documents import Constant, Document, Rule, Status
from yett.policy.domain import implies, impossible
from yett.policy.expression import Leaf, literals
from yett.policy.neighbours import Neighbours
from yett.policy.normal import Term, conjuncts
from yett.policy.schema import Provenance, cost, field, known_fields
from yett.policy.units import Unit, amiss

__all__ = ["IDLE", "NOTES", "lint"]

IDLE = frozenset({"expired", "never", "duplicate", "shadowed", "dead"})
"""What says of a rule that it does nothing."""
NOTES = frozenset({"no-end", "costly", "unlisted-field"})
"""What is worth knowing, and often meant."""
_CLOSE = 0.75
"""By difflib's measure, from where on names are probably the same: `teir` and `tier`, not `hour` and `host`."""
_CLASSIFIER = 3
"""The cost rank from which a look at a text is dear."""
_HEARSAY = frozenset({Provenance.ASSERTED, Provenance.PRODUCED})
"""What whoever asks, or a model, says, and nobody verifies."""
_Normal = tuple[tuple[Term, ...], ...]


class _Looked(NamedTuple):
    """A rule, and what it means."""

    document: Document
    rule: Rule
    clause: Clause
    normal: _Normal | None


def lint(
    documents: Iterable[Document], today: date, constants: Mapping[str, Constant] | None = None
) -> tuple[Problem, ...]:
    """
    Return what is odd about *documents*, in the order of their files.

    Raises:
        OperatorError: they do not compile.
    """
    documents = tuple(documents)
    clauses = compile_documents(documents, constants).clauses
    meant = {(clause.policy, clause.rule): clause for clause in clauses}
    looked = [
        _Looked(document, rule, clause, conjuncts(clause.condition))
        for document in documents
        if document.status is Status.ACTIVE
        for rule in document.rules
        if rule.enabled and (clause := meant.get((document.id, rule.id)))
    ]
    neighbours, stopped = Neighbours(each.normal for each in looked), _stopped(clauses)
    found = [problem for each in looked for problem in _alone(each, today)]
    for each in looked:
        beside = (looked[number] for number in neighbours.of(each.normal)) if each.normal is not None else ()
        found += _among(each, beside, stopped)
    return tuple(sorted(found, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column)))


def _alone(each: _Looked, today: date) -> Iterator[Problem]:
    document, rule, clause, normal = each
    ends = [end for end in (rule.expires, document.expires) if end is not None]
    if ends and min(ends) <= today:
        yield _told(rule, "expired", f"expired on {min(ends)} and does nothing", "remove it")
    elif not ends and clause.effect is Effect.ALLOW:
        yield _told(rule, "no-end", "is an exception without an end", "state `expires`")
    yield from _misspelt(rule, clause)
    if normal is None:
        return
    possible = [conjunct for conjunct in normal if not impossible(conjunct)]
    if not possible:
        yield _told(rule, "never", "can never be true: its conditions exclude each other")
    elif clause.effect is Effect.ALLOW and any(_asserted(conjunct) for conjunct in possible):
        hint = "ask also for something that is verified, such as `user.roles`"
        yield _told(rule, "asserted", "allows by what nobody verifies: the word of a caller or a model", hint)
    yield from _beyond(rule, clause)
    if any(_dear(conjunct) for conjunct in possible):
        hint = "a condition on something cheap spares most requests"
        yield _told(rule, "costly", "needs a classifier for every exchange", hint)


def _among(each: _Looked, beside: Iterable[_Looked], stopped: Mapping[Stage, float]) -> Iterator[Problem]:
    """Tell what makes *each* useless among those *beside* it, where *stopped* says from which priority on exceptions count."""
    for other in beside:
        if other is each or other.normal is None or each.normal is None:
            continue
        if _alike(each.clause, other.clause):
            if _before(other.rule.place, each.rule.place):
                yield _told(each.rule, "duplicate", f"says the same as `{other.rule.id}`", f"at {other.rule.place}")
                return
        elif _overrules(other.clause, each.clause) and _covers(other.normal, each.normal):
            hint = f"at {other.rule.place}"
            yield _told(each.rule, "shadowed", f"changes nothing: wherever it matches, `{other.rule.id}` decides", hint)
            return
    clause = each.clause
    if clause.effect is Effect.ALLOW and not any(stopped.get(stage, inf) < clause.priority for stage in clause.stages):
        yield _told(
            each.rule, "dead", "allows what nothing here would stop", "state a `priority` above what it excepts"
        )


def _told(rule: Rule, code: str, message: str, hint: str = "") -> Problem:
    return Problem(rule.place, code, f"the rule `{rule.id}` {message}", hint)


def _beyond(rule: Rule, clause: Clause) -> Iterator[Problem]:
    """Tell of numbers that cannot be counted in the unit of their field."""
    for leaf in literals(clause.condition):
        about = field(leaf.field)
        if isinstance(leaf, Leaf) and about and about.unit:
            for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
                if told := amiss(about.unit, value):
                    hint = "write 0.5 for 50 %" if about.unit is Unit.SHARE else ""
                    yield _told(rule, "unit", f"compares `{leaf.field}`, {told}, with {value}", hint)


def _misspelt(rule: Rule, clause: Clause) -> Iterator[Problem]:
    """Tell of facts that anybody may state and that are called almost like one that is listed."""
    listed = known_fields()
    for name in dict.fromkeys(literal.field for literal in literals(clause.condition)):
        prefix, _, last = name.rpartition(".")
        beside = [each.rpartition(".")[2] for each in listed if each.rpartition(".")[0] == prefix]
        close = [] if name in listed else get_close_matches(last, beside, n=1, cutoff=_CLOSE)
        if close:
            hint = f"did you mean `{prefix}.{close[0]}`?"
            yield _told(rule, "unlisted-field", f"asks `{name}`, which only a caller's own facts can state", hint)


def _asserted(conjunct: Iterable[Term]) -> bool:
    names = {term.literal.field for term in conjunct} - {"request.date"}
    return bool(names) and all((about := field(name)) and about.provenance in _HEARSAY for name in names)


def _dear(conjunct: Iterable[Term]) -> bool:
    ranks = [cost(term.literal.field) for term in conjunct if term.literal.field != "request.date"]
    return bool(ranks) and min(ranks) >= _CLASSIFIER


def _alike(one: Clause, other: Clause) -> bool:
    def meaning(clause: Clause) -> object:
        return clause.priority, clause.effect, clause.condition, clause.stages, clause.definite, clause.obligations

    return meaning(one) == meaning(other)


def _before(one: Place, other: Place) -> bool:
    return (one.file, one.line, one.column) < (other.file, other.line, other.column)


def _overrules(other: Clause, clause: Clause) -> bool:
    """Say whether *clause* is of no consequence wherever both match."""
    if not clause.stages <= other.stages or (other.definite and not clause.definite):
        return False
    if any(isinstance(obligation, Notify) for obligation in clause.obligations):
        return False
    if other.effect is Effect.DENY:
        # Of two denials, the first one's reason is told.
        behind = clause.effect is not Effect.DENY or other.order < clause.order
        return other.priority > clause.priority or (other.priority == clause.priority and behind)
    return other.effect is Effect.ALLOW and other.priority > clause.priority


def _covers(wider: _Normal, narrower: _Normal) -> bool:
    """Say whether *wider* is not false wherever *narrower* is not."""
    return all(any(all(implies(conjunct, term) for term in other) for other in wider) for conjunct in narrower)


def _stopped(clauses: Iterable[Clause]) -> Mapping[Stage, float]:
    """Return the lowest priority at which something stops what happens at each stage; below all, where all is closed."""
    lowest: dict[Stage, float] = {}
    for clause in clauses:
        closing = clause.priority == CLOSING_PRIORITY
        if closing or clause.effect is not Effect.ALLOW:
            for stage in clause.stages:
                lowest[stage] = min(lowest.get(stage, inf), -inf if closing else clause.priority)
    return lowest
