"""`yett policy` decides and checks."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

COST = """
metadata: {id: cost-limit, name: Monthly cost limit, version: 1.0.0, namespace: production, priority: 100}
rules:
  - id: deny-expensive-models
    name: Deny requests over the free tier's cost
    condition:
      operator: and
      conditions:
        - {operator: gt, field: llm.estimatedCost, value: 1.0}
        - {operator: eq, field: team.tier, value: free}
    action: {decision: deny, reason: "Cost exceeds free tier limit ($1.00)"}
  - id: mask
    condition: {operator: contains, field: llm.piiTypes, value: email}
    action: {decision: sanitize, obligations: [{type: redact, kinds: [pii.email], how: mask}]}
tests:
  - name: too expensive
    given: {llm: {estimatedCost: 2.0, piiTypes: []}, team: {tier: free}}
    expect: {effect: deny}
status: active
"""
FACTS = {"llm": {"estimatedCost": 2.0, "piiTypes": ["email"]}, "team": {"tier": "free"}}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "cost.yaml"
    file.write_text(COST)
    return file


def test_a_denial_is_told_with_its_rules_and_leaves_with_one(yett: Run, policy: Path) -> None:
    code, out, _ = yett("policy", "evaluate", "cost.yaml", "--context", json.dumps(FACTS))
    assert code == 1
    assert out.splitlines() == [
        "deny: Cost exceeds free tier limit ($1.00)",
        "  deny by cost-limit@1.0.0/deny-expensive-models",
        "  sanitize by cost-limit@1.0.0/mask",
    ]


def test_what_is_allowed_is_told_with_its_obligations(yett: Run, policy: Path, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps(FACTS | {"team": {"tier": "gold"}}))
    code, out, _ = yett("policy", "evaluate", "cost.yaml", "--context", "@facts.json", "--json")
    shape = json.loads(out)
    assert (code, shape["effect"], shape["matched"][0]["rule"]) == (0, "sanitize", "mask")
    assert shape["obligations"][0]["type"] == "redact"


def test_the_context_may_come_from_standard_input(yett: Run, policy: Path) -> None:
    ran = yett("policy", "evaluate", "cost.yaml", "--context", "@-", stdin=json.dumps(FACTS).encode())
    assert ran.code == 1


def test_what_is_not_known_is_told(yett: Run, policy: Path) -> None:
    code, out, _ = yett("policy", "evaluate", "cost.yaml", "--context", '{"team": {"tier": "free"}}')
    assert code == 1
    assert "(possibly: llm.estimatedCost unknown)" in out


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ("{", "not JSON"),
        ("[]", "JSON object"),
        ('{"a": NaN}', "`NaN` is no number"),
        ('{"a": 1, "a": 2}', "a key is there twice"),
        ("[" * 100_000, "not JSON"),
        ("1" * 5000, "not JSON"),
        ("@nowhere", "no such file"),
        ("@latin", "not UTF-8"),
    ],
)
def test_a_context_that_is_none_is_a_mistake_of_usage(
    yett: Run, policy: Path, tmp_path: Path, context: str, word: str
) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    code, out, err = yett("policy", "evaluate", "cost.yaml", "--context", context)
    assert (code, out) == (2, "")
    assert word in err
    assert "Traceback" not in err


def test_policies_that_hold_are_counted(yett: Run, policy: Path) -> None:
    code, out, err = yett("policy", "validate", "cost.yaml")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == ["cost-limit@1.0.0", "2", "1", "0"]


def test_a_test_that_fails_leaves_with_one(yett: Run, policy: Path) -> None:
    policy.write_text(COST.replace("expect: {effect: deny}", "expect: {effect: allow}"))
    code, _, err = yett("policy", "validate", "cost.yaml")
    assert code == 1
    assert "cost.yaml:16:5: `too expensive` failed: expected `allow`, got `deny`" in err
    ran = yett("policy", "validate", "cost.yaml", "--json")
    assert (ran.code, json.loads(ran.out)["policies"][0]["tests"]) == (1, {"passed": 0, "failed": 1})


def test_policies_that_cannot_be_understood_leave_with_two_and_tell_everything(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        COST.replace("llm.piiTypes", "llm.piTypes").replace("decision: deny", "decision: no")
    )
    (tmp_path / "b.yaml").write_text("metadata: {}\nrules: []\n")
    code, out, err = yett("policy", "validate", "a.yaml", "b.yaml")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) >= 3
    for word in (
        "a.yaml:11:24: `no` is no decision",
        "a.yaml:13:44: unknown field `llm.piTypes`",
        "did you mean `llm.piiTypes`?",
        "b.yaml:1:",
    ):
        assert word in err, err


def test_a_file_that_is_not_there_is_a_mistake_of_usage(yett: Run) -> None:
    assert yett("policy", "validate", "nowhere.yaml").code == 2
    assert yett("policy", "validate").code == 2


def test_today_is_stated_where_the_context_does_not(yett: Run, tmp_path: Path) -> None:
    rule = "  - {id: r, action: {decision: deny}, expires: 2020-01-01}\n"
    (tmp_path / "old.yaml").write_text(f"metadata: {{id: old}}\nrules:\n{rule}")
    assert yett("policy", "evaluate", "old.yaml", "--context", "{}").code == 0
    assert yett("policy", "evaluate", "old.yaml", "--context", '{"request": {"date": 20191231}}').code == 1
    assert yett("policy", "evaluate", "old.yaml", "--context", '{"request": 5}').code == 1


def test_a_test_that_fails_is_told_to_code_hosts_where_it_stands(yett: Run, policy: Path) -> None:
    assert json.loads(yett("policy", "validate", "cost.yaml", "--sarif").out)["runs"][0]["results"] == []
    policy.write_text(COST.replace("expect: {effect: deny}", "expect: {effect: allow}"))
    ran = yett("policy", "validate", "cost.yaml", "--sarif")
    (told,) = json.loads(ran.out)["runs"][0]["results"]
    assert (ran.code, told["ruleId"], told["level"]) == (1, "failed-test", "error")
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "cost.yaml"
