"""Shapes: decisions and verdicts as JSON, in the words of the decision API."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum

from yett.model.decision import Decision, Reason
from yett.model.errors import Problem
from yett.model.finding import Finding
from yett.model.obligation import Approve, Obligation
from yett.model.risk import parts
from yett.model.verdict import Verdict
from yett.policy.explaining import Explanation

__all__ = [
    "decision_shape",
    "explanation_shape",
    "finding_shape",
    "obligation_shape",
    "passes",
    "problem_shape",
    "verdict_shape",
]

_Shape = dict[str, object]


def obligation_shape(obligation: Obligation) -> _Shape:
    """Return *obligation* with its type first."""
    parts = {name: _plain(value) for name, value in asdict(obligation).items()}
    return {"type": type(obligation).__name__.lower(), **parts}


def decision_shape(decision: Decision) -> _Shape:
    """Return *decision* as the decision API answers it."""
    return {
        "allowed": decision.allowed,
        "effect": decision.effect.value,
        "reason": decision.reason,
        "matched": [_reason_shape(reason) for reason in decision.reasons],
        "obligations": [obligation_shape(obligation) for obligation in decision.obligations],
        "revision": decision.revision,
    }


def passes(decision: Decision) -> bool:
    """Say whether it may pass now, to those who hear only yes or no: what waits for a human does not."""
    return decision.allowed and not any(isinstance(obligation, Approve) for obligation in decision.obligations)


def explanation_shape(told: Explanation) -> _Shape:
    """Return *told*: the decision, every rule with the truth of its conditions, near misses, and what would turn it."""
    return {
        "decision": decision_shape(told.decision),
        "rules": [_spoken(asdict(each)) for each in told.rules],
        "why_not": [_spoken(asdict(each)) for each in told.why_not],
        "what_if": [_spoken(asdict(each)) for each in told.what_if],
    }


def finding_shape(finding: Finding) -> _Shape:
    """Return *finding*: where, never what."""
    return {
        "kind": finding.kind,
        "score": round(finding.score, 4),
        "path": finding.span.path,
        "start": finding.span.start,
        "end": finding.span.end,
        "origin": finding.origin.value,
        "detector": finding.detector,
        "rule": finding.rule,
        "reading": finding.reading,
    }


def problem_shape(problem: Problem) -> Mapping[str, object]:
    """Return *problem* in the shape that JSON output has."""
    return {
        "file": problem.place.file,
        "line": problem.place.line or None,
        "column": problem.place.column or None,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def verdict_shape(verdict: Verdict, why: Callable[[Finding], str] | None = None) -> _Shape:
    """Return *verdict* with everything that explains it, and of each finding *why*, where somebody can say."""
    made_of = parts(verdict.findings)
    return {
        "decision": decision_shape(verdict.decision),
        "findings": [finding_shape(finding) | ({"why": why(finding)} if why else {}) for finding in verdict.findings],
        "risk": {"score": round(verdict.risk, 4), "parts": {name: round(part, 4) for name, part in made_of.items()}},
        "sanitized": verdict.sanitized if verdict.allowed else None,
        "dropped": list(verdict.dropped),
        "rewritten": [{"kind": kind, "how": how, "count": count} for kind, how, count in verdict.rewritten],
        "coverage": [{name: _plain(value) for name, value in asdict(each).items()} for each in verdict.coverage],
    }


def _reason_shape(reason: Reason) -> _Shape:
    return {
        "policy": reason.policy,
        "version": reason.version,
        "rule": reason.rule,
        "effect": reason.effect.value,
        "reason": reason.text,
        "unknown": list(reason.unknown),
    }


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _spoken(value: object) -> object:
    """Return *value* as JSON can say it, what it cannot as text."""
    return json.loads(json.dumps(value, default=str))
