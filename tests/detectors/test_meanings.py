"""Words are looked up by their keys; what is listed with more words counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.meanings import Meanings

KEYS = st.integers(0, (1 << 64) - 1)


def test_the_last_row_that_has_a_meaning_counts() -> None:
    found = Meanings([(5, 1), (6, 2), (7, 3)]).of(np.array([[5, 9, 7, 5], [9, 9, 6, 9], [9, 9, 9, 7]], np.uint64))
    assert list(found.items()) == [(0, 1), (2, 2), (3, 3)]


def test_the_last_of_like_entries_counts() -> None:
    assert Meanings([(5, 1), (5, 2)]).of(np.array([[5]], np.uint64)) == {0: 2}


def test_where_nothing_is_listed_nothing_is_meant() -> None:
    assert Meanings([]).of(np.array([[5, 0]], np.uint64)) == {}
    assert Meanings([(5, 1)]).of(np.zeros((4, 0), np.uint64)) == {}


@given(st.dictionaries(KEYS, st.integers(1, 200), max_size=20), st.lists(KEYS, max_size=20))
def test_all_that_is_listed_is_found_and_nothing_else(listed: dict[int, int], others: list[int]) -> None:
    keys = [*listed, *others]
    found = Meanings(listed.items()).of(np.array([keys], np.uint64).reshape(1, -1))
    assert found == {at: listed[each] for at, each in enumerate(keys) if each in listed}
