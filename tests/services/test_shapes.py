"""Decisions and verdicts have one shape in JSON."""

import json

import pytest

from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Finding
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Route, Transform
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.verdict import Coverage, Verdict
from yett.services.shapes import decision_shape, finding_shape, obligation_shape, passes, verdict_shape

FINDING = Finding(Span("/a", 1, 2), Origin.USER, "pii.email", 0.912345, "patterns", "email", "base64")
REASON = Reason("p", "1", "r", Effect.DENY, "because", ("x.y",))
DECISION = Decision(False, Effect.DENY, (REASON,), (Notify("warning", "m"),), "rev")


@pytest.mark.parametrize(
    ("obligation", "shape"),
    [
        (Redact("pii.email", Transform.HASH), {"type": "redact", "kind": "pii.email", "how": "hash"}),
        (Drop("injection", frozenset({"tool", "document"})), {"type": "drop", "kind": "injection", "origins": ["document", "tool"]}),
        (Cap("max_tokens", 5), {"type": "cap", "quantity": "max_tokens", "limit": 5}),
        (Route(frozenset({"b", "a"})), {"type": "route", "models": ["a", "b"]}),
        (Approve(2), {"type": "approve", "level": 2}),
        (Notify("c", "m"), {"type": "notify", "channel": "c", "message": "m"}),
    ],
)  # fmt: skip
def test_an_obligation_names_its_type_first(obligation: Obligation, shape: dict[str, object]) -> None:
    found = obligation_shape(obligation)
    assert next(iter(found)) == "type"
    assert shape.items() <= found.items()


def test_a_decision_has_the_shape_of_the_decision_api() -> None:
    shape = decision_shape(DECISION)
    assert list(shape) == ["allowed", "effect", "reason", "matched", "obligations", "revision"]
    assert (shape["allowed"], shape["effect"], shape["reason"]) == (False, "deny", "because")
    assert shape["matched"] == [
        {"policy": "p", "version": "1", "rule": "r", "effect": "deny", "reason": "because", "unknown": ["x.y"]}
    ]


def test_a_finding_says_where_and_never_what() -> None:
    assert finding_shape(FINDING) == {
        "kind": "pii.email", "score": 0.9123, "path": "/a", "start": 1, "end": 2,
        "origin": "user", "detector": "patterns", "rule": "email", "reading": "base64",
    }  # fmt: skip


def test_a_verdict_is_plain_json() -> None:
    allowed = Decision(True, Effect.ALLOW)
    coverage = (Coverage("/a", Origin.USER, 5, ("patterns",)),)
    verdict = Verdict(allowed, (FINDING,), (Segment("/a", Origin.USER, "text"),), (), coverage)
    shape = json.loads(json.dumps(verdict_shape(verdict)))
    assert shape["sanitized"] == "text"
    assert shape["coverage"][0]["read_by"] == ["patterns"]
    assert verdict_shape(Verdict(DECISION, (), ()))["sanitized"] is None


@pytest.mark.parametrize(
    ("allowed", "obligations", "passing"),
    [
        (True, (), True),
        (True, (Cap("max_tokens", 5),), True),
        (True, (Cap("max_tokens", 5), Approve(1)), False),
        (False, (), False),
    ],
)
def test_what_waits_for_a_human_does_not_pass(
    allowed: bool, obligations: tuple[Obligation, ...], passing: bool
) -> None:
    assert passes(Decision(allowed, Effect.ALLOW if allowed else Effect.DENY, (), obligations)) is passing
