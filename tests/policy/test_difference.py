"""In what two sets of policies differ is told, and shown."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_program import some_clauses
from yett.model.decision import Decision, Effect
from yett.model.obligation import Cap
from yett.policy import difference
from yett.policy.compiler import compile_documents
from yett.policy.difference import Difference, Kind, found_by_trying, kind_of, rule_changes
from yett.policy.parser import PolicyParser
from yett.policy.program import Program


def program(*rules: str, version: str = "1") -> Program:
    text = f"metadata: {{id: x, version: '{version}'}}\nrules: [{', '.join(rules)}]"
    return compile_documents([PolicyParser().parse_yaml(text)])


LATE = "{id: a, when: request.hour > 20, action: {decision: deny}}"
LATER = "{id: a, when: request.hour > 21, action: {decision: deny}}"
SECRET = "{id: t, when: \"llm.prompt.contains('xyz')\", action: {decision: deny}}"
CAPPED = "{id: c, when: team.tier == 'free', action: {decision: limit, limit: {max_tokens: 5}}}"


def test_rules_that_came_went_and_changed_are_told() -> None:
    changes = rule_changes(program(LATE, SECRET), program(LATER, CAPPED, version="2"))
    assert [(each.difference, each.rule) for each in changes] == [
        (Difference.CHANGED, "a"),
        (Difference.ADDED, "c"),
        (Difference.REMOVED, "t"),
    ]
    assert changes[0].parts == {"condition": ("`request.hour` > `20`", "`request.hour` > `21`")}
    assert changes[1].parts["decision"] == ("", "limit")


def test_how_a_rule_is_written_does_not_matter() -> None:
    other = "{id: a, condition: {operator: gt, field: request.hour, value: 20}, action: {decision: deny}}"
    assert rule_changes(program(LATE), program(other)) == ()


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ((LATE,), (LATE,), []),
        ((LATE,), (LATER,), [Kind.ALLOWED_ONLY_BY_OTHER]),
        ((LATER,), (LATE,), [Kind.ALLOWED_ONLY_BY_ONE]),
        ((), (SECRET,), [Kind.ALLOWED_ONLY_BY_ONE]),
        ((), (CAPPED,), [Kind.EFFECT]),
    ],
)
def test_facts_at_the_edges_show_the_difference(
    one: tuple[str, ...], other: tuple[str, ...], kinds: list[Kind]
) -> None:
    examples, tried = found_by_trying(program(*one), program(*other))
    assert list(dict.fromkeys(each.kind for each in examples)) == kinds
    assert tried > 0
    assert all(kind_of(each.one, each.other) is each.kind for each in examples)


def test_decisions_differ_by_more_than_what_is_said_about_them() -> None:
    allowed, denied = Decision(allowed=True, effect=Effect.ALLOW), Decision(allowed=False, effect=Effect.DENY)
    capped = Decision(allowed=True, effect=Effect.LIMIT, obligations=(Cap("max_tokens", 1),))
    assert [kind_of(allowed, other) for other in (allowed, denied, capped)] == [
        None,
        Kind.ALLOWED_ONLY_BY_ONE,
        Kind.EFFECT,
    ]
    assert kind_of(denied, Decision(allowed=False, effect=Effect.DENY, revision="r")) is None


def disagreement(seed: int) -> bool:
    """Say whether examples are wrong, or found where nothing differs."""
    rng = random.Random(seed)
    one, other = (Program(some_clauses(rng), (), name) for name in "ab")
    examples, _ = found_by_trying(one, other)
    same, _ = found_by_trying(one, Program(one.clauses, (), "c"))
    return bool(same) or any(difference.kind_of(each.one, each.other) is not each.kind for each in examples)


@given(st.integers(0, 10_000))
def test_examples_are_what_they_are_said_to_be(seed: int) -> None:
    assert not disagreement(seed)


def test_a_wrong_comparison_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "kind_of", lambda one, other: None if one == other else Kind.EFFECT)
    # Equal policies of two names differ in their revision alone.
    assert any(disagreement(seed) for seed in range(20))
