"""A mistake in a rule is one that a test notices, or it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.cases import Trial, try_documents
from yett.policy.mutation import killed, mutants
from yett.policy.parser import PolicyParser

CAP = """\
metadata: {id: p, closed: %s}
rules:
  - {id: cap, when: 'llm.maxTokens > 10 && !(team.tier == "paid")', action: {decision: deny}}
tests:
%s
"""
ENOUGH = (
    "{given: {llm.maxTokens: 11, team.tier: free}, expect: {effect: deny}}",
    "{given: {llm.maxTokens: 10, team.tier: free}, expect: {effect: allow}}",
    "{given: {llm.maxTokens: 11, team.tier: paid}, expect: {effect: allow}}",
)


def tried(*cases: str, closed: str = "false") -> Trial:
    document = PolicyParser().parse_yaml(CAP % (closed, "\n".join(f"  - {case}" for case in cases)))
    return try_documents("p", [document], document.cases)


def living(trial: Trial) -> list[str]:
    return [each.words for each in mutants(trial.program.clauses) if not killed(each, trial.posed)]


def test_every_small_mistake_is_made() -> None:
    assert [each.words for each in mutants(tried(*ENOUGH).program.clauses)] == [
        "the rule is left out",
        "`allow` in place of `deny`",
        "`any` in place of `all`",
        "`llm.maxTokens` > `10` is left out",
        "a group is left out",
        "the contrary of `llm.maxTokens` > `10`",
        "`llm.maxTokens` >= `10` in place of `llm.maxTokens` > `10`",
        "the contrary of `team.tier` is `paid`",
    ]


def test_enough_tests_notice_all_of_them() -> None:
    assert living(tried(*ENOUGH)) == []


@pytest.mark.parametrize(
    ("left_out", "lives"),
    [
        (0, {"the rule is left out", "`allow` in place of `deny`"}),
        (1, {"`llm.maxTokens` > `10` is left out", "`llm.maxTokens` >= `10` in place of `llm.maxTokens` > `10`"}),
        (2, {"a group is left out"}),
    ],
)
def test_a_test_that_is_missing_lets_its_mistakes_live(left_out: int, lives: set[str]) -> None:
    cases = [case for index, case in enumerate(ENOUGH) if index != left_out]
    assert lives <= set(living(tried(*cases)))


def test_nothing_lives_or_dies_without_tests_by_chance() -> None:
    trial = tried(ENOUGH[0])
    assert not any(killed(each, ()) for each in mutants(trial.program.clauses))


def test_what_closes_a_policy_is_not_mistaken() -> None:
    assert {each.rule for each in mutants(tried(*ENOUGH, closed="true").program.clauses)} == {"cap"}


@given(st.sets(st.sampled_from(ENOUGH), min_size=1))
def test_more_tests_never_let_more_mistakes_live(cases: set[str]) -> None:
    assert set(living(tried(*ENOUGH))) <= set(living(tried(*sorted(cases))))
