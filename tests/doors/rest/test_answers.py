"""Answers as JSON."""

import json
from decimal import Decimal

import pytest

from yett.doors.rest.answers import Answers
from yett.model.decision import Decision, Effect, Reason
from yett.policy.explaining import Explanation
from yett.services.deciding import Answer
from yett.services.shapes import decision_shape

DENIED = Decision(False, Effect.DENY, (Reason("p", "1", "r", Effect.DENY, "because", ("a.b",)),), (), "rev")
ALLOWED = Decision(True, Effect.ALLOW)


def test_an_answer_has_the_decision_what_was_found_out_and_how_long_it_took() -> None:
    told = json.loads(
        Answers().one(Answer(DENIED, {"pii.types": ("email",), "llm.estimatedCost": Decimal("0.1")}, 25e-6))
    )
    assert told == {
        "decision": decision_shape(DENIED),
        "facts": {"pii.types": ["email"], "llm.estimatedCost": "0.1"},
        "duration_us": 25.0,
    }


def test_several_answers_stand_in_order() -> None:
    answers = Answers()
    told = json.loads(answers.batch([answers.one(Answer(DENIED)), answers.one(Answer(ALLOWED))], 0.001))
    assert [each["decision"]["allowed"] for each in told["results"]] == [False, True]
    assert told["duration_us"] == 1000.0
    assert json.loads(answers.batch([], 0)) == {"results": [], "duration_us": 0.0}


@pytest.mark.parametrize("known", [(), (DENIED,), (DENIED, ALLOWED)])
def test_answers_that_are_decisions_alone_are_written_as_one_by_one(known: tuple[Decision, ...]) -> None:
    answers, asked = Answers(), [DENIED, ALLOWED, DENIED]
    for decision in known:
        answers.one(Answer(decision))
    assert answers.alike(asked, 2e-6) == b",".join(Answers().one(Answer(each, duration=2e-6)) for each in asked)


def test_an_explanation_stands_inside_the_decision() -> None:
    told = json.loads(Answers().one(Answer(DENIED, explanation=Explanation(DENIED, (), (), ()))))
    assert told["decision"] == {**decision_shape(DENIED), "explanation": {"rules": [], "why_not": [], "what_if": []}}


def test_a_decision_is_told_for_what_it_is_and_not_for_where_it_lies() -> None:
    answers = Answers()
    for number in range(10_000):
        decision = Decision(
            bool(number % 2), Effect.ALLOW, revision=str(number)
        )  # dies, and leaves its place to others
        assert json.loads(answers.one(Answer(decision)))["decision"]["revision"] == str(number)
    assert len(answers._kept) == len(answers._told) <= 4096


def test_a_fact_that_nobody_can_say_is_not_made_up() -> None:
    with pytest.raises(TypeError):
        Answers().one(Answer(ALLOWED, {"a": object()}))
