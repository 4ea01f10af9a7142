"""What is left of a condition has its truth and rests on the same unknown fields."""

import random

import pytest

from tests.policy.test_program import FIELDS, an_expression, complete_facts, some_facts
from yett.model.unknown import Unknown
from yett.policy import residue as residue_module
from yett.policy.expression import ALWAYS, And, Leaf, Not, Operator, Or
from yett.policy.interpreter import lookup, truth, unknown
from yett.policy.residue import NEVER, answering, residue
from yett.policy.values import Sort

FREE = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
HOUR = Leaf("request.hour", Sort.NUMBER, Operator.GT, 5)


def disagreement(rng: random.Random) -> object:
    expression = an_expression(rng, 3)
    for _ in range(10):
        facts = complete_facts(rng) if rng.random() < 0.5 else some_facts(rng)
        told = set(rng.sample(tuple(FIELDS), rng.randrange(len(FIELDS))))

        def look(name: str, facts: dict[str, object] = facts) -> object:
            return lookup(facts, name)

        def known(name: str, told: set[str] = told, facts: dict[str, object] = facts) -> object:
            return lookup(facts, name) if name in told else Unknown.MISSING

        left = residue(expression, answering(known))
        if truth(left, look) is not truth(expression, look) or unknown(left, look) != unknown(expression, look):
            return facts
    return None


def test_a_residue_is_true_where_the_condition_is() -> None:
    rng = random.Random(3)
    assert [found for _ in range(500) if (found := disagreement(rng)) is not None] == []


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("NEVER", ALWAYS),
        ("judge", lambda literal, raw: False),
        ("judge", lambda literal, raw: bool(residue_judge(literal, raw))),
    ],
)
def test_leaving_out_otherwise_is_noticed(name: str, mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residue_module, name, mutant)
    rng = random.Random(3)
    assert any(disagreement(rng) is not None for _ in range(500))


residue_judge = residue_module.judge


@pytest.mark.parametrize(
    ("condition", "tier", "left"),
    [
        (And((FREE, HOUR)), "free", HOUR),
        (And((FREE, HOUR)), "pro", NEVER),
        (Or((FREE, HOUR)), "free", ALWAYS),
        (Or((FREE, HOUR)), "pro", HOUR),
        (Not(FREE), "free", NEVER),
        (And((Not(FREE), HOUR, HOUR)), "pro", And((HOUR, HOUR))),
        # what has no answer stays
        (And((FREE, HOUR)), 5, And((FREE, HOUR))),
        (FREE, Unknown.MISSING, FREE),
    ],
)
def test_what_is_left_is_as_short_as_can_be(condition: And | Or, tier: object, left: object) -> None:
    answer = answering(lambda name: tier if name == "team.tier" else Unknown.MISSING)
    assert residue(condition, answer) == left
