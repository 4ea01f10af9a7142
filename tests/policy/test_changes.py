"""What is proposed makes a condition as it is wanted."""

import pytest

from yett.policy.changes import changes, worded
from yett.policy.expression import Each, Leaf, Networks, Operator, Pattern
from yett.policy.interpreter import judge
from yett.policy.lifting import lifted
from yett.policy.values import Sort

LITERALS = [
    Leaf("team.tier", Sort.STRING, Operator.EQ, "free"),
    Leaf("team.tier", Sort.STRING, Operator.IN, ("free", "pro")),
    Leaf("team.tier", Sort.STRING, Operator.STARTS_WITH, "f"),
    Leaf("team.tier", Sort.STRING, Operator.CONTAINS, "f"),
    Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "admin"),
    Leaf("llm.maxTokens", Sort.NUMBER, Operator.GT, 5),
    Leaf("llm.maxTokens", Sort.NUMBER, Operator.LTE, 5.5),
    Leaf("llm.maxTokens", Sort.NUMBER, Operator.BETWEEN, (1, 3)),
    Leaf("llm.containsPII", Sort.BOOLEAN, Operator.EQ, value=True),
    Leaf("request.ip", Sort.STRING, Operator.CIDR, Networks(("10.0.0.0/8",))),
    Leaf("metadata.x", Sort.ANY, Operator.EXISTS),
]


@pytest.mark.parametrize("literal", LITERALS, ids=str)
def test_both_answers_can_be_had_where_nothing_is_known(literal: Leaf) -> None:
    found = list(changes(literal, None, {}))
    answers = [judge(literal, change.value) for change in found]
    assert answers == ([True] if literal.operator is Operator.EXISTS else [True, False])


def test_only_the_other_answer_is_proposed_where_one_is_known() -> None:
    (change,) = changes(LITERALS[4], ["admin", "guest"], {})
    assert (change.field, change.value) == ("user.roles", ("guest",))


def test_conditions_are_put_in_words() -> None:
    test = lifted("llm.prompt", Operator.CONTAINS, "x")
    leaf = Leaf(f"text.{test.id}", Sort.BOOLEAN, Operator.EQ, value=True)
    assert worded(leaf, {f"text.{test.id}": test}) == "`llm.prompt` contains `x`"
    assert worded(LITERALS[5], {}, positive=False) == "`llm.maxTokens` <= `5`"
    assert worded(LITERALS[10], {}, positive=False) == "`metadata.x` is not stated"
    assert worded(LITERALS[9], {}) == "`request.ip` lies in `10.0.0.0/8`"
    assert worded(Leaf("team.tier", Sort.STRING, Operator.MATCHES, Pattern("a+")), {}) == "`team.tier` matches `a+`"
    inner = Leaf("", Sort.STRING, Operator.EQ, "a")
    assert worded(Each("user.roles", Sort.STRINGS, every=True, inner=inner), {}) == "all of `user.roles` is `a`"
