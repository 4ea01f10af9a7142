"""What passes the checker cannot fail when it is asked."""

import pytest

from yett.model.errors import OperatorError
from yett.model.stage import Stage
from yett.policy.checker import Checker
from yett.policy.conditions import read_condition
from yett.policy.expression import And, Each, Expression, Leaf, Not, Operator, Or
from yett.policy.problems import Problems
from yett.policy.shape import Shape
from yett.policy.source import read
from yett.policy.values import Sort


def checked(text: str) -> tuple[Expression | None, Checker]:
    problems = Problems()
    (node,) = read(text, "f", problems)
    condition = read_condition(Shape(problems), node)
    checker = Checker(problems, {})
    expression = checker.expression(condition) if condition else None
    problems.raise_any()
    return expression, checker


TIER = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
COST = Leaf("llm.estimatedCost", Sort.NUMBER, Operator.GT, 1)
WROTE_TIER = "{operator: eq, field: team.tier, value: free}"
WROTE_COST = "{operator: gt, field: llm.estimatedCost, value: 1}"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (WROTE_TIER, TIER),
        (f"{{operator: and, conditions: [{WROTE_COST}, {WROTE_TIER}]}}", And((TIER, COST))),
        (f"{{operator: all, conditions: [{WROTE_TIER}]}}", And((TIER,))),
        (f"{{operator: any, conditions: [{WROTE_COST}, {WROTE_TIER}]}}", Or((TIER, COST))),
        (f"{{operator: not, conditions: [{WROTE_TIER}]}}", Not(TIER)),
        ("{operator: exists, field: metadata.x}", Leaf("metadata.x", Sort.ANY, Operator.EXISTS)),
        ("{operator: exists, field: metadata.x, value: true}", Leaf("metadata.x", Sort.ANY, Operator.EXISTS)),
        ("{operator: exists, field: metadata.x, value: false}", Not(Leaf("metadata.x", Sort.ANY, Operator.EXISTS))),
        (
            "{operator: all, field: user.roles, condition: {operator: not, condition: {operator: ends_with, value: x}}}",
            Each("user.roles", Sort.STRINGS, every=True, inner=Not(Leaf("", Sort.STRING, Operator.ENDS_WITH, "x"))),
        ),
        (
            "{operator: any, field: metadata.n, condition: {operator: gt, value: 5}}",
            Each("metadata.n", Sort.ANY, every=False, inner=Leaf("", Sort.ANY, Operator.GT, 5)),
        ),
    ],
)
def test_conditions_become_expressions_cheap_parts_first(text: str, expression: Expression) -> None:
    assert checked(text)[0] == expression


@pytest.mark.parametrize(
    ("operator", "value", "asked", "negated"),
    [
        ("contains", "x", "contains", False), ("not_contains", "x", "contains", True), ("eq", "x", "eq", False), ("ne", "x", "eq", True),
        ("in", "[x]", "in", False), ("not_in", "[x]", "in", True), ("matches", "x", "matches", False), ("starts_with", "x", "starts_with", False),
    ],
)  # fmt: skip
def test_conditions_on_text_are_lifted(operator: str, value: str, asked: str, negated: bool) -> None:
    expression, checker = checked(f"{{operator: {operator}, field: llm.prompt, value: {value}}}")
    ((name, test),) = checker.tests.items()
    assert (test.id, test.field, test.operator) == (name, "llm.prompt", asked)
    leaf = Leaf(f"text.{name}", Sort.BOOLEAN, Operator.EQ, value=True)
    assert expression == (Not(leaf) if negated else leaf)
    assert checker.stages == {Stage.REQUEST}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{operator: eq, field: llm.modle, value: x}", "f:1:23: unknown field `llm.modle`; did you mean `llm.model`? [unknown-field]"),
        ("{operator: gt, field: team.tier, value: 1}", "f:1:1: `gt` does not suit `team.tier`, which holds a string; one of `cidr`, `contains`, `ends_with`, `eq`, `exists`, `in`, `matches`, `ne`, `not_contains`, `not_in`, `starts_with` [operator]"),
        ("{operator: eq, field: user.roles, value: x}", "f:1:1: `eq` does not suit `user.roles`, which holds a strings; one of `all`, `any`, `contains`, `exists`, `not_contains` [operator]"),
        ("{operator: any, field: llm.model, value: [x]}", "f:1:1: `any` does not suit `llm.model`, which holds a string; one of `cidr`, `contains`, `ends_with`, `eq`, `exists`, `in`, `matches`, `ne`, `not_contains`, `not_in`, `starts_with` [operator]"),
        ("{operator: exists, field: llm.prompt}", "f:1:1: `exists` does not suit `llm.prompt`, which is a text; one of `contains`, `ends_with`, `eq`, `in`, `matches`, `ne`, `not_contains`, `not_in`, `starts_with` [operator]"),
        ("{operator: contains, field: llm.prompt, value: ''}", "f:1:48: every text contains the empty string [wrong-value]"),
        ("{operator: contains, field: llm.prompt, value: 5}", "f:1:48: `5` is a number, a string is needed; put it in quotes [wrong-type]"),
        ("{operator: exists, field: team.tier, value: 1}", "f:1:1: `exists` takes no value, or `true` or `false` [wrong-type]"),
        ("{operator: any, field: user.roles, condition: {operator: gt, value: 1}}", "f:1:47: `gt` does not suit what is asked, which is an element of a list; one of `cidr`, `contains`, `ends_with`, `eq`, `in`, `matches`, `ne`, `not_contains`, `not_in`, `starts_with` [operator]"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(text: str, complaint: str) -> None:
    with pytest.raises(OperatorError) as caught:
        checked(text)
    assert str(caught.value) == complaint


def test_all_parts_of_a_group_are_checked() -> None:
    with pytest.raises(OperatorError) as caught:
        checked(
            "{operator: and, conditions: [{operator: eq, field: a.b, value: 1}, {operator: eq, field: c.d, value: 1}]}"
        )
    assert len(caught.value.problems) == 2
