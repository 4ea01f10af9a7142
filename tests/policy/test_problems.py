"""Everything that is wrong is told at once, in order, with a cure."""

import pytest

from yett.model.errors import OperatorError, Place
from yett.policy.problems import Problems, meant


@pytest.mark.parametrize(
    ("word", "hint"),
    [("prioritty", "did you mean `priority`?"), ("zzz", ""), ("priority", "did you mean `priority`?")],
)
def test_a_close_word_is_suggested(word: str, hint: str) -> None:
    assert meant(word, ["priority", "version"]) == hint


def test_problems_are_told_in_the_order_of_the_file_and_once() -> None:
    problems = Problems()
    assert not problems
    problems.add(Place("f", 3, 1), "b", "second")
    problems.add(Place("f", 1, 9), "a", "first", "a cure")
    problems.add(Place("f", 3, 1), "b", "second")
    assert problems
    with pytest.raises(OperatorError) as caught:
        problems.raise_any()
    assert str(caught.value) == "f:1:9: first; a cure [a]\nf:3:1: second [b]"


def test_without_problems_nothing_is_raised() -> None:
    Problems().raise_any()
