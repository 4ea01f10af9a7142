"""Facts that a caller states."""

from collections.abc import Mapping

import pytest

from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.contexts import Texts, stage_of
from yett.policy.expression import Operator
from yett.policy.interpreter import lookup
from yett.policy.lifting import lifted

TEST = lifted("llm.prompt", Operator.CONTAINS, "secret")


@pytest.mark.parametrize(
    ("context", "stage"), [({}, Stage.REQUEST), ({"llm": {}}, Stage.REQUEST), ({"response": {}}, Stage.RESPONSE)]
)
def test_the_stage_is_told_by_the_facts(context: Mapping[str, object], stage: Stage) -> None:
    assert stage_of(context) is stage


@pytest.mark.parametrize(
    ("context", "answer"),
    [
        ({"llm": {"prompt": "a secret"}}, True), ({"llm": {"prompt": "hi"}}, False), ({"llm": {"prompt": 5}}, Unknown.MISSING),
        ({"llm": {}}, Unknown.MISSING), ({}, Unknown.MISSING), ({"llm": {"prompt": Unknown.UNAVAILABLE}}, Unknown.UNAVAILABLE),
        ({"llm": {"prompt": "hi"}, "text": {TEST.id: True}}, False),
    ],
)  # fmt: skip
def test_conditions_on_text_are_answered_from_the_context(context: Mapping[str, object], answer: object) -> None:
    answered = Texts([TEST]).answered(context)
    assert lookup(answered, f"text.{TEST.id}") is answer
    assert lookup(answered, "text.other") is Unknown.MISSING


def test_answers_are_a_mapping() -> None:
    answers = Texts([TEST]).answered({"llm": {"prompt": "hi"}})["text"]
    assert isinstance(answers, Mapping)
    assert dict(answers) == {TEST.id: False}
    assert len(answers) == 1


def test_without_conditions_the_context_is_left_as_it_is() -> None:
    context = {"a": 1}
    assert Texts([]).answered(context) is context
