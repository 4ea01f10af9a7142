"""What a rule takes out, and whether that can be known as it comes."""

import math

import pytest

from yett.model.obligation import Redact
from yett.model.stage import Stage
from yett.policy.compiler import compile_documents
from yett.policy.parser import PolicyParser
from yett.policy.program import Program

_DOCUMENT = """
metadata: {{id: p, name: p, version: 1.0.0}}
rules:
  - id: r
    condition: {condition}
    action: {{decision: sanitize, obligations: [{{type: redact, kinds: [{kind}], how: remove}}]}}
status: active
"""


_EMAIL = "{operator: contains, field: pii.types, value: email}"
_PHONE = "{operator: contains, field: pii.types, value: phone}"
_SURE = "{operator: gte, field: pii.score, value: 0.5}"


def _either(*conditions: str) -> str:
    return f"{{operator: or, conditions: [{', '.join(conditions)}]}}"


def _both(*conditions: str) -> str:
    return f"{{operator: and, conditions: [{', '.join(conditions)}]}}"


def _program(condition: str, kind: str) -> Program:
    return compile_documents([PolicyParser().parse_yaml(_DOCUMENT.format(condition=condition, kind=kind))])


@pytest.mark.parametrize(
    ("condition", "kind", "least"),
    [
        ("{operator: gte, field: pii.score, value: 0.5}", "pii", 0.5),
        ("{operator: gt, field: pii.model.score, value: 0.5}", "pii.email", math.nextafter(0.5, 1)),
        ("{operator: gte, field: secrets.score, value: 0.4}", "secret", 0.4),
        ("{operator: eq, field: pii.found, value: true}", "pii", 0.0),
        ("{operator: gte, field: injection.score, value: 0.5}", "pii", 0.0),
        (
            _either(_SURE, "{operator: gte, field: pii.score, value: 0.3}"),
            "pii",
            0.3,
        ),
        (
            _both(_SURE, _EMAIL),
            "pii.email",
            0.5,
        ),
        (
            _either(_SURE, "{operator: eq, field: secrets.found, value: true}"),
            "pii",
            0.0,
        ),
    ],
)
def test_a_rule_redacts_what_is_as_sure_as_it_asks(condition: str, kind: str, least: float) -> None:
    (clause,) = _program(condition, kind).clauses
    assert clause.obligations == (Redact(kind, clause.obligations[0].how, least),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("condition", "kind", "streams"),
    [
        ("{operator: gte, field: pii.score, value: 0.5}", "pii", True),
        ("{operator: contains, field: pii.types, value: email}", "pii.email", True),
        ("{operator: contains, field: llm.piiTypes, value: email}", "pii.email", True),
        ("{operator: eq, field: pii.found, value: true}", "pii", True),
        ("{operator: eq, field: llm.model, value: gpt-4}", "'*'", True),
        ("{operator: contains, field: pii.types, value: email}", "pii", False),
        ("{operator: contains, field: pii.types, value: email}", "pii.phone", False),
        ("{operator: gte, field: secrets.score, value: 0.5}", "pii", False),
        ("{operator: eq, field: secrets.found, value: true}", "'*'", False),
        ("{operator: gte, field: pii.count, value: 3}", "pii", False),
        (
            _either(_SURE, "{operator: gte, field: pii.score, value: 0.3}"),
            "pii",
            True,
        ),
        (_either(_EMAIL, _PHONE), "pii.email, pii.phone", True),
        (_either(_EMAIL, _PHONE), "pii", False),
        (
            _either(
                "{operator: eq, field: llm.model, value: gpt-4}", "{operator: eq, field: secrets.found, value: true}"
            ),
            "pii",
            False,
        ),
    ],
)
def test_a_stream_needs_findings_that_speak_for_themselves(condition: str, kind: str, *, streams: bool) -> None:
    assert _program(condition, kind).monotone(Stage.RESPONSE) is streams
