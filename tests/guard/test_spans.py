"""Stretches that overlap are one cluster, and stretches that only touch are two."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.spans import clusters

STRETCHES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 8)).map(lambda each: (each[0], sum(each))), max_size=10
)


@pytest.mark.parametrize(
    ("stretches", "groups"),
    [
        ([], []),
        ([(0, 2)], [(0, 2)]),
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 3), (2, 4)], [(0, 4)]),
        ([(0, 9), (2, 4), (8, 10)], [(0, 10)]),
        ([(4, 6), (0, 2)], [(0, 2), (4, 6)]),
        ([(1, 1), (0, 2)], [(0, 2)]),
        ([(2, 2), (0, 2)], [(0, 2), (2, 2)]),
        ([(0, 0), (0, 2)], [(0, 0), (0, 2)]),
    ],
)
def test_stretches_are_grouped_by_overlap(stretches: list[tuple[int, int]], groups: list[tuple[int, int]]) -> None:
    found = clusters((start, end, None) for start, end in stretches)
    assert [(start, end) for start, end, _ in found] == groups


def _chained(stretches: Sequence[tuple[int, int]]) -> bool:
    reached = min(stretches)[1]
    for start, end in sorted(stretches)[1:]:
        if start >= reached:
            return False
        reached = max(reached, end)
    return True


def wrong(stretches: Sequence[tuple[int, int]], found: Sequence[tuple[int, int, list[int]]]) -> bool:
    """Say whether *found* is not what the stretches, known by their index, group into."""
    members = sorted(index for _, _, group in found for index in group)
    exact = all(
        (start, end) == (min(stretches[each][0] for each in group), max(stretches[each][1] for each in group))
        for start, end, group in found
    )
    apart = all(left[1] <= right[0] for left, right in pairwise(found))
    joined = all(_chained([stretches[each] for each in group]) for _, _, group in found)
    return not (members == list(range(len(stretches))) and exact and apart and joined)


@given(STRETCHES)
def test_clusters_are_disjoint_and_lose_nothing(stretches: list[tuple[int, int]]) -> None:
    found = clusters((start, end, index) for index, (start, end) in enumerate(stretches))
    assert not wrong(stretches, found)


@given(STRETCHES)
def test_the_order_of_stretches_does_not_matter(stretches: list[tuple[int, int]]) -> None:
    one = [(start, end) for start, end, _ in clusters((*each, None) for each in stretches)]
    other = [(start, end) for start, end, _ in clusters((*each, None) for each in reversed(stretches))]
    assert one == other


def test_clusters_that_overlap_are_noticed() -> None:
    assert wrong([(0, 3), (2, 4)], [(0, 3, [0]), (2, 4, [1])])
    assert wrong([(0, 3), (2, 4)], [(0, 3, [0, 1])])
    assert wrong([(0, 3), (5, 6)], [(0, 3, [0])])
    assert wrong([(0, 3), (5, 6)], [(0, 6, [0, 1])])
