"""A rule knows its place and its reason."""

from yett.model.decision import Effect, Reason
from yett.model.stage import Stage
from yett.policy.clause import STRICTNESS, Clause
from yett.policy.expression import Leaf, Operator
from yett.policy.values import Sort


def clause(rule: str, priority: int, effect: Effect) -> Clause:
    condition = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
    return Clause("p", "2", rule, priority, effect, condition, frozenset(Stage), definite=False, text="because")


def test_the_highest_priority_comes_first_then_the_strictest_then_names() -> None:
    ordered = [
        clause("z", 5, Effect.ALLOW),
        clause("a", 1, Effect.DENY),
        clause("b", 1, Effect.DENY),
        clause("a", 1, Effect.REQUIRE_APPROVAL),
        clause("a", 1, Effect.ALLOW),
    ]
    assert sorted({*ordered}, key=lambda each: each.order) == ordered


def test_strictness_is_the_order_of_effects() -> None:
    assert sorted(Effect, key=STRICTNESS.__getitem__) == list(Effect)


def test_it_knows_what_it_reads_and_says_why() -> None:
    assert clause("a", 1, Effect.DENY).fields == {"team.tier"}
    assert clause("a", 1, Effect.DENY).reason(("x",)) == Reason("p", "2", "a", Effect.DENY, "because", ("x",))
