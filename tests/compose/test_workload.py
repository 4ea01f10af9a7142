"""The standard workload is the same each time, and made-up contexts state what policies ask."""

from itertools import islice
from random import Random

from yett.compose.workload import context, document, made_up
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.expression import Leaf, Operator
from yett.policy.interpreter import lookup, truth
from yett.policy.parser import PolicyParser
from yett.policy.values import Sort


def test_the_same_seed_gives_the_same_rules_and_contexts() -> None:
    for make in (lambda dice: document(dice, 5), context):
        assert make(Random(1)) == make(Random(1)) != make(Random(2))


def test_each_rule_has_an_answer_for_each_context_and_some_match() -> None:
    program = PolicyEngine([PolicyParser().parse_yaml(document(Random(1), 100))]).program
    clauses = program.live(Stage.REQUEST)
    assert len(clauses) == 100
    dice = Random(1)
    contexts = [context(dice) for _ in range(50)]
    for facts in contexts:
        truths = [truth(clause.condition, lambda name, facts=facts: lookup(facts, name)) for clause in clauses]
        assert None not in truths
    assert {bool(program.knowing(Stage.REQUEST)(facts).reasons) for facts in contexts} == {True, False}


def test_made_up_contexts_lie_on_both_sides_of_what_is_asked() -> None:
    conditions = [
        Leaf("llm.cost", Sort.NUMBER, Operator.GT, 0.7),
        Leaf("llm.model", Sort.STRING, Operator.EQ, "m"),
        Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "admin"),
        Leaf("metadata.s", Sort.ANY, Operator.STARTS_WITH, "a"),
        Leaf("metadata.a", Sort.ANY, Operator.EQ, 1),
        Leaf("metadata.a.b", Sort.ANY, Operator.EQ, 1),
    ]
    contexts = list(islice(made_up(Random(1), conditions), 200))
    assert contexts == list(islice(made_up(Random(1), conditions), 200))
    for condition in conditions[:4]:
        truths = {truth(condition, lambda name, facts=facts: lookup(facts, name)) for facts in contexts}
        assert truths == {True, False}, condition
    costs = {lookup(facts, "llm.cost") for facts in contexts}
    assert all(isinstance(cost, int | float) and cost == round(cost, 4) for cost in costs)


def test_a_condition_that_no_value_fits_leaves_its_field_out() -> None:
    assert next(made_up(Random(1), [Leaf("text.x", Sort.BOOLEAN, Operator.EQ, 3)])) in (
        {"text": {"x": True}},
        {"text": {"x": False}},
    )
