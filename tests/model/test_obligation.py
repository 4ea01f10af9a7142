"""Obligations merge into one another whatever their order, and never into something milder."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model import obligation as module
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Restore, Route, Transform, join

Join = Callable[[Iterable[Obligation]], tuple[Obligation, ...]]

KINDS = st.sampled_from(["*", "pii", "pii.email", "secret"])
WORDS = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=3)
OBLIGATIONS: st.SearchStrategy[Obligation] = st.one_of(
    st.builds(
        Redact,
        KINDS,
        st.sampled_from(Transform),
        st.sampled_from([0.0, 0.5, 0.7]),
        st.sampled_from([None, 0, 2, 4]),
        WORDS,
    ),
    st.builds(Restore, KINDS),
    st.builds(Drop, KINDS, WORDS),
    st.builds(Notify, st.sampled_from(["warning", "security"]), st.sampled_from(["", "look here"])),
    st.builds(Cap, st.sampled_from(["max_tokens", "messages"]), st.integers(0, 5)),
    st.builds(Route, WORDS),
    st.builds(Approve, st.integers(1, 3)),
)
MANY = st.lists(OBLIGATIONS, max_size=6)

ORDER = list(Transform)


def is_semilattice(joined: Join, left: list[Obligation], right: list[Obligation], other: list[Obligation]) -> bool:
    """Say whether by *joined* neither order, nor grouping, nor repetition matters."""
    commutes = joined([*left, *right]) == joined([*right, *left])
    associates = joined([*joined([*left, *right]), *other]) == joined([*left, *joined([*right, *other])])
    once = joined(left)
    return commutes and associates and joined(once) == once and joined([*left, *left]) == once


def asks_no_less(strict: Obligation, mild: Obligation) -> bool:
    """Say whether whoever carries out *strict* has carried out *mild* as well."""
    match strict, mild:
        case Redact(), Redact():
            same = strict.kind == mild.kind and strict.least <= mild.least and strict.origins == mild.origins
            leaves = (strict.keep is None) is (mild.keep is None) and (strict.keep or 0) <= (mild.keep or 0)
            return same and leaves and ORDER.index(strict.how) >= ORDER.index(mild.how)
        case Drop(), Drop():
            covers = not strict.origins or (bool(mild.origins) and mild.origins <= strict.origins)
            return strict.kind == mild.kind and covers
        case Cap(), Cap():
            return strict.quantity == mild.quantity and strict.limit <= mild.limit
        case Route(), Route():
            return strict.models <= mild.models
        case Approve(), Approve():
            return strict.level >= mild.level
        case _:
            return strict == mild


def keeps_all(joined: Join, obligations: list[Obligation]) -> bool:
    """Say whether by *joined* nothing that was asked is lost."""
    merged = joined(obligations)
    return all(any(asks_no_less(one, asked) for one in merged) for asked in obligations)


@given(left=MANY, right=MANY, other=MANY)
def test_neither_order_nor_grouping_nor_repetition_matters(
    left: list[Obligation], right: list[Obligation], other: list[Obligation]
) -> None:
    assert is_semilattice(join, left, right, other)


@given(asked=MANY)
def test_nothing_that_was_asked_is_lost(asked: list[Obligation]) -> None:
    assert keeps_all(join, asked)


@given(asked=st.lists(OBLIGATIONS, max_size=4))
def test_every_order_of_many_gives_the_same(asked: list[Obligation]) -> None:
    assert {join(order) for order in permutations(asked)} == {join(asked)}


@pytest.mark.parametrize(
    ("asked", "merged"),
    [
        ([], ()),
        ([Redact("pii"), Redact("pii", Transform.HASH)], (Redact("pii", Transform.HASH),)),
        ([Redact("pii", Transform.REMOVE, 0.9), Redact("pii", least=0.2)], (Redact("pii", Transform.REMOVE, 0.2),)),
        ([Redact("pii", keep=4), Redact("pii", keep=2)], (Redact("pii", keep=2),)),
        ([Redact("pii", keep=4), Redact("pii")], (Redact("pii", keep=4), Redact("pii"))),
        ([Redact("pii", origins=frozenset({"user"})), Redact("pii", Transform.HASH)], (Redact("pii", origins=frozenset({"user"})), Redact("pii", Transform.HASH))),
        ([Restore("pii"), Restore("pii"), Restore("secret")], (Restore("pii"), Restore("secret"))),
        ([Redact("pii.email"), Redact("pii")], (Redact("pii"), Redact("pii.email"))),
        ([Drop("pii", frozenset({"user"})), Drop("pii", frozenset({"tool"}))], (Drop("pii", frozenset({"user", "tool"})),)),
        ([Drop("pii", frozenset({"user"})), Drop("pii")], (Drop("pii"),)),
        ([Cap("max_tokens", 5), Cap("max_tokens", 3), Cap("n", 1)], (Cap("max_tokens", 3), Cap("n", 1))),
        ([Route(frozenset({"a", "b"})), Route(frozenset({"b", "c"}))], (Route(frozenset({"b"})),)),
        ([Route(frozenset({"a"})), Route(frozenset({"b"}))], (Route(frozenset()),)),
        ([Approve(1), Approve(3), Approve(2)], (Approve(3),)),
        ([Notify("warning", "x"), Notify("warning", "x")], (Notify("warning", "x"),)),
        ([Notify("warning", "y"), Notify("warning", "x")], (Notify("warning", "x"), Notify("warning", "y"))),
    ],
)  # fmt: skip
def test_the_stricter_one_remains(asked: list[Obligation], merged: tuple[Obligation, ...]) -> None:
    assert join(asked) == merged


def test_transforms_stand_in_the_order_of_their_thoroughness() -> None:
    words = ["date_shift", "mask", "synthetic", "surrogate", "hash", "replace", "remove"]
    assert words == ORDER


def _last_cap(left: Obligation, right: Obligation) -> Obligation:
    return right if isinstance(left, Cap) else JOINED(left, right)


def _origins_forgotten(left: Obligation, right: Obligation) -> Obligation:
    if isinstance(left, Drop) and isinstance(right, Drop):
        return replace(left, origins=left.origins | right.origins)
    return JOINED(left, right)


def _models_united(left: Obligation, right: Obligation) -> Obligation:
    if isinstance(left, Route) and isinstance(right, Route):
        return Route(left.models | right.models)
    return JOINED(left, right)


def _milder(left: Obligation, right: Obligation) -> Obligation:
    if isinstance(left, Redact) and isinstance(right, Redact):
        return min(left, right, key=lambda each: (ORDER.index(each.how), each.least))
    return JOINED(left, right)


def _more_kept(left: Obligation, right: Obligation) -> Obligation:
    if isinstance(left, Redact) and isinstance(right, Redact):
        return replace(JOINED(left, right), keep=max(left.keep or 0, right.keep or 0))  # type: ignore[call-arg]
    return JOINED(left, right)


def _summed(left: Obligation, right: Obligation) -> Obligation:
    if isinstance(left, Approve) and isinstance(right, Approve):
        return Approve(left.level + right.level)
    return JOINED(left, right)


JOINED = module._joined
EXAMPLES: tuple[list[Obligation], ...] = (
    [
        Cap("max_tokens", 3),
        Drop("pii"),
        Route(frozenset({"a"})),
        Redact("pii", Transform.REMOVE),
        Approve(1),
        Redact("secret", keep=2),
    ],
    [
        Cap("max_tokens", 5),
        Drop("pii", frozenset({"user"})),
        Route(frozenset({"b"})),
        Redact("pii", Transform.MASK, 0.5),
        Approve(2),
        Redact("secret", keep=4),
    ],
)


@pytest.mark.parametrize("mutant", [_last_cap, _origins_forgotten, _models_united, _milder, _more_kept, _summed])
def test_a_merge_that_is_wrong_is_found_out(
    mutant: Callable[[Obligation, Obligation], Obligation], monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = EXAMPLES
    assert is_semilattice(join, left, right, [])
    assert keeps_all(join, [*left, *right])
    monkeypatch.setattr(module, "_joined", mutant)
    assert not (is_semilattice(join, left, right, []) and keeps_all(join, [*left, *right]))


def test_a_merge_that_keeps_the_order_of_arrival_is_found_out() -> None:
    def unsorted(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
        return reduce(lambda kept, each: kept if each in kept else (*kept, each), obligations, ())

    left, right = EXAMPLES
    assert not is_semilattice(unsorted, left, right, [])
