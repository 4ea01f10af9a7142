"""What is proposed lies at the edges of conditions, and is what policies decide."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy import boundary
from yett.policy.boundary import Proposed, propose
from yett.policy.cases import try_documents
from yett.policy.coverage import cover, share
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser

HEAD = "metadata: {id: p}\nrules:\n"


def proposed(*rules: str) -> list[Proposed]:
    program = PolicyEngine([PolicyParser().parse_yaml(HEAD + "".join(f"  - {rule}\n" for rule in rules))]).program
    return list(propose(program.clauses, program.text_tests))


def rule(when: str, decision: str = "deny", name: str = "r") -> str:
    return f"{{id: {name}, when: {json.dumps(when)}, action: {{decision: {decision}}}}}"


@pytest.mark.parametrize(
    ("when", "field", "edges"),
    [
        ("llm.estimatedCost > 1.0", "llm.estimatedCost", [1.1, 1.0]),
        ("llm.estimatedCost >= 0.75", "llm.estimatedCost", [0.75, 0.749]),
        ("llm.maxTokens < 100", "llm.maxTokens", [99, 100]),
        ("llm.maxTokens <= 100", "llm.maxTokens", [100, 101]),
        ('llm.model in ["a", "b"]', "llm.model", ["a", "(something else)"]),
        ('"email" in llm.piiTypes', "llm.piiTypes", [["email"], []]),
        ('llm.prompt.contains("bomb")', "llm.prompt", ["bomb", "something else"]),
    ],
)
def test_both_sides_of_an_edge_are_proposed(when: str, field: str, edges: list[object]) -> None:
    both = proposed(rule(when))
    assert [each.given[field] for each in both] == edges
    assert [(each.effect.value, each.rules) for each in both] == [("deny", ("r",)), ("allow", ())]


def test_another_rule_is_kept_from_matching_for_want_of_facts() -> None:
    just, _, *_ = proposed(rule("llm.maxTokens > 10"), rule('team.tier == "free"', "warn", "other"))
    assert just.rules == ("r",)
    assert just.given["team.tier"] != "free"


def test_what_cannot_be_met_is_left_out() -> None:
    assert proposed(rule("llm.maxTokens > 10 && llm.maxTokens < 5")) == []


CONDITIONS = st.sampled_from(
    [
        "llm.maxTokens > 10",
        "llm.maxTokens <= 99",
        'team.tier == "free"',
        '!(llm.model in ["a", "b"])',
        "llm.estimatedCost >= 0.5",
        "llm.containsPII",
    ]
)
RULES = st.lists(
    st.tuples(
        st.lists(CONDITIONS, min_size=1, max_size=3), st.sampled_from(["&&", "||"]), st.sampled_from(["deny", "warn"])
    ),
    min_size=1,
    max_size=3,
)
_Written = list[tuple[list[str], str, str]]


def agreed(written: _Written) -> bool:
    """Say whether what is proposed passes, put back as tests."""
    rules = [
        rule(f" {word} ".join(conditions), decision, f"r{index}")
        for index, (conditions, word, decision) in enumerate(written)
    ]
    text = HEAD + "".join(f"  - {each}\n" for each in rules)
    cases = [
        {"stage": each.stage.value, "given": each.given, "expect": {"effect": each.effect.value, "rules": each.rules}}
        for each in proposed(*rules)
    ]
    document = PolicyParser().parse_yaml(f"{text}tests: {json.dumps(cases)}\n")
    return all(outcome.result.value == "passed" for outcome in try_documents("p", [document], document.cases).outcomes)


@given(RULES)
def test_what_is_proposed_holds_today(written: _Written) -> None:
    assert agreed(written)


def test_a_proposal_that_is_not_what_is_decided_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "decide", lambda clauses, look: boundary_decide(clauses[:0], look))
    assert not agreed([(["llm.maxTokens > 10"], "&&", "deny")])


def boundary_decide(clauses: object, look: object) -> object:
    from yett.policy.interpreter import decide

    return decide(clauses, look)  # type: ignore[arg-type]


def test_the_proposals_for_a_rule_cover_it() -> None:
    when = 'llm.maxTokens > 10 && team.tier == "free" && !(llm.model in ["a", "b"])'
    cases = [{"given": each.given, "expect": {"allowed": True}} for each in proposed(rule(when))]
    document = PolicyParser().parse_yaml(f"{HEAD}  - {rule(when)}\ntests: {json.dumps(cases)}\n")
    trial = try_documents("p", [document], document.cases)
    assert share(cover(trial.program.clauses, trial.posed)) == 1.0
