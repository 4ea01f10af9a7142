"""What is proved holds for all facts that are tried, and every example is one."""

import random

import pytest

from tests.policy.test_program import STAGE, some_clauses, some_facts
from yett.policy.clause import Clause
from yett.policy.compiler import compile_documents
from yett.policy.interpreter import decide, lookup
from yett.policy.parser import PolicyParser
from yett.policy.program import Program
from yett.policy.proof import questions
from yett.policy.proof.outcome import unlike
from yett.policy.proof.questions import Answer, equivalent, idle, implies, matchless


def clauses(*rules: str, more: str = "") -> tuple[Clause, ...]:
    listed = "\n".join(f"  - {{id: r{number}, {rule}}}" for number, rule in enumerate(rules))
    text = f"metadata: {{id: x{more}}}\nrules:\n{listed}"
    return compile_documents([PolicyParser().parse_yaml(text)]).clauses


def deny(when: str) -> str:
    return f"when: '{when}', action: {{decision: deny}}"


MORNING, LATER, DAY = deny("request.hour < 12"), deny("request.hour >= 12"), deny("request.hour > 3")


@pytest.mark.parametrize(
    ("one", "other", "same", "implied"),
    [
        ([MORNING], [MORNING], True, True),
        ([MORNING, LATER], [MORNING, LATER, DAY], True, True),
        ([MORNING], [MORNING, DAY], False, False),
        ([MORNING, DAY], [MORNING], False, True),
        ([deny('team.tier == "a" || team.tier == "b"')], [deny('team.tier in ["a", "b"]')], True, True),
        ([deny("!(request.hour > 5 && llm.maxTokens > 9)")], [deny("request.hour <= 5 || llm.maxTokens <= 9")], True, True),
        ([deny("request.hour > 5")], [f"{deny('request.hour > 5')}, on_missing: skip"], False, True),
        (["action: {decision: route, route: {models: [a]}}", "action: {decision: route, route: {models: [b]}}"],
         ["action: {decision: deny}"], True, True),
        (["action: {decision: limit, limit: {max_tokens: 5}}", "action: {decision: limit, limit: {max_tokens: 9}}"],
         ["action: {decision: limit, limit: {max_tokens: 5}}"], True, True),
        ([deny("llm.estimatedCost > 0.3")], [deny("llm.estimatedCost > 0.30")], True, True),
    ],
)  # fmt: skip
def test_rules_are_compared_for_all_facts(one: list[str], other: list[str], same: bool, implied: bool) -> None:
    left, right = clauses(*one), clauses(*other)
    assert equivalent(left, right).holds is same
    assert implies(left, right).holds is implied


def shown(answer: Answer, one: list[Clause], other: list[Clause]) -> bool:
    """Say whether the engine, too, decides otherwise about the example."""
    example = answer.example
    assert example is not None
    decided = [Program(side, (), "").decide_known(example.stage, example.facts) for side in (one, other)]
    return unlike(*decided)


def wrong(seed: int, pairs: int) -> list[str]:
    """Return what is wrong with the answers about random rules, and the same rules without one of them."""
    rng, found = random.Random(seed), []
    known = 0
    for _ in range(pairs):
        one = some_clauses(rng)
        other = [each for each in one if each is not rng.choice(one)]
        answer = equivalent(one, other)
        known += answer.holds is not None
        if answer.holds is False and not shown(answer, one, other):
            found.append("an example is none")
        for _ in range(40 if answer.holds else 0):
            facts = some_facts(rng)
            left, right = (decide(side, lambda name: lookup(facts, name)) for side in (one, other))  # noqa: B023 - at once
            if unlike(left, right):
                found.append("what was proved is not so")
    assert known > pairs / 2
    return found


def test_what_is_proved_is_so_and_every_example_is_one() -> None:
    assert wrong(5, 40) == []


@pytest.mark.parametrize(
    ("name", "mutant"),
    [("fact", lambda *_: "free"), ("outcome", lambda rules, formulas: OUTCOME(rules[:1], formulas))],
)
def test_answers_that_are_not_looked_at_are_found(monkeypatch: pytest.MonkeyPatch, name: str, mutant: object) -> None:
    monkeypatch.setattr(questions, name, mutant)
    if name == "fact":
        monkeypatch.setattr(questions, "unlike", lambda *_: True)
    assert wrong(5, 40)


OUTCOME = questions.outcome


def test_a_rule_that_cannot_match_is_told_from_one_that_can() -> None:
    (never,) = clauses(deny('team.tier.startsWith("a") && team.tier.endsWith("b") && team.tier == "cc"'))
    (once,) = clauses(deny('team.tier.startsWith("a") && team.tier.endsWith("b")'))
    assert matchless(never).holds is True
    answer = matchless(once)
    assert (answer.holds, STAGE in once.stages) == (False, True)
    assert answer.example is not None
    tier = lookup(answer.example.facts, "team.tier")
    assert isinstance(tier, str)
    assert (tier[0], tier[-1]) == ("a", "b")


def test_a_rule_is_idle_beside_others_together_and_no_more_of_them_than_it_takes() -> None:
    first, second, third, fourth = clauses(MORNING, LATER, DAY, deny('team.tier == "free"'))
    assert idle(third, [first, second, fourth]) == (first, second)
    assert idle(third, [first, fourth]) is None
    assert idle(fourth, [first]) is None
    (telling,) = clauses("when: request.hour > 3, action: {decision: warn, reason: w}")
    assert idle(telling, [telling]) is None
