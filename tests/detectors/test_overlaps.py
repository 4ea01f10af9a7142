"""Overlaps: one value is of one kind, whatever the order of claims."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors import plain_patterns
from yett.detectors import overlaps
from yett.detectors.overlaps import resolved
from yett.model.finding import Match

KINDS = ["secret.x", "pii.credit_card", "pii.phone", "pii.other", "injection.override", "content.y"]
MATCHES = st.lists(
    st.builds(
        lambda start, length, kind, score: Match(start, start + length, kind, score, "r"),
        st.integers(0, 12),
        st.integers(1, 6),
        st.sampled_from(KINDS),
        st.sampled_from([0.5, 0.9]),
    ),
    max_size=7,
)


def disjoint(matches: Sequence[Match]) -> bool:
    values = sorted(match for match in matches if match.kind.startswith(("pii.", "secret.")))
    return all(one.end <= other.start for one, other in pairwise(values))


@given(MATCHES)
def test_values_do_not_overlap_and_judgements_all_stay(matches: list[Match]) -> None:
    kept = resolved(matches)
    assert disjoint(kept)
    assert [match for match in kept if match.kind.startswith(("injection", "content"))] == sorted(
        match for match in matches if match.kind.startswith(("injection", "content"))
    )


@given(MATCHES, st.randoms())
def test_the_order_of_claims_does_not_matter(matches: list[Match], random: object) -> None:
    shuffled = list(matches)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert resolved(shuffled) == resolved(matches)


@given(MATCHES)
def test_resolving_twice_changes_nothing(matches: list[Match]) -> None:
    assert resolved(resolved(matches)) == resolved(matches)


@given(MATCHES)
def test_it_is_what_a_look_at_every_pair_leaves(matches: list[Match]) -> None:
    assert resolved(matches) == plain_patterns.resolved(matches)


def test_what_is_left_out_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    case = [
        Match(0, 9, "content.y", 0.5),
        Match(1, 3, "pii.phone", 0.9),
        Match(4, 6, "pii.phone", 0.9),
        Match(5, 7, "secret.x", 0.9),
    ]
    assert resolved(case) == plain_patterns.resolved(case) == [case[0], case[1], case[3]]
    monkeypatch.setattr(overlaps, "_TWO", 5)
    assert resolved([*case, Match(9, 10, "content.y", 0.5)]) != [
        case[0],
        case[1],
        case[3],
        Match(9, 10, "content.y", 0.5),
    ]


@pytest.mark.parametrize("mutant", [list, lambda matches: sorted(matches)[:-1]], ids=["all stay", "one is lost"])
def test_a_wrong_resolution_is_noticed(mutant: Callable[[list[Match]], list[Match]]) -> None:
    case = [Match(0, 5, "pii.phone", 0.9), Match(2, 6, "secret.x", 0.5), Match(9, 10, "content.y", 0.5)]
    assert resolved(case) == case[1:]
    assert mutant(case) != case[1:]


@pytest.mark.parametrize(
    ("claims", "winner"),
    [
        ([("pii.phone", 0, 10, 0.9), ("pii.credit_card", 0, 10, 0.9)], "pii.credit_card"),
        ([("pii.email", 5, 20, 0.95), ("secret.connection_string", 0, 20, 0.9)], "secret.connection_string"),
        ([("pii.iban", 0, 22, 0.95), ("pii.credit_card", 4, 20, 1.0)], "pii.iban"),
        ([("secret.a", 0, 10, 0.8), ("secret.b", 0, 10, 0.95)], "secret.b"),
        ([("secret.a", 0, 10, 0.9), ("secret.b", 0, 12, 0.9)], "secret.b"),
        ([("pii.phone", 0, 9, 0.7), ("pii.custom", 0, 9, 0.9)], "pii.custom"),
        ([("pii.phone", 0, 9, 0.8), ("pii.custom", 0, 9, 0.6)], "pii.phone"),
    ],
)
def test_the_stronger_claim_wins(claims: list[tuple[str, int, int, float]], winner: str) -> None:
    kept = resolved([Match(start, end, kind, score) for kind, start, end, score in claims])
    assert [match.kind for match in kept] == [winner]


def test_neighbours_both_stay() -> None:
    assert len(resolved([Match(0, 5, "pii.phone", 0.9), Match(5, 9, "secret.x", 0.9)])) == 2


def test_many_values_cost_no_more_than_their_length() -> None:
    values = [Match(at * 2, at * 2 + 1, "pii.email", 0.9, "r") for at in range(60_000)]
    assert resolved(values) == values
