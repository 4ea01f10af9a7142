"""Telling: how verdicts, errors and other people's errors are told to a caller."""

from collections.abc import Mapping, Sequence

from yett.dialects.dialect import Unwritable
from yett.dialects.strict_json import parse
from yett.model.errors import CallerError, NotReady, UpstreamError, UpstreamTimeout, YettError
from yett.model.refusal import Refusal
from yett.model.risk import parts
from yett.model.segment import Origin, Segment
from yett.model.verdict import Verdict

__all__ = ["denied", "failure", "told_by_upstream", "verdict_headers"]

_LONGEST = 4096


def denied(verdict: Verdict) -> Refusal:
    """Turn a verdict that does not let pass into a refusal."""
    return Refusal(403, "policy_violation", verdict.decision.reason or "denied by policy")


def failure(error: YettError) -> Refusal:
    """Turn an error into a refusal, by whose fault it is."""
    match error:
        case CallerError():
            return Refusal(error.status, error.code, error.message, error.param)
        case UpstreamTimeout():
            return Refusal(504, "upstream_timeout", error.message, retry_after=error.retry_after)
        case UpstreamError():
            return Refusal(502, "upstream_error", error.message, retry_after=error.retry_after)
        case Unwritable():
            return Refusal(403, "policy_violation", "policy asks for a change that cannot be made in this place")
        case NotReady():
            return Refusal(503, "not_ready", "the gateway cannot record this exchange now", retry_after=1.0)
        case _:
            return Refusal(500, "internal_error", "something went wrong inside the gateway")


def told_by_upstream(status: int, body: bytes, headers: Mapping[str, str]) -> tuple[Refusal, tuple[Segment, ...]]:
    """Read what an upstream says against a request; return it with its texts, which are still to be inspected."""
    wait = headers.get("retry-after", "")
    retry_after = float(wait) if wait.replace(".", "", 1).isdigit() else None
    try:
        payload = parse(body)
    except CallerError:
        payload = None
    error = payload.get("error") if isinstance(payload, dict) else None
    said = error if isinstance(error, dict) else {}
    message = _text(said.get("message")) or "the upstream refused the request"
    refusal = Refusal(
        status, _text(said.get("code")) or "upstream_error", message, _text(said.get("param")), retry_after
    )
    texts = (("message", refusal.message), ("code", refusal.code), ("param", refusal.param or ""))
    return refusal, tuple(Segment(f"/error/{name}", Origin.MODEL, text) for name, text in texts)


def _text(value: object) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) and value else None


def verdict_headers(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Tell in headers what was decided: the strictest effect, the highest risk, whether there was personal data."""
    if not verdicts:
        return {}
    strictest = max(verdicts, key=_strictness)
    found = [verdict for verdict in verdicts if verdict.findings]
    riskiest = max(found, key=lambda verdict: verdict.risk) if found else strictest
    score = f"{riskiest.risk:.2f}"
    made_of = ", ".join(f"{name}={part:.2f}" for name, part in parts(riskiest.findings).items())
    personal = any(finding.kind.startswith("pii.") for verdict in found for finding in verdict.findings)
    reason = strictest.decision.reasons[0] if strictest.decision.reasons else None
    return {
        "x-yett-decision": strictest.effect if strictest.effect in _TOLD else "warn",
        "x-yett-score": score,
        "x-security-score": score,
        **({"x-yett-risk": made_of} if made_of else {}),
        "x-pii-detected": "true" if personal else "false",
        **({"x-yett-policy": f"{reason.policy}@{reason.version}"} if reason else {}),
    }


_TOLD = ("allow", "sanitize", "deny", "warn")
_EFFECTS = ("allow", "warn", "limit", "route", "sanitize", "require_approval", "deny")


def _strictness(verdict: Verdict) -> int:
    return _EFFECTS.index(verdict.effect)
