"""The library's policy engine, and the defects of others that it must not have."""

import pytest

from yett.model.decision import Decision, Effect
from yett.model.errors import OperatorError
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser


def engine(*rules: str, priority: int = 0) -> PolicyEngine:
    built = PolicyEngine()
    for number, rule in enumerate(rules):
        text = f"metadata: {{id: p{number}, priority: {priority + number}}}\nrules: [{{id: r, {rule}}}]\n"
        built.add_policy(PolicyParser().parse_yaml(text))
    return built


def leaf(operator: str, field: str, value: str) -> str:
    return f"condition: {{operator: {operator}, field: {field}, value: {value}}}"


def effects(decision: Decision) -> list[Effect]:
    return [reason.effect for reason in decision.reasons]


DENY = "action: {decision: deny}"


def test_the_contract_s_example_works() -> None:
    text = f"metadata: {{id: x}}\nrules: [{{id: r, {leaf('contains', 'llm.prompt', 'bomb')}, {DENY}}}]\n"
    built = PolicyEngine()
    built.add_policy(PolicyParser().parse_yaml(text))
    assert built.evaluate({"llm": {"model": "gpt-4", "prompt": "hi"}}).allowed
    assert not built.evaluate({"llm": {"model": "gpt-4", "prompt": "a bomb"}}).allowed


def test_without_policies_everything_is_allowed() -> None:
    assert PolicyEngine().evaluate({"llm": {}}) == Decision(
        allowed=True, effect=Effect.ALLOW, revision=PolicyEngine().program.revision
    )


def test_a_missing_cost_denies_because_it_is_unknown_and_says_so() -> None:
    decision = engine(f"{leaf('gt', 'llm.estimatedCost', '1.0')}, {DENY}").evaluate({})
    assert not decision.allowed
    assert decision.reasons[0].unknown == ("llm.estimatedCost",)
    skipping = engine(f"{leaf('gt', 'llm.estimatedCost', '1.0')}, on_missing: skip, {DENY}")
    assert skipping.evaluate({}).allowed


@pytest.mark.parametrize(("value", "allowed"), [("5", True), (5, False), (5.0, False), (True, True)])
def test_five_is_not_the_word_five(value: object, allowed: bool) -> None:
    assert engine(f"{leaf('eq', 'metadata.n', '5')}, {DENY}").evaluate({"metadata": {"n": value}}).allowed is allowed


def test_a_lower_warning_never_hides_a_sanitize() -> None:
    decision = engine("action: {decision: warn}", "action: {decision: sanitize}").evaluate({})
    assert decision.effect is Effect.SANITIZE
    assert effects(decision) == [Effect.SANITIZE, Effect.WARN]


def test_an_invalid_pattern_never_loads() -> None:
    with pytest.raises(OperatorError, match="is no RE2 pattern"):
        engine(f"{leaf('matches', 'llm.model', '(')}, {DENY}")


def test_no_pattern_can_stall() -> None:
    assert (
        engine(f"{leaf('matches', 'llm.prompt', '^(a+)+$')}, {DENY}")
        .evaluate({"llm": {"prompt": "a" * 50_000 + "!"}})
        .allowed
    )


def test_an_exception_of_higher_priority_overrides_a_deny() -> None:
    assert (
        engine(DENY, f"{leaf('eq', 'team.tier', 'pro')}, action: {{decision: allow}}")
        .evaluate({"team": {"tier": "pro"}})
        .allowed
    )


def test_a_draft_decides_nothing() -> None:
    built = PolicyEngine()
    built.add_policy(PolicyParser().parse_yaml(f"metadata: {{id: x}}\nstatus: draft\nrules: [{{id: r, {DENY}}}]"))
    assert built.evaluate({}).allowed


def test_all_matching_rules_are_told() -> None:
    assert len(engine(DENY, DENY, "action: {decision: warn}").evaluate({}).reasons) == 3


def test_numbers_lists_and_booleans_keep_their_type() -> None:
    built = engine(f"{leaf('in', 'metadata.v', '[1, true, x]')}, {DENY}")
    assert [built.evaluate({"metadata": {"v": value}}).allowed for value in (1, True, "x", "1", "true", 0, False)] == [
        False, False, False, True, True, True, True,
    ]  # fmt: skip


def test_the_stage_follows_from_the_facts_or_is_said() -> None:
    built = engine(f"{leaf('contains', 'response.text', 'x')}, {DENY}")
    assert not built.evaluate({"response": {"text": "x"}}).allowed
    assert built.evaluate({"llm": {"prompt": "x"}}).allowed
    assert not built.evaluate({}, stage=Stage.RESPONSE).allowed
    assert built.evaluate({"response": {"text": "x"}}, stage="tool").allowed
    with pytest.raises(ValueError, match="nowhere"):
        built.evaluate({}, stage="nowhere")


def test_policies_may_be_added_while_it_decides() -> None:
    built = engine("action: {decision: warn}")
    assert built.evaluate({}).allowed
    built.add_policy(PolicyParser().parse_yaml(f"metadata: {{id: more}}\nrules: [{{id: r, {DENY}}}]"))
    assert not built.evaluate({}).allowed


def test_a_policy_of_the_same_name_is_refused() -> None:
    with pytest.raises(OperatorError, match="two policies are called `p0`"):
        engine(DENY).add_policy(PolicyParser().parse_yaml("metadata: {id: p0}\nrules: []"))


def test_a_policy_whose_tests_fail_does_not_load() -> None:
    text = f"metadata: {{id: x}}\nrules: [{{id: r, {DENY}}}]\ntests: [{{given: {{}}, expect: {{effect: allow}}}}]"
    built = PolicyEngine()
    with pytest.raises(OperatorError, match="`test on line 3` failed: expected `allow`, got `deny`"):
        built.add_policy(PolicyParser().parse_yaml(text))
    assert built.evaluate({}).allowed


def test_constants_are_the_operator_s() -> None:
    condition = leaf("gt", "llm.maxTokens", "'${n}'")
    text = f"metadata: {{id: x}}\nconstants: {{n: 5}}\nrules: [{{id: r, {condition}, {DENY}}}]"
    document = PolicyParser().parse_yaml(text)
    facts = {"llm": {"maxTokens": 7}}
    assert not PolicyEngine([document]).evaluate(facts).allowed
    assert PolicyEngine([document], {"n": 9}).evaluate(facts).allowed
