"""What is called impossible never happens, and what is called implied always follows."""

import random
from collections.abc import Iterator

import pytest

from yett.policy import domain
from yett.policy.domain import implies, impossible
from yett.policy.expression import Each, Leaf, Operator, Pattern
from yett.policy.interpreter import judge
from yett.policy.normal import Term
from yett.policy.values import Sort


def number(operator: Operator, value: object, *, positive: bool = True) -> Term:
    return Term(Leaf("request.hour", Sort.NUMBER, operator, value), positive)  # type: ignore[arg-type]


def word(operator: Operator, value: object, *, positive: bool = True) -> Term:
    return Term(Leaf("team.tier", Sort.STRING, operator, value), positive)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "conjunct",
    [
        (number(Operator.GT, 5), number(Operator.LT, 5)),
        (number(Operator.GT, 5), number(Operator.LTE, 5)),
        (number(Operator.GTE, 5), number(Operator.GTE, 3, positive=False)),
        (number(Operator.BETWEEN, (1, 3)), number(Operator.GT, 3)),
        (number(Operator.EQ, 5), number(Operator.GT, 7)),
        (word(Operator.EQ, "a"), word(Operator.EQ, "b")),
        (word(Operator.IN, ("a", "b")), word(Operator.EQ, "a", positive=False), word(Operator.EQ, "b", positive=False)),
        (word(Operator.EQ, "a"), word(Operator.MATCHES, Pattern("^b"))),
        (word(Operator.CONTAINS, "a"), word(Operator.CONTAINS, "a", positive=False)),
        (word(Operator.EXISTS, None, positive=False), word(Operator.EQ, "a")),
    ],
)
def test_what_excludes_itself_is_impossible(conjunct: tuple[Term, ...]) -> None:
    assert impossible(conjunct)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (number(Operator.GT, 5), number(Operator.GT, 3)),
        (number(Operator.GT, 5), number(Operator.GTE, 5)),
        (number(Operator.BETWEEN, (1, 3)), number(Operator.LT, 4)),
        (number(Operator.EQ, 5), number(Operator.BETWEEN, (5, 6))),
        (word(Operator.EQ, "a"), word(Operator.IN, ("a", "b"))),
        (word(Operator.EQ, "a"), word(Operator.EQ, "b", positive=False)),
        (word(Operator.IN, ("ab", "ac")), word(Operator.STARTS_WITH, "a")),
    ],
)
def test_the_stronger_implies_the_weaker_and_not_the_other_way(one: Term, other: Term) -> None:
    assert implies((one,), other)
    assert not implies((other,), one)


SCALARS = ("a", "b", "ab", "", 0, 1, 2.0, 3, True, False)
FACTS = (None, *SCALARS, ["a"], [], [1], float("nan"))


def a_term(rng: random.Random, sort: Sort) -> Term:
    words, numbers = ("a", "b", "ab"), (0, 1, 2.0, 3)
    orders = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
    texts = [
        Leaf("f", sort, Operator.EQ, rng.choice(words)),
        Leaf("f", sort, Operator.IN, tuple(rng.sample(words, 2))),
        Leaf("f", sort, Operator.CONTAINS, rng.choice(words)),
        Leaf("f", sort, Operator.STARTS_WITH, "a"),
    ]
    counts = [
        Leaf("f", sort, Operator.EQ, rng.choice(numbers)),
        *(Leaf("f", sort, rng.choice(orders), rng.choice(numbers)) for _ in range(3)),
        Leaf("f", sort, Operator.BETWEEN, tuple(sorted(rng.sample(numbers, 2)))),
    ]
    mixed = [Leaf("f", sort, Operator.EQ, value=True), Each("f", sort, True, Leaf("", Sort.ANY, Operator.EQ, 1))]
    choices = {Sort.STRING: texts, Sort.NUMBER: counts, Sort.BOOLEAN: mixed[:1], Sort.ANY: [*texts, *counts, *mixed]}
    literals = [*choices[sort], Leaf("f", sort, Operator.EXISTS)]
    return Term(rng.choice(literals), rng.random() < 0.7)


def said(term: Term, fact: object) -> bool | None:
    truth = judge(term.literal, fact)
    return truth if truth is None or term.positive else not truth


def lies(seed: int) -> Iterator[tuple[object, ...]]:
    """Yield what is claimed and is not so."""
    rng = random.Random(seed)
    for _ in range(4000):
        sort = rng.choice((Sort.STRING, Sort.NUMBER, Sort.BOOLEAN, Sort.ANY))
        conjunct, other = [a_term(rng, sort) for _ in range(rng.randrange(1, 4))], a_term(rng, sort)
        claimed, implied = impossible(conjunct), implies(conjunct, other)
        for fact in FACTS:
            truths = [said(term, fact) for term in conjunct]
            if claimed and all(truths):
                yield "impossible", conjunct, fact
            if implied and False not in truths and said(other, fact) is False:
                yield "implied", conjunct, other, fact


def test_claims_are_true_of_all_facts() -> None:
    assert next(lies(seed=1), None) is None


@pytest.mark.parametrize(
    ("part", "broken"),
    [
        ("_CONTRARY", {Operator.GT: Operator.GT, Operator.LT: Operator.LT}),
        ("_SETS", frozenset({Operator.EQ, Operator.IN, Operator.CONTAINS})),
        ("_clash", lambda conjunct, _name: len(conjunct) > 1),
        ("_stronger", lambda one, other: one.positive and other.positive),
    ],
)
def test_a_careless_claim_is_caught(part: str, broken: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, part, broken)
    assert next(lies(seed=2), None) is not None
