"""Conditions as CEL writes them, and what a language without a word for something says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.adapters.peers import conditions as told
from yett.adapters.peers.language import CEL, SAME, Language, number, quoted
from yett.adapters.peers.peer import Untold
from yett.policy.expression import ALWAYS, Expression, Leaf, Operator, Or
from yett.policy.values import Sort

FRACTIONS = frozenset({"llm.cost"})


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (told.FREE, 'team.tier == "free"'),
        (told.DEAR, "llm.cost > 1.5"),
        (told.MANY, "llm.tokens >= 100"),
        (told.FEW, "(1 <= llm.tokens && llm.tokens <= 9)"),
        (told.CHEAP, "(0.5 <= llm.cost && llm.cost <= 1.0)"),
        (told.LISTED, 'llm.model in ["m1", "m2"]'),
        (told.ROLE, '"admin" in user.roles'),
        (told.PART, 'llm.model.contains("*")'),
        (told.FIRST, 'llm.model.startsWith("m")'),
        (told.LAST, 'llm.model.endsWith("1")'),
        (told.SHAPE, 'llm.model.matches("^m[0-9]$")'),
        (told.THERE, "(has(metadata.x))"),
        (told.SECRET, 'text["a-b"] == true'),
        (told.SOME, 'user.roles.exists(e, e == "admin")'),
        (told.EVERY, 'user.roles.all(e, e == "admin")'),
        (told.BOTH, '(team.tier == "free" && llm.cost > 1.5)'),
        (told.NEVER, '!((team.tier == "free" || "admin" in user.roles))'),
        (ALWAYS, "true"),
        (Or(()), "false"),
    ],
)
def test_cel_says_conditions(condition: Expression, text: str) -> None:
    assert CEL.write(condition, FRACTIONS) == text


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (told.NEAR, "CEL has nothing for `cidr`"),
        (told.EITHER, "CEL must know whether `metadata.x` is a text or a list"),
        (Leaf("a-b.c", Sort.ANY, Operator.EQ, 1), "CEL has no way to a name such as `a-b`"),
        (Leaf("x", Sort.ANY, Operator.EXISTS), "CEL has no `exists` for a name without another above it"),
    ],
)
def test_what_cannot_be_said_has_a_reason(condition: Expression, why: str) -> None:
    with pytest.raises(Untold, match="^" + why.replace("`", "`")):
        CEL.write(condition, FRACTIONS)


def test_a_language_says_no_more_than_it_has_words_for() -> None:
    poor = Language(name="Poor", root="r", phrases=SAME)
    assert poor.write(told.BOTH, FRACTIONS) == '(r.team.tier == "free" && r.llm.cost > 1.5)'
    for condition in (told.ROLE, told.PART, told.THERE, told.SOME, told.EVERY, told.SHAPE):
        with pytest.raises(Untold, match="Poor has nothing for"):
            poor.write(condition, FRACTIONS)


def test_a_root_is_the_first_thing_that_must_be_there() -> None:
    assert replace(CEL, root="R").write(told.THERE, FRACTIONS) == "(has(R.metadata) && has(R.metadata.x))"


def test_words_of_a_language_are_no_names() -> None:
    assert CEL.path("metadata.in") == 'metadata["in"]'


@pytest.mark.parametrize(
    ("value", "fraction", "text"),
    [(3, False, "3"), (3, True, "3.0"), (1.5, False, "1.5"), (Decimal("1.50"), True, "1.5")],
)
def test_numbers_have_a_point_where_their_field_has_fractions(
    value: float | Decimal, fraction: bool, text: str
) -> None:
    assert number(value, fraction=fraction) == text


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_whole_numbers_of_more_than_64_bits_cannot_be_said(value: int) -> None:
    with pytest.raises(Untold, match="64 bits at most"):
        number(value, fraction=False)
    assert number(value, fraction=True) == repr(float(value))
    assert number(max(min(value, 2**63 - 1), -(2**63)), fraction=False).lstrip("-").isdigit()


def test_texts_are_quoted() -> None:
    assert quoted('é "x"\n') == r'"é \"x\"\n"'
