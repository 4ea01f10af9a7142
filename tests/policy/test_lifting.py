"""Conditions on text become tests with a name of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.expression import Operator
from yett.policy.lifting import LIFTED, compiled, holds, lifted


@pytest.mark.parametrize(
    ("operator", "value", "text", "answer"),
    [
        (Operator.CONTAINS, "b", "abc", True), (Operator.CONTAINS, "B", "abc", False), (Operator.STARTS_WITH, "a", "abc", True),
        (Operator.STARTS_WITH, "b", "abc", False), (Operator.ENDS_WITH, "c", "abc", True), (Operator.ENDS_WITH, "b", "abc", False),
        (Operator.EQ, "abc", "abc", True), (Operator.EQ, "ab", "abc", False), (Operator.IN, ("x", "abc"), "abc", True),
        (Operator.IN, ("x", "ab"), "abc", False), (Operator.MATCHES, "^a.c$", "abc", True), (Operator.MATCHES, "^b", "abc", False),
    ],
)  # fmt: skip
def test_tests_answer(operator: Operator, value: str | tuple[str, ...], text: str, answer: bool) -> None:
    assert operator in LIFTED
    assert holds(lifted("llm.prompt", operator, value), text) is answer


questions = st.tuples(
    st.sampled_from(["llm.prompt", "response.text"]),
    st.sampled_from(sorted(LIFTED - {Operator.IN, Operator.MATCHES})),
    st.text(max_size=3),
)


@given(questions, questions)
def test_the_same_question_has_the_same_name_and_another_another(
    one: tuple[str, Operator, str], two: tuple[str, Operator, str]
) -> None:
    assert (lifted(*one).id == lifted(*two).id) is (one == two)


def test_a_list_of_one_is_another_question_than_a_word() -> None:
    assert lifted("llm.prompt", Operator.IN, ("a",)).id != lifted("llm.prompt", Operator.EQ, "a").id


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    assert compiled(lifted("llm.prompt", Operator.CONTAINS, text))(f"x{text}")
