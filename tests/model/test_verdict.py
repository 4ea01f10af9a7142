"""A verdict explains itself: by rules, kinds, places and readings, never by the text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Finding
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.verdict import Coverage, Verdict

DENIED = Decision(
    False,
    Effect.DENY,
    (
        Reason("yett-injection", "1.0.0", "user-injection", Effect.DENY, "it tries to override"),
        Reason("yett-hidden", "2.1", "tags", Effect.WARN, "", ("team.tier", "user.id")),
    ),
)
FOUND = (
    Finding(
        Span("/messages/0/content", 3, 17), Origin.USER, "injection.override", 0.9, "patterns", "override-previous"
    ),
    Finding(Span("", 0, 4), Origin.USER, "obfuscation.encoded", 0.456, "readings", "", "folded>base64"),
)


def verdict(decision: Decision, *texts: str, findings: tuple[Finding, ...] = ()) -> Verdict:
    segments = tuple(Segment(f"/{number}", Origin.USER, text) for number, text in enumerate(texts))
    coverage = tuple(Coverage(each.path, each.origin, len(each.text), ("patterns",)) for each in segments)
    return Verdict(decision, findings, segments, coverage=coverage)


def test_an_explanation_names_rules_kinds_scores_places_and_readings() -> None:
    assert verdict(DENIED, findings=FOUND).explain().splitlines() == [
        "deny: it tries to override",
        "  rule yett-injection@1.0.0/user-injection: deny",
        "  rule yett-hidden@2.1/tags: warn (possibly: team.tier, user.id unknown)",
        "  found injection.override 0.90 at /messages/0/content[3:17] by override-previous",
        "  found obfuscation.encoded 0.46 at /[0:4], read as folded>base64",
        "  risk 0.92: injection 0.90, obfuscation 0.18",
    ]


def test_an_explanation_without_reasons_is_the_effect() -> None:
    assert verdict(Decision(True, Effect.ALLOW), "hi").explain() == "allow"


def tells(explain: Callable[[Verdict], str], text: str, *, allowed: bool) -> bool:
    """Say whether *explain* lets a character of *text* out."""
    decision = Decision(allowed, Effect.SANITIZE if allowed else Effect.DENY, DENIED.reasons)
    return bool(set(text) & set(explain(verdict(decision, text, findings=FOUND))))


@given(text=st.text("\u0416\u05d0\u4e00", min_size=1), allowed=st.booleans())
def test_an_explanation_never_tells_the_text(text: str, allowed: bool) -> None:
    assert not tells(Verdict.explain, text, allowed=allowed)


def test_an_explanation_that_tells_the_text_is_found_out() -> None:
    assert tells(lambda told: f"{told.explain()} in {told.segments[0].text}", "\u0416", allowed=True)


@pytest.mark.parametrize(
    ("decision", "texts", "sanitized"),
    [
        (Decision(True, Effect.ALLOW), ("one", "two"), "one\ntwo"),
        (Decision(True, Effect.SANITIZE), ("[EMAIL]",), "[EMAIL]"),
        (Decision(True, Effect.SANITIZE), (), ""),
        (DENIED, ("one",), ""),
    ],
)
def test_only_what_may_pass_is_handed_out(decision: Decision, texts: tuple[str, ...], sanitized: str) -> None:
    told = verdict(decision, *texts)
    assert (told.sanitized, told.allowed, told.effect) == (sanitized, decision.allowed, decision.effect)
