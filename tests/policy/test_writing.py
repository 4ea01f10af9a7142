"""Lines of generated code name what they need and nothing else, and hurry only where that is right."""

import re

import pytest

from yett.policy.expression import Each, Leaf, Literal, Operator, Pattern
from yett.policy.index import Column, column
from yett.policy.normal import Term
from yett.policy.values import Sort
from yett.policy.writing import Writer

EVIL = "x'); import os; print('x"


def a_column(literal: Literal, bits: int = 1) -> Column:
    asked = [(1 << bit, [Term(literal, positive=True)]) for bit in range(bits)]
    return column(literal.field, literal.sort, asked, (1 << 64) - 1, 0)


LITERALS = (
    Leaf("team.id", Sort.STRING, Operator.EQ, EVIL),
    Leaf("team.id", Sort.STRING, Operator.MATCHES, Pattern("a")),
    Leaf("request.hour", Sort.NUMBER, Operator.GT, 3),
    Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=True),
    Leaf("user.roles", Sort.STRINGS, Operator.CONTAINS, EVIL),
    Each("user.roles", Sort.STRINGS, every=True, inner=Leaf("", Sort.STRING, Operator.EQ, EVIL)),
    Leaf(f"metadata.{EVIL}", Sort.ANY, Operator.EQ, EVIL),
    Leaf("metadata.n", Sort.ANY, Operator.GT, 1),
    Leaf("metadata.n", Sort.ANY, Operator.EXISTS),
)
WORDS = frozenset(
    "acc unk v e m0 known demand settle slow decided tell view branch left right MISSING EVERY get type str int float bool list "
    "tuple dict is not and or in if elif else for break return True False".split()
)


@pytest.mark.parametrize("literal", LITERALS, ids=str)
def test_lines_hold_fixed_words_and_numbered_names_alone(literal: Literal) -> None:
    writer = Writer({})
    asked = a_column(literal)
    lines = [*writer.looked_up(asked), *writer.demanded(asked, ()), *writer.direct(asked, (1 << 64) - 1)]
    words = {word for line in lines for word in re.findall(r"[A-Za-z_]\w*", line)}
    assert words <= WORDS | {word for word in words if re.fullmatch(r"[kn]\d+(_\d+)?", word)}


def test_what_constrains_few_of_many_conjuncts_is_asked_only_of_them() -> None:
    literal = Leaf("team.id", Sort.STRING, Operator.EQ, "x")
    rare, often, few = (
        next(iter(Writer({}).direct(a_column(literal, bits), every)))
        for bits, every in ((1, (1 << 64) - 1), (40, (1 << 64) - 1), (1, 0b1111))
    )
    assert "acc &" in rare
    assert "acc &" not in often
    assert "acc &" not in few


def test_a_branch_is_looked_up_once() -> None:
    writer = Writer({})
    first = list(writer.looked_up(a_column(Leaf("team.id", Sort.STRING, Operator.EQ, "x"))))
    second = list(writer.looked_up(a_column(Leaf("team.tier", Sort.STRING, Operator.EQ, "x"))))
    assert sum("known" in line for line in first) == 1
    assert not any("known" in line for line in second)


def test_a_branch_that_may_not_have_been_looked_up_is_looked_up_again() -> None:
    writer, every = Writer({}), (1 << 64) - 1
    rare = list(writer.direct(a_column(Leaf("team.id", Sort.STRING, Operator.EQ, "x")), every))
    other = list(writer.direct(a_column(Leaf("team.tier", Sort.STRING, Operator.EQ, "x")), every))
    assert any("known[" in line for line in rare)
    assert any("known[" in line for line in other)


def test_constants_are_reached_by_name() -> None:
    writer = Writer({})
    name = writer.name(EVIL)
    assert writer.constants == {name: EVIL}
