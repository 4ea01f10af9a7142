"""Operands become conditions that ask exactly the type for which CEL has the operator."""

import pytest

from yett.model.errors import Place
from yett.policy.documents import Condition
from yett.policy.expression import Operator
from yett.policy.relations import RELATIONS, Given, Named, Operand, Relations, Size
from yett.policy.tokens import OutsideError, Token, Type, WhenError

RELATED = Relations(lambda at: Place("f", 1, at + 1))
SIGN = Token(Type.SIGN, "==", 2)


def compared(left: Operand, sign: str, right: Operand) -> Condition:
    return RELATED.compared(left, RELATIONS[sign], right, SIGN)


@pytest.mark.parametrize(
    ("left", "sign", "right", "operator", "value"),
    [
        (Named(0, "team.tier"), "==", Given(5, "a"), Operator.EQ, "a"),
        (Given(0, 1), "<", Named(5, "llm.maxTokens"), Operator.GT, 1),
        (Given(0, 1), "!=", Named(5, "llm.maxTokens"), Operator.NE, 1),
        (Given(0, "a"), "in", Named(5, "user.roles"), Operator.CONTAINS, "a"),
        (Named(0, "team.tier"), "in", Given(5, ("a",)), Operator.IN, ("a",)),
        (Size(0, Named(0, "team.tier")), ">", Given(5, 0), Operator.NE, ""),
        (Given(0, 1), ">", Size(5, Named(5, "team.tier")), Operator.EQ, ""),
    ],
)
def test_a_field_and_a_value_make_a_comparison(
    left: Operand, sign: str, right: Operand, operator: Operator, value: object
) -> None:
    found = compared(left, sign, right)
    assert (found.operator, found.value) == (operator, value)


def test_a_list_of_any_type_is_asked_element_by_element() -> None:
    found = compared(Given(0, 1), "in", Named(5, "metadata.x"))
    assert (found.operator, found.field, found.value) == (Operator.ANY, "metadata.x", None)
    assert found.inner
    assert (found.inner.operator, found.inner.value) == (Operator.EQ, 1)


def test_a_piece_of_text_is_looked_for_in_texts_only() -> None:
    given = Given(9, "a.b")
    assert RELATED.asked(Named(0, "team.name"), 5, "contains", given).operator is Operator.CONTAINS
    found = RELATED.asked(Named(0, "metadata.x"), 5, "contains", given)
    assert (found.operator, found.value) == (Operator.MATCHES, "a\\.b")


def test_a_boolean_field_is_a_condition_and_a_condition_stays_one() -> None:
    found = RELATED.condition(Named(3, "llm.containsPII"))
    assert (found.operator, found.value, found.place.column) == (Operator.EQ, True, 4)
    assert RELATED.condition(found) is found


@pytest.mark.parametrize(
    ("left", "sign", "right"),
    [
        (Named(0, "a.b"), "==", Named(5, "a.c")),
        (Given(0, 1), "==", Given(5, 1)),
        (Given(0, "a"), "in", Named(5, "team.tier")),
        (Given(0, 0), "in", Size(5, Named(5, "team.tier"))),
        (Size(0, Named(0, "team.tier")), "==", Given(5, 1)),
        (Size(0, Named(0, "team.tier")), "==", Given(5, 0.0)),
        (Size(0, Named(0, "team.tier")), "==", Given(5, value=False)),
        (Size(0, Named(0, "metadata.x")), "==", Given(5, 0)),
    ],
)
def test_other_relations_are_outside(left: Operand, sign: str, right: Operand) -> None:
    with pytest.raises(OutsideError):
        compared(left, sign, right)


@pytest.mark.parametrize("operand", [Given(0, value=True), Named(0, "metadata.x"), Size(0, Named(0, "team.tier"))])
def test_what_is_no_boolean_is_no_condition(operand: Operand) -> None:
    with pytest.raises(WhenError):
        RELATED.condition(operand)


def test_a_field_that_nobody_knows_is_left_to_the_checker() -> None:
    assert RELATED.condition(Named(0, "llm.modle")).field == "llm.modle"
