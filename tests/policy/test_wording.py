"""Conditions in words."""

import pytest

from yett.policy.expression import ALWAYS, And, Expression, Leaf, Not, Operator, Or
from yett.policy.values import Sort
from yett.policy.wording import phrased
from yett.ports.decider import TextTest

FREE = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
LATE = Leaf("request.hour", Sort.NUMBER, Operator.GT, 20)
LIFTED = Leaf("text.1", Sort.BOOLEAN, Operator.EQ, value=True)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (FREE, "`team.tier` is `free`"),
        (Not(LATE), "`request.hour` <= `20`"),
        (And((FREE, LATE)), "`team.tier` is `free` and `request.hour` > `20`"),
        (And((FREE, Or((LATE, FREE)))), "`team.tier` is `free` and (`request.hour` > `20` or `team.tier` is `free`)"),
        (Or((FREE, And((LATE, FREE)))), "`team.tier` is `free` or (`request.hour` > `20` and `team.tier` is `free`)"),
        (Not(And((FREE, LATE))), "not (`team.tier` is `free` and `request.hour` > `20`)"),
        (And((FREE, And((LATE,)))), "`team.tier` is `free` and `request.hour` > `20`"),
        (LIFTED, "`llm.prompt` contains `bomb`"),
        (ALWAYS, "always"),
        (Or(()), "never"),
    ],
)
def test_a_condition_reads_as_a_person_would_say_it(expression: Expression, words: str) -> None:
    assert phrased(expression, {"text.1": TextTest("1", "llm.prompt", "contains", "bomb")}) == words
