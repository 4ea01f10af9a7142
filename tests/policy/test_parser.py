"""The policy of the contract is read, and a broken one is told in full."""

import pytest

from yett.model.decision import Effect
from yett.model.errors import OperatorError
from yett.policy.parser import PolicyParser

CONTRACT = """\
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
status: active
"""
BROKEN = """\
metadata: {id: x, prioritty: 3, version: 1.0}
rules:
  - id: a
    condition: {operator: gt, field: llm.estimatdCost, value: 1}
    action: {decision: denny}
  - id: a
    condition: {operator: gt, field: llm.estimatedCost, value: "1"}
    action: {decision: sanitize, obligations: [{type: redact, kinds: [pii.emial]}]}
  - id: c
    condition:
      operator: and
      conditions:
        - {operator: matches, field: llm.prompt, value: "(?=x)"}
        - {operator: eq, field: response.text, value: no}
    action: {decision: deny}
    when: llm.model == "x"
  - id: d
    condition:
      operator: or
      conditions: [{operator: eq, field: llm.prompt, value: x}, {operator: eq, field: response.text, value: x}]
    action: {decision: limit}
    on_missing: ignore
    stages: [requst]
tests:
  - {given: {llm.modle: x}, expect: {effect: deny, rules: [e]}}
statuss: active
"""
COMPLAINTS = """\
acme.yaml:1:19: unknown key `prioritty` in `metadata`; did you mean `priority`? [unknown-key]
acme.yaml:4:38: unknown field `llm.estimatdCost`; did you mean `llm.estimatedCost`? [unknown-field]
acme.yaml:5:24: `denny` is no decision; did you mean `deny`? [wrong-value]
acme.yaml:6:5: two rules are called `a`; first on line 3 [duplicate-id]
acme.yaml:7:64: `1` is a string, a number is needed [wrong-type]
acme.yaml:8:71: unknown finding kind `pii.emial`; did you mean `pii.email`? [unknown-kind]
acme.yaml:13:57: `(?=x)` is no RE2 pattern: invalid perl operator: (?=; RE2 knows no look-around or back-references [pattern]
acme.yaml:16:11: beside `condition` there is `when`; join them under `all` [two-conditions]
acme.yaml:17:5: the rule `d` never applies: at no stage do all its fields exist; split it, or change `stages` [no-stage]
acme.yaml:21:13: `limit` does not say what to do; such as `limit: {max_tokens: 500}` [missing-key]
acme.yaml:22:17: `ignore` is no way to treat missing facts; `match` or `skip` [wrong-value]
acme.yaml:23:14: `requst` is no stage; did you mean `request`? [wrong-value]
acme.yaml:25:14: unknown field `llm.modle`; did you mean `llm.model`? [unknown-field]
acme.yaml:25:60: there is no rule `e` [unknown-rule]
acme.yaml:26:1: unknown key `statuss` in a policy; did you mean `status`? [unknown-key]"""


def test_the_example_of_the_contract_is_read() -> None:
    document = PolicyParser().parse_yaml(CONTRACT)
    assert (document.id, document.version, document.priority, document.namespace) == (
        "cost-limit",
        "1.0.0",
        100,
        "production",
    )
    (rule,) = document.rules
    assert (rule.id, rule.action.effect) == ("deny-expensive-models", Effect.DENY)


def test_all_problems_are_told_at_once_with_place_and_cure() -> None:
    with pytest.raises(OperatorError) as caught:
        PolicyParser().parse_yaml(BROKEN, "acme.yaml")
    assert str(caught.value) == COMPLAINTS


def test_several_policies_are_read_together() -> None:
    other = CONTRACT.replace("cost-limit", "other")
    assert [each.id for each in PolicyParser().parse_all(f"{CONTRACT}---\n{other}")] == ["cost-limit", "other"]
    with pytest.raises(
        OperatorError, match="<policy>:13:1: there is more than one policy here; read them with `parse_all`"
    ):
        PolicyParser().parse_yaml(f"{CONTRACT}---\n{other}")


@pytest.mark.parametrize("text", ["", "---\n---\n", "# nothing\n"])
def test_nothing_is_no_policy(text: str) -> None:
    with pytest.raises(OperatorError, match="there is no document here"):
        PolicyParser().parse_yaml(text)
    with pytest.raises(OperatorError):
        PolicyParser().parse_all(text)
