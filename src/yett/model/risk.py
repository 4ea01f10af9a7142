"""
Risk and appropriateness: how findings add up to one score, and what it is made of.

Rules:

1. Each family counts with its surest finding, weighted; families add up as independent doubts do (noisy or):
   `1 - (1 - w1 s1) (1 - w2 s2) …`. So more findings never make a score milder, and no single family but injection
   reaches 1.
2. What the operator wrote is not accused of giving orders or of commands: that is what it is for. Nor is a model of
   speaking about commands, but of calling a tool with one.
3. Who was risky lately is given less benefit of the doubt: contextual risk counts the score once more, weighted by the
   recent risk. Without doubts about a text there is no contextual risk, whoever wrote it.
4. Appropriateness is what is left of 1 when an answer's own doubts are taken away, with weights of its own: it asks
   whether an answer is fit to be shown, not whether a request is an attack.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from yett.model.finding import Finding
from yett.model.kinds import family
from yett.model.segment import Origin

__all__ = ["ANSWER_WEIGHTS", "WEIGHTS", "accused", "appropriateness", "combined", "contextual", "parts", "risk"]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "injection": 1.0,
        "command": 0.9,
        "secret": 0.8,
        "exfiltration": 0.8,
        "leakage": 0.8,
        "content": 0.7,
        "size": 0.5,
        "obfuscation": 0.4,
        "pii": 0.3,
    },
)
"""How much each family counts in the risk."""

ANSWER_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "content": 1.0,
        "leakage": 0.9,
        "exfiltration": 0.9,
        "secret": 0.9,
        "command": 0.5,
        "pii": 0.4,
        "obfuscation": 0.3,
        "injection": 0.2,
    },
)
"""How much each family takes from an answer's appropriateness; an answer may speak of orders without giving any."""

_ARGUMENTS = "/arguments"
_OPERATORS_OWN = frozenset({Origin.OPERATOR, Origin.DEFINITION})
_ACCUSED_BY_ORIGIN = frozenset({"injection", "command"})


def accused(finding: Finding, name: str) -> bool:
    """Say whether *finding*, of the family *name*, is held against whoever wrote it."""
    if name == "command" and finding.origin is Origin.MODEL:
        return _ARGUMENTS in finding.span.path
    return name not in _ACCUSED_BY_ORIGIN or finding.origin not in _OPERATORS_OWN


def parts(findings: Iterable[Finding], weights: Mapping[str, float] = WEIGHTS) -> dict[str, float]:
    """Return what each family adds to the score of *findings*, the greatest first; families that add nothing are left out."""
    surest: dict[str, float] = {}
    for finding in findings:
        name = family(finding.kind)
        weighted = weights.get(name, 0.0) * finding.score
        if weighted > surest.get(name, 0.0) and accused(finding, name):
            surest[name] = weighted
    return dict(sorted(surest.items(), key=lambda part: (-part[1], part[0])))


def risk(findings: Iterable[Finding]) -> float:
    """Combine *findings* into one score from 0 to 1."""
    return combined(parts(findings))


def combined(of: Mapping[str, float]) -> float:
    """Combine parts, by their families, into one score from 0 to 1."""
    return 1.0 - _left(of)


def contextual(score: float, recent: float) -> float:
    """Raise the risk *score* of a text by the *recent* risk of who asks, both from 0 to 1."""
    return score + (1.0 - score) * score * recent


def appropriateness(findings: Iterable[Finding]) -> float:
    """Say from 0 to 1 how fit to be shown an answer is in which the *findings* by a model were found."""
    answered = (finding for finding in findings if finding.origin is Origin.MODEL)
    return _left(parts(answered, ANSWER_WEIGHTS))


def _left(of: Mapping[str, float]) -> float:
    left = 1.0
    for part in of.values():
        left *= 1.0 - part
    return left
