"""Nothing that may be wider than a condition is missing among its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.domain import implies
from yett.policy.expression import Leaf, Operator, Pattern
from yett.policy.neighbours import Neighbours
from yett.policy.normal import Term
from yett.policy.values import Sort

WORDS = st.sampled_from(["a", "b", "ab", ""])
NUMBERS = st.sampled_from([0, 1, 2, 2.0, 3])


def word(field: str) -> st.SearchStrategy[Leaf]:
    return st.one_of(
        st.builds(lambda value: Leaf(field, Sort.STRING, Operator.EQ, value), WORDS),
        st.builds(lambda values: Leaf(field, Sort.STRING, Operator.IN, tuple(values)), st.lists(WORDS, max_size=3)),
        st.just(Leaf(field, Sort.STRING, Operator.EXISTS, None)),
        st.just(Leaf(field, Sort.STRING, Operator.MATCHES, Pattern("^a"))),
    )


LEAVES = st.one_of(
    word("team.tier"),
    word("llm.model"),
    st.builds(lambda value: Leaf("request.hour", Sort.NUMBER, Operator.EQ, value), NUMBERS),
    st.builds(lambda value: Leaf("request.hour", Sort.NUMBER, Operator.GT, value), NUMBERS),
    st.builds(lambda value: Leaf("injection.found", Sort.BOOLEAN, Operator.EQ, value), st.booleans()),
)
TERMS = st.builds(Term, LEAVES, st.booleans())
NORMALS = st.lists(st.lists(TERMS, max_size=3).map(tuple), max_size=3).map(tuple)
Normal = tuple[tuple[Term, ...], ...]


def wider(one: Normal, other: Normal) -> bool:
    """Say whether *one* is not false wherever *other* is not, as lint has it."""
    return all(any(all(implies(conjunct, term) for term in each) for each in one) for conjunct in other)


def check(normals: list[Normal]) -> None:
    neighbours = Neighbours(normals)
    for normal in normals:
        assert {number for number, one in enumerate(normals) if wider(one, normal)} <= set(neighbours.of(normal))


@given(normals=st.lists(NORMALS, max_size=8))
def test_what_is_wider_is_a_neighbour(normals: list[Normal]) -> None:
    check(normals)


TIERS = [((Term(Leaf("team.tier", Sort.STRING, Operator.EQ, f"t{number}"), True),),) for number in range(100)]


def test_what_asks_for_other_values_is_none() -> None:
    assert [Neighbours(TIERS).of(each) for each in TIERS] == [[number] for number in range(100)]


def test_what_has_no_normal_form_is_none() -> None:
    assert Neighbours([None, *TIERS[:1]]).of(TIERS[0]) == [1]


def first_value_only(self: Neighbours, conjunct: tuple[Term, ...], number: int) -> None:
    for term in conjunct[:1]:
        self._under[term.literal.field, term.literal.value].add(number)  # type: ignore[union-attr, index]


def test_one_that_forgets_a_neighbour_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = Leaf("team.tier", Sort.STRING, Operator.IN, ("t0", "t1"))
    normals: list[Normal] = [((Term(leaf, True),),), *TIERS[:3]]
    check(normals)
    monkeypatch.setattr(Neighbours, "_keep", first_value_only)
    with pytest.raises(AssertionError):
        check(normals)
