"""Condition trees as they are written."""

import pytest

from yett.model.errors import OperatorError
from yett.policy.conditions import read_condition, read_constant, read_value
from yett.policy.documents import Condition, Reference
from yett.policy.expression import Operator
from yett.policy.problems import Problems
from yett.policy.shape import Shape
from yett.policy.source import read


def condition(text: str) -> Condition:
    problems = Problems()
    (node,) = read(text, "f", problems)
    found = read_condition(Shape(problems), node)
    problems.raise_any()
    assert found is not None
    return found


def test_a_comparison_keeps_its_places() -> None:
    found = condition("{operator: gt, field: llm.maxTokens, value: 5}")
    assert (found.operator, found.field, found.value) == (Operator.GT, "llm.maxTokens", 5)
    assert (found.field_place and found.field_place.column, found.value_place and found.value_place.column) == (23, 45)


@pytest.mark.parametrize("operator", ["and", "or", "any", "all"])
def test_a_group_holds_its_parts(operator: str) -> None:
    part = "{operator: exists, field: a.b}"
    found = condition(f"{{operator: {operator}, conditions: [{part}, {part}]}}")
    assert (found.operator, len(found.parts)) == (Operator(operator), 2)


@pytest.mark.parametrize(
    "key", ["condition: {operator: exists, field: a.b}", "conditions: [{operator: exists, field: a.b}]"]
)
def test_not_takes_one_condition(key: str) -> None:
    assert len(condition(f"{{operator: not, {key}}}").parts) == 1


def test_elements_are_asked_without_a_field() -> None:
    found = condition(
        "{operator: any, field: user.roles, condition: {operator: or, conditions: [{operator: starts_with, value: a}]}}"
    )
    assert found.inner is not None
    assert found.inner.parts[0].field == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'${x}'", Reference("x")),
        ("${x}", Reference("x")),
        ("[a, '${x}', 1]", ("a", Reference("x"), 1)),
        ("a${x}", "a${x}"),
        ("[]", ()),
    ],
)
def test_values_may_name_constants(text: str, value: object) -> None:
    problems = Problems()
    (node,) = read(text, "f", problems)
    assert read_value(Shape(problems), node) == value
    assert not problems


def test_constants_are_scalars_or_lists() -> None:
    problems = Problems()
    (node,) = read("[a, 1]", "f", problems)
    assert read_constant(Shape(problems), node) == ("a", 1)


