"""How verdicts, errors and other people's errors are told."""

import pytest

from yett.dialects.dialect import Unwritable
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import CallerError, NotReady, UpstreamError, UpstreamTimeout, YettError
from yett.model.finding import Finding
from yett.model.segment import Origin
from yett.model.span import Span
from yett.model.verdict import Verdict
from yett.services.telling import denied, failure, told_by_upstream, verdict_headers


def verdict(effect: Effect, *kinds: str, text: str = "because") -> Verdict:
    reasons = () if effect is Effect.ALLOW else (Reason("p", "1.2.0", "r", effect, text),)
    findings = tuple(Finding(Span("/0", 0, 3), Origin.USER, kind, 0.9, "toy") for kind in kinds)
    return Verdict(Decision(effect is not Effect.DENY, effect, reasons), findings, ())


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (CallerError("wrong", param="/a"), 400, "invalid_request"),
        (CallerError("large", status=413, code="request_too_large"), 413, "request_too_large"),
        (UpstreamTimeout("late"), 504, "upstream_timeout"),
        (UpstreamError("broke"), 502, "upstream_error"),
        (Unwritable("a key"), 403, "policy_violation"),
        (NotReady("disk full"), 503, "not_ready"),
        (YettError("what"), 500, "internal_error"),
    ],
)
def test_an_error_is_told_by_whose_fault_it_is(error: YettError, status: int, code: str) -> None:
    refusal = failure(error)
    assert (refusal.status, refusal.code) == (status, code)


def test_what_is_ours_says_nothing_of_our_insides() -> None:
    assert "disk" not in failure(NotReady("disk full at /var/x")).message
    assert "what" not in failure(YettError("what /etc/x")).message


def test_a_denial_tells_the_rules_reason() -> None:
    assert denied(verdict(Effect.DENY, text="no orders, please")).message == "no orders, please"
    assert denied(Verdict(Decision(False, Effect.DENY), (), ())).message == "denied by policy"


@pytest.mark.parametrize(
    ("verdicts", "decision", "policy"),
    [
        ([verdict(Effect.ALLOW)], "allow", None),
        ([verdict(Effect.WARN)], "warn", "p@1.2.0"),
        ([verdict(Effect.SANITIZE), verdict(Effect.ALLOW)], "sanitize", "p@1.2.0"),
        ([verdict(Effect.ALLOW), verdict(Effect.DENY)], "deny", "p@1.2.0"),
        ([verdict(Effect.LIMIT)], "warn", "p@1.2.0"),
    ],
)
def test_headers_tell_the_strictest_decision(verdicts: list[Verdict], decision: str, policy: str | None) -> None:
    headers = verdict_headers(verdicts)
    assert (headers["x-yett-decision"], headers.get("x-yett-policy")) == (decision, policy)


def test_headers_tell_the_highest_risk_and_personal_data() -> None:
    headers = verdict_headers([verdict(Effect.ALLOW), verdict(Effect.DENY, "injection.override", "pii.email")])
    assert headers["x-pii-detected"] == "true"
    assert headers["x-yett-score"] == headers["x-security-score"]
    assert 0.9 <= float(headers["x-yett-score"]) <= 1
    assert headers["x-yett-risk"].startswith("injection=")
    assert ", pii=" in headers["x-yett-risk"]
    assert "x-yett-risk" not in verdict_headers([verdict(Effect.ALLOW)])
    assert verdict_headers([verdict(Effect.ALLOW)])["x-pii-detected"] == "false"
    assert verdict_headers([]) == {}


@pytest.mark.parametrize(
    ("body", "message", "code", "param"),
    [
        (
            b'{"error":{"message":"too long","code":"context_length_exceeded","param":"messages"}}',
            "too long",
            "context_length_exceeded",
            "messages",
        ),
        (b'{"error":"no"}', "the upstream refused the request", "upstream_error", None),
        (b"<html>", "the upstream refused the request", "upstream_error", None),
        (b'{"error":{"message":7}}', "the upstream refused the request", "upstream_error", None),
        (b'{"error":{"message":"a","message":"b"}}', "the upstream refused the request", "upstream_error", None),
    ],
)
def test_what_an_upstream_says_is_read_strictly(body: bytes, message: str, code: str, param: str | None) -> None:
    refusal, texts = told_by_upstream(400, body, {})
    assert (refusal.message, refusal.code, refusal.param) == (message, code, param)
    assert [segment.text for segment in texts] == [message, code, param or ""]
    assert {segment.origin for segment in texts} == {Origin.MODEL}


@pytest.mark.parametrize(("told", "wait"), [("7", 7.0), ("0.5", 0.5), ("soon", None), ("", None), ("-1", None)])
def test_an_upstreams_wait_is_passed_on_when_it_is_one(told: str, wait: float | None) -> None:
    refusal, _ = told_by_upstream(429, b"{}", {"retry-after": told})
    assert refusal.retry_after == wait


def test_a_very_long_message_is_cut() -> None:
    refusal, _ = told_by_upstream(400, b'{"error":{"message":"' + b"x" * 9000 + b'"}}', {})
    assert len(refusal.message) == 4096
