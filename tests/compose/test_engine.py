"""The decision point in the library."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from yett import PolicyEngine, PolicyParser
from yett.model.decision import Effect
from yett.policy import engine as inner

POLICIES = """
metadata: {id: everything}
rules:
  - {id: mail, when: '"email" in pii.types', action: {decision: deny}}
  - {id: dear, when: llm.estimatedCost > 1.0, on_missing: skip, action: {decision: deny}}
  - {id: magic, when: 'llm.prompt.contains("sesame")', action: {decision: warn}}
---
metadata: {id: over, expires: 2020-01-01}
rules: [{id: gone, when: request.hour >= 0, action: {decision: deny}}]
"""


def made() -> PolicyEngine:
    return PolicyEngine(PolicyParser().parse_all(POLICIES))


@pytest.mark.parametrize(
    ("context", "rules"),
    [
        ({"llm": {"prompt": "Write to jane.doe@example.org"}}, ["mail"]),
        ({"llm": {"prompt": "Write to Jane"}}, []),
        ({"llm": {"prompt": "open sesame"}}, ["magic"]),
        ({"llm": {"prompt": "Write to jane.doe@example.org"}, "pii": {"types": []}}, []),
        ({"llm": {"prompt": "Hi", "model": "o1-pro", "maxTokens": 2_000}}, ["dear"]),
        ({"llm": {"prompt": "Hi", "model": "o1-pro", "maxTokens": 1_000}}, []),
        ({"llm": {"prompt": "Hi", "model": "gpt-4o-mini"}}, []),
        ({"llm": {"model": "o1-pro", "estimatedTokens": 10_000_000}, "pii": {"types": []}}, ["dear", "magic"]),
        ({"pii": {"types": []}, "llm": {"prompt": ""}}, []),
        ({"response": {"text": "jane.doe@example.org"}}, ["mail"]),
    ],
)
def test_what_nobody_stated_is_found_out(context: Mapping[str, object], rules: list[str]) -> None:
    assert [reason.rule for reason in made().evaluate(context).reasons] == rules


def test_what_has_no_text_is_missing() -> None:
    decision = made().evaluate({"llm": {"model": "gpt-4o"}})
    assert [(reason.rule, reason.unknown) for reason in decision.reasons] == [
        ("mail", ("pii.types",)),
        ("magic", decision.reasons[1].unknown),
    ]


def test_an_explanation_tells_what_was_found_out() -> None:
    told = made().explain({"llm": {"prompt": "Write to jane.doe@example.org"}})
    assert told.decision.effect is Effect.DENY
    assert {rule.rule: rule.matched for rule in told.rules} == {
        "mail": True,
        "dear": False,
        "magic": False,
        "gone": False,
    }
    assert made().explain({"pii": {"types": []}}).decision == made().evaluate({"pii": {"types": []}})


def test_a_policy_that_is_added_counts_from_then_on() -> None:
    engine = PolicyEngine()
    assert engine.evaluate({}).allowed
    engine.add_policy(PolicyParser().parse_yaml("metadata: {id: no}\nrules: [{id: never, action: {decision: deny}}]"))
    assert not engine.evaluate({}).allowed


def test_where_everything_is_stated_it_decides_as_the_bare_engine() -> None:
    bare = inner.PolicyEngine(PolicyParser().parse_all(POLICIES))
    for context in (
        {"pii": {"types": ["email"]}, "request": {"date": 20260101, "hour": 5}},
        {"request": {"date": 20190101, "hour": 3}},
    ):
        assert made().evaluate(context) == bare.evaluate(context)


def test_nothing_heavy_is_imported_before_a_text_is_read() -> None:
    code = (
        "import sys, yett; engine = yett.PolicyEngine(); engine.evaluate({'llm': {'prompt': 'Hi'}});"
        "print([name for name in ('pydantic', 'hyperscan', 'uvicorn', 'fastapi', 'rs_bpe') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
