"""What is listed late is the tuple that it stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Effect, Reason
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.expression import Leaf, Operator, Or
from yett.policy.layout import Layout, Placed
from yett.policy.listing import Listing
from yett.policy.values import Sort

WIDTHS = (1, 2, 1, 3, 1, 1, 2)
"""How many conjuncts each rule has."""


def made() -> tuple[Layout, list[Clause]]:
    asked = [Leaf("team.id", Sort.STRING, Operator.EQ, f"{number}") for number in range(max(WIDTHS))]
    clauses = [
        Clause("p", "1", f"r{number}", 0, Effect.DENY, Or(tuple(asked[:width])), frozenset(Stage), definite=False)
        for number, width in enumerate(WIDTHS)
    ]
    return Layout(clauses), clauses


LAYOUT, CLAUSES = made()
PLACED = LAYOUT.placed([clause.certain for clause in CLAUSES], LAYOUT.every)
POSSIBLE = st.integers(1, LAYOUT.every)


def tuple_of(possible: int) -> tuple[Reason, ...]:
    return tuple(clause.certain for clause, mask in zip(CLAUSES, LAYOUT.masks, strict=True) if possible & mask)


def disagrees(possible: int) -> bool:
    reasons, fresh = tuple_of(possible), Listing(PLACED, possible)
    return tuple(fresh) != reasons or (fresh[0], *fresh[1:]) != reasons


@given(POSSIBLE)
def test_it_is_read_as_the_tuple(possible: int) -> None:
    assert not disagrees(possible)


@pytest.mark.parametrize(
    ("where", "name", "mutant"),
    [
        (Placed, "listed", lambda placed, possible: [placed.first(possible)]),
        (Listing, "__iter__", lambda listing: iter(listing[1:])),
    ],
)
def test_another_reading_is_noticed(where: object, name: str, mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, name, mutant)
    assert any(map(disagrees, range(1, LAYOUT.every + 1)))


@given(POSSIBLE, POSSIBLE)
def test_it_equals_what_says_the_same(possible: int, other: int) -> None:
    reasons, late = tuple_of(possible), Listing(PLACED, possible)
    assert late == reasons
    assert reasons == late
    assert (late == Listing(PLACED, other)) is (reasons == tuple_of(other))
    assert late != list(reasons)
    assert hash(late) == hash(reasons)
    assert repr(late) == repr(reasons)
    assert (len(late), late[0], late[-1], late[1:]) == (len(reasons), reasons[0], reasons[-1], reasons[1:])


def test_it_is_listed_once() -> None:
    late = Listing(PLACED, LAYOUT.every)
    assert late[:] is late[:]
