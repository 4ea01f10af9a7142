"""An explanation is the interpreter's, and what it says would turn a decision turns it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Effect
from yett.policy import explaining
from yett.policy.engine import PolicyEngine
from yett.policy.explaining import Explanation
from yett.policy.interpreter import decide, lookup
from yett.policy.parser import PolicyParser

POLICY = """\
metadata: {id: p}
rules:
  - {id: dear, when: llm.estimatedCost > 1.0 && team.tier == "free", action: {decision: deny, reason: dear}}
  - {id: secret, when: 'llm.prompt.contains("secret")', action: {decision: deny}}
  - {id: both, when: user.id == "u" && team.id == "t" && request.hour > 20, action: {decision: warn}}
"""
ENGINE = PolicyEngine([PolicyParser().parse_yaml(POLICY)])
ASKED = {
    "llm": {"estimatedCost": 0.5, "prompt": "hello"},
    "team": {"tier": "free", "id": "t"},
    "user": {"id": "v"},
    "request": {"hour": 10},
}


def test_every_rule_is_told_with_the_truth_and_the_fact_of_each_condition() -> None:
    told = ENGINE.explain(ASKED)
    assert told.decision == ENGINE.evaluate(ASKED)
    dear = next(rule for rule in told.rules if rule.rule == "dear")
    assert (dear.matched, dear.effect, dear.tree.words, dear.tree.truth) == (False, Effect.DENY, "all", False)
    assert {(step.words, step.truth, step.fact) for step in dear.tree.parts} == {
        ("`team.tier` is `free`", True, "free"),
        ("`llm.estimatedCost` > `1.0`", False, 0.5),
    }


def test_no_text_is_shown() -> None:
    assert "hello" not in str(ENGINE.explain(ASKED))
    assert "`llm.prompt` contains `secret`" in str(ENGINE.explain(ASKED))


def test_the_closest_rules_come_first_with_what_they_miss() -> None:
    dear, secret, both = ENGINE.explain(ASKED).why_not
    assert (dear.rule, dear.failing) == ("dear", ("`llm.estimatedCost` > `1.0`",))
    assert secret.rule == "secret"
    assert (both.rule, both.failing) == ("both", ("`user.id` is `u`", "`request.hour` > `20`"))


def test_the_smallest_change_is_told_in_both_directions() -> None:
    (change,) = ENGINE.explain(ASKED).what_if
    assert (change.field, change.words) == ("llm.estimatedCost", "`llm.estimatedCost` > `1.0`")
    denied = {**ASKED, "llm": {"estimatedCost": 2.0, "prompt": "a secret"}}
    assert len(ENGINE.explain(denied).what_if) == 2


def test_where_nothing_turns_it_nothing_is_said() -> None:
    engine = PolicyEngine([PolicyParser().parse_yaml("metadata: {id: p}\nrules: [{id: r, action: {decision: deny}}]")])
    told = engine.explain({})
    assert (told.what_if, told.why_not) == ((), ())


@pytest.mark.parametrize(
    ("action", "closed"), [("decision: deny", "false"), ("decision: allow", "true")], ids=["denied", "allowed"]
)
def test_a_rule_that_misses_more_than_two_conditions_may_be_the_smallest_change(action: str, closed: str) -> None:
    when = 'user.id == "u" && team.id == "t" && request.hour > 20 && team.tier != "free"'
    text = f"metadata: {{id: p, closed: {closed}}}\nrules: [{{id: r, when: '{when}', action: {{{action}}}}}]"
    engine = PolicyEngine([PolicyParser().parse_yaml(text)])
    asked = {"user": {"id": "v"}, "team": {"id": "x", "tier": "free"}, "request": {"hour": 1}}
    told = engine.explain(asked)
    assert [change.field for change in told.what_if] == ["user.id", "team.id", "request.hour", "team.tier"]
    turned: dict[str, dict[str, object]] = {"user": {}, "team": {}, "request": {}}
    for change in told.what_if:
        family, _, name = change.field.partition(".")
        turned[family][name] = change.value
    assert engine.evaluate(turned).allowed is not engine.evaluate(asked).allowed


facts = st.fixed_dictionaries(
    {
        "llm": st.fixed_dictionaries({}, optional={"estimatedCost": st.sampled_from([0.5, 1.0, 2.0, "x"]), "prompt": st.sampled_from(["hello", "secret"])}),
        "team": st.fixed_dictionaries({}, optional={"tier": st.sampled_from(["free", "pro", 5])}),
    }
)  # fmt: skip


def turns(context: dict[str, object], told: Explanation) -> bool:
    """Say whether the change that is told turns the decision."""
    changed = {change.field: change.value for change in told.what_if}
    known = {**context, "text": {}}
    clauses = [clause for clause in ENGINE.program.clauses if "request" in {stage.value for stage in clause.stages}]
    prompt = lookup(context, "llm.prompt")
    answer = {f"text.{test.id}": isinstance(prompt, str) and "secret" in prompt for test in ENGINE.program.text_tests}
    answer = answer if isinstance(prompt, str) else {}
    decision = decide(clauses, lambda name: {**answer, **changed}.get(name, lookup(known, name)))
    return decision.allowed is not told.decision.allowed


@given(facts)
def test_what_would_turn_the_decision_turns_it(context: dict[str, object]) -> None:
    told = ENGINE.explain(context)
    assert told.what_if
    assert turns(context, told)


def test_a_change_that_nobody_tried_does_not_turn_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def untried(clauses: object, decision: object, look: object, asked: object) -> object:
        return next(attempts(clauses, decision, look, asked))  # type: ignore[arg-type]

    attempts = explaining._attempts
    monkeypatch.setattr(explaining, "_what_if", untried)
    denied: dict[str, object] = {**ASKED, "llm": {"estimatedCost": 2.0, "prompt": "a secret"}}
    assert not turns(denied, ENGINE.explain(denied))
