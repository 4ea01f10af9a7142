"""Every conjunct has a bit, bits are in the order of rules, and rules are found by them."""

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.expression import ALWAYS, And, Expression, Leaf, Operator, Or
from yett.policy.layout import Layout, union
from yett.policy.values import Sort


def says(field: str, value: str = "x") -> Leaf:
    return Leaf(field, Sort.STRING, Operator.EQ, value)


def clause(rule: str, condition: Expression, effect: Effect = Effect.DENY) -> Clause:
    return Clause("p", "1", rule, 0, effect, condition, frozenset(Stage), effect is Effect.ALLOW)


TOO_MANY = And(tuple(Or((says("team.id", f"{n}"), says("user.id", f"{n}"))) for n in range(5)))


def test_conjuncts_are_bits_in_the_order_of_rules() -> None:
    layout = Layout(
        [clause("a", says("team.id")), clause("b", Or((says("team.id"), says("user.id")))), clause("c", ALWAYS)]
    )
    assert layout.owners == [0, 1, 1, 2]
    assert layout.masks == [0b1, 0b110, 0b1000]
    assert layout.every == 0b1111


def test_rules_are_found_by_any_of_their_bits_once() -> None:
    layout = Layout([clause("a", says("team.id")), clause("b", Or((says("team.id"), says("user.id"))))])
    assert list(layout.rules(0b111)) == [0, 1]
    assert list(layout.rules(0b100)) == [1]
    assert list(layout.rules(0)) == []


def test_what_is_placed_is_listed_for_each_rule_once_and_in_order() -> None:
    layout = Layout(
        [clause("a", ALWAYS), clause("b", Or((says("team.id"), says("user.id")))), clause("c", ALWAYS)],
    )
    placed = layout.placed(["x", "y", "z"], layout.every)
    assert placed.listed(0b1111) == ["x", "y", "z"]
    assert placed.listed(0b1010) == ["y", "z"]
    assert placed.listed(0b0110) == ["y"]
    assert [placed.first(possible) for possible in (0b1111, 0b1110, 0b0100, 0b1000)] == ["x", "y", "y", "z"]
    assert Layout([]).placed([], 0).listed(0) == []


def test_what_is_placed_for_some_rules_is_found_by_their_bits() -> None:
    layout = Layout(
        [clause("a", ALWAYS), clause("b", Or((says("team.id"), says("user.id")))), clause("c", ALWAYS)],
    )
    placed = layout.placed(["x", "y", "z"], 0b1110)
    assert placed.listed(0b1110) == ["y", "z"]
    assert placed.listed(0b0100) == ["y"]
    assert placed.first(0b1100) == "y"
    assert layout.placed(["x", "y", "z"], 0).listed(0) == []


def test_a_condition_without_a_normal_form_has_one_bit_and_no_column() -> None:
    layout = Layout([clause("a", TOO_MANY)])
    assert layout.whole == [0]
    assert layout.every == 1
    assert layout.columns() == []


def test_rules_that_need_certainty_are_marked() -> None:
    layout = Layout([clause("a", says("team.id")), clause("b", says("team.id"), Effect.ALLOW)])
    assert layout.definite == 0b10


def test_cheap_columns_come_first_and_those_that_constrain_most_before_others() -> None:
    costly = Leaf("llm.estimatedCost", Sort.NUMBER, Operator.GT, 1)
    layout = Layout(
        [clause("a", says("team.id")), clause("b", And((says("user.id"), costly))), clause("c", says("user.id"))]
    )
    assert [column.field for column in layout.columns()] == ["user.id", "team.id", "llm.estimatedCost"]


def test_a_rule_that_may_be_certain_before_a_costly_fact_is_told_so() -> None:
    costly = Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=True)
    layout = Layout([clause("a", Or((says("team.id"), costly)))])
    _, dear = layout.columns()
    assert layout.early([dear], layout.every) == [(0b01, 0b10)]
    assert layout.early([dear], 0b10) == []


def test_a_union_has_all_bits() -> None:
    assert union([0b1, 0b100, 0b101]) == 0b101
    assert union([]) == 0
