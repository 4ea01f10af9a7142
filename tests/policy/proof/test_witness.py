"""What a solver found becomes facts that the interpreter judges so."""

import pytest
import z3

from yett.model.unknown import Unknown
from yett.policy.expression import Each, Expression, Leaf, Literal, Networks, Not, Operator, Pattern
from yett.policy.interpreter import judge
from yett.policy.proof.encoding import Encoding
from yett.policy.proof.witness import answers, fact, nested
from yett.policy.values import Sort


def tier(operator: Operator, value: object) -> Leaf:
    return Leaf("team.tier", Sort.STRING, operator, value)  # type: ignore[arg-type]


def number(operator: Operator, value: object) -> Leaf:
    return Leaf("request.hour", Sort.NUMBER, operator, value)  # type: ignore[arg-type]


ROLE = Leaf("", Sort.STRING, Operator.STARTS_WITH, "admin")


@pytest.mark.parametrize(
    "asked",
    [
        (tier(Operator.EQ, "\\u{41}\U0001f600"),),
        (tier(Operator.STARTS_WITH, "ab"), tier(Operator.ENDS_WITH, "bc"), Not(tier(Operator.EQ, "abc"))),
        (tier(Operator.MATCHES, Pattern("^gpt-4")),),
        (tier(Operator.CIDR, Networks(("10.0.0.0/8",))), Not(tier(Operator.CIDR, Networks(("10.0.0.0/9",))))),
        (number(Operator.GT, 1), number(Operator.LT, 1.5)),
        (number(Operator.GT, 10**30),),
        (Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "a"), Not(Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, "b"))),
        (Each("user.roles", Sort.STRINGS, every=False, inner=ROLE),),
        (Each("user.roles", Sort.STRINGS, every=True, inner=ROLE),),
        (Leaf("metadata.x", Sort.ANY, Operator.CONTAINS, 1), Not(Leaf("metadata.x", Sort.ANY, Operator.CONTAINS, value=True))),
        (Not(Leaf("metadata.x", Sort.ANY, Operator.EXISTS)),),
        (Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=False),),
    ],
)  # fmt: skip
def test_a_fact_is_judged_as_it_was_asked(asked: tuple[Expression, ...]) -> None:
    formulas, solver = Encoding(), z3.Solver()
    solver.add(*[formulas.truth(each).true for each in asked])
    solver.add(*formulas.axioms)
    assert solver.check() == z3.sat
    ((name, literals),) = formulas.literals.items()
    found = fact(formulas, solver.model(), name)
    assert found is not None
    assert tuple(judge(literal, found) for literal in literals) == answers(formulas, solver.model(), name)


def test_no_fact_is_made_up_where_none_is_found() -> None:
    strange: Literal = tier(Operator.MATCHES, Pattern("^[0-9a-f]{32}$"))
    formulas, solver = Encoding(), z3.Solver()
    solver.add(formulas.truth(strange).true, *formulas.axioms)
    assert solver.check() == z3.sat
    assert fact(formulas, solver.model(), "team.tier") is None


def test_facts_nest_as_their_names_do() -> None:
    facts = {"a.b": 1, "a.c.d": 2, "e": Unknown.MISSING, "a.b.c": 3}
    assert nested(facts) == {"a": {"b": 1, "c": {"d": 2}}}
