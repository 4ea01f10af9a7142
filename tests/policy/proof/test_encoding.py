"""Whatever facts there may be, the formulas allow for them."""

import random
from collections.abc import Iterator

import pytest
import z3

from tests.policy.test_program import an_expression, complete_facts, some_facts
from yett.policy.expression import Leaf, Networks, Operator
from yett.policy.interpreter import judge, lookup
from yett.policy.proof import encoding
from yett.policy.proof.encoding import Encoding, Truth
from yett.policy.values import Sort


def allowed(formulas: Encoding, facts: dict[str, object]) -> bool:
    """Say whether the formulas can be answered as the interpreter answers the conditions."""
    solver = z3.Solver()
    solver.add(*formulas.axioms)
    for name, asked in formulas.literals.items():
        for literal, (true, false) in asked.items():
            answer = judge(literal, lookup(facts, name))
            solver.add(true if answer else false if answer is False else z3.Not(z3.Or(true, false)))
    return bool(solver.check() == z3.sat)


def forgotten(seed: int, expressions: int) -> Iterator[tuple[object, object]]:
    rng = random.Random(seed)
    for number in range(expressions):
        formulas = Encoding()
        expression = an_expression(rng, 2)
        formulas.truth(expression)
        for _ in range(4):
            facts = complete_facts(rng) if number % 2 else some_facts(rng)
            if not allowed(formulas, facts):
                yield expression, facts


def test_no_facts_are_forgotten() -> None:
    assert next(forgotten(1, 80), None) is None


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("_where", lambda _known, true: Truth(true, z3.Not(true))),
        ("_STATES", {sort: states[:1] for sort, states in encoding._STATES.items()}),
        ("_constant", lambda value: z3.StringVal("x") if isinstance(value, str) else z3.RealVal(0)),
    ],
)
def test_a_formula_that_forgets_facts_is_found(monkeypatch: pytest.MonkeyPatch, name: str, mutant: object) -> None:
    monkeypatch.setattr(encoding, name, mutant)
    found: object = None
    try:
        found = next(forgotten(1, 150), None)
    except z3.Z3Exception as error:
        found = error
    assert found is not None


@pytest.mark.parametrize("text", ["10.0.0.1", "11.0.0.1", "::ffff:10.0.0.2", "fe80::1", "nowhere", ""])
def test_addresses_are_numbers(text: str) -> None:
    formulas = Encoding()
    for networks in (("10.0.0.0/8",), ("10.0.0.0/7", "fe80::/10")):
        formulas.truth(Leaf("request.ip", Sort.STRING, Operator.CIDR, Networks(networks)))
    formulas.truth(Leaf("request.ip", Sort.STRING, Operator.EQ, "10.0.0.1"))
    assert allowed(formulas, {"request": {"ip": text}})


@pytest.mark.parametrize("text", ["\\u{41}", "\\", "\U00030000", "ü", "\x00"])
def test_every_character_stands_for_itself(text: str) -> None:
    formulas = Encoding()
    formulas.truth(Leaf("team.tier", Sort.STRING, Operator.EQ, text))
    formulas.truth(Leaf("team.tier", Sort.STRING, Operator.EQ, "A"))
    assert allowed(formulas, {"team": {"tier": text}})
    assert allowed(formulas, {"team": {"tier": "A"}})