LEAF = "{operator: eq, field: a.b, value: 1}"


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("{operator: equals, field: a.b, value: 1}", ["f:1:12: `equals` is no operator; one of `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `not_in`, `contains`, `not_contains`, `matches`, `exists`, `starts_with`, `ends_with`, `cidr`, `between`, `and`, `or`, `not`, `any`, `all` [wrong-value]"]),
        ("{operator: contain, field: a.b, value: 1}", ["f:1:12: `contain` is no operator; did you mean `contains`? [wrong-value]"]),
        ("{field: a.b, value: 1}", ["f:1:1: a condition has no `operator` [missing-key]"]),
        ("{operator: eq, value: 1}", ["f:1:1: `eq` has no `field` [missing-key]"]),
        ("{operator: eq, field: a.b}", ["f:1:1: `eq` has no `value` [missing-key]"]),
        ("{operator: eq, field: a.b, value: null}", ["f:1:35: a value must be a string, a number or a boolean [wrong-type]"]),
        ("{operator: eq, field: a.b, value: {a: 1}}", ["f:1:35: a value must be a string, a number or a boolean [wrong-type]"]),
        ("{operator: eq, field: a.b, val: 1}", ["f:1:1: `eq` has no `value` [missing-key]", "f:1:28: unknown key `val` in a condition; did you mean `value`? [unknown-key]"]),
        ("{operator: and, conditions: []}", ["f:1:1: `and` has no `conditions` [missing-key]"]),
        ("{operator: and}", ["f:1:1: `and` has no `conditions` [missing-key]"]),
        (f"{{operator: not, conditions: [{LEAF}, {LEAF}]}}", ["f:1:1: `not` takes one condition; join them with `and` or `or` [wrong-value]"]),
        (f"{{operator: and, field: a.b, conditions: [{LEAF}]}}", ["f:1:24: `and` takes no `field` [unknown-key]"]),
        (f"{{operator: eq, field: a.b, value: 1, conditions: [{LEAF}]}}", ["f:1:50: `eq` takes no `conditions` [unknown-key]"]),
        (f"{{operator: any, field: a.b, condition: {LEAF}}}", ["f:1:62: a condition on elements takes no `field` [unknown-key]"]),
        ("{operator: any, field: a.b, value: [1], condition: {operator: eq, value: 1}}", ["f:1:36: `any` takes a `value` or a `condition`, not both [unknown-key]"]),
        ("5", ["f:1:1: a condition must be a mapping; with the keys `operator`, `field`, `value`, `conditions`, `condition`, `when`, `all`, `any`, `not` [wrong-type]"]),
    ],
)  # fmt: skip
def test_problems_are_placed_and_cured(text: str, complaints: list[str]) -> None:
    with pytest.raises(OperatorError) as caught:
        condition(text)
    assert str(caught.value).splitlines() == complaints


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("{all: [A, B]}", "{operator: and, conditions: [A, B]}"),
        ("{any: [A, B]}", "{operator: or, conditions: [A, B]}"),
        ("{not: A}", "{operator: not, conditions: [A]}"),
        ("{not: {any: [A, {not: B}]}}", "{operator: not, conditions: [{operator: or, conditions: [A, {operator: not, condition: B}]}]}"),
        ("{when: a.b == 1 || a.c == 2}", "{operator: or, conditions: [A, B]}"),
        ("{all: [{when: a.b == 1}, B]}", "{all: [A, B]}"),
    ],
)  # fmt: skip
def test_short_forms_say_the_same(short: str, long: str) -> None:
    leaves = {"A": "{operator: eq, field: a.b, value: 1}", "B": "{operator: eq, field: a.c, value: 2}"}

    def meaning(text: str) -> object:
        for name, leaf in leaves.items():
            text = text.replace(name, leaf)
        return bare(condition(text))

    assert meaning(short) == meaning(long)


def bare(condition: Condition) -> object:
    return condition.operator, condition.field, condition.value, tuple(map(bare, condition.parts))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{all: []}", "f:1:7: `all` has no conditions [missing-key]"),
        ("{any: 5}", "f:1:7: `any` must be a list [wrong-type]"),
        ("{not: [5]}", "f:1:7: a condition must be a mapping; with the keys `operator`, `field`, `value`, `conditions`, `condition`, `when`, `all`, `any`, `not` [wrong-type]"),
        ("{when: 5}", "f:1:8: `when` must be a line of CEL; such as `llm.estimatedCost > 1.0` [wrong-type]"),
        ("{when: a.b == 1, any: [{when: a.b == 2}]}", "f:1:23: beside `when` there is `any`; join them under `all` [two-conditions]"),
        ("{when: a.b == 1, field: a.b}", "f:1:25: `field` needs an `operator` [missing-key]"),
        ("{operator: exists, field: a.b, when: a.b == 1}", "f:1:38: `exists` takes no `when` [unknown-key]"),
        ("{operator: any, field: a.b, condition: {when: a.b == 1}}", "f:1:47: `when` does not ask elements; write `{operator, value}` [unsupported]"),
        ("{when: a.b =  1}", "f:1:12: `=` has no meaning here; equality is `==` [bad-when]"),
    ],
)  # fmt: skip
def test_problems_in_short_forms_are_placed_and_cured(text: str, complaint: str) -> None:
    with pytest.raises(OperatorError) as caught:
        condition(text)
    assert str(caught.value) == complaint
