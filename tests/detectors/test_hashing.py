"""Hashes of neighbours are sums of their hashes times constants, and mean what polynomials say."""

import numpy as np
import pytest

from yett.detectors.hashing import (
    BASE,
    INVERSE,
    KEYS,
    MODULUS,
    OF_MEANINGS,
    OF_SHAPES,
    OF_STEMS,
    OF_WORDS,
    SHORT_OF_SHAPES,
    SHORT_OF_WORDS,
    joined,
    key,
    powers,
    salted,
    sliding,
)


def test_powers_and_inverses_cancel_out() -> None:
    assert powers(BASE)[:3].tolist() == [1, BASE, BASE * BASE % MODULUS]
    assert set((powers(BASE) * powers(INVERSE)).tolist()) == {1}


def test_what_slides_past_is_each_stretch() -> None:
    array = np.arange(10, dtype=np.uint64)
    assert sliding(array, 2, (3, 4)).tolist() == [[2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 7]]


@pytest.mark.parametrize("trusted", [True, False])
def test_keys_are_those_by_which_entries_are_kept(trusted: bool) -> None:
    three = np.array([5, 7, 11], np.uint64)
    rows = np.concatenate([OF_STEMS @ np.array([5, 0, 0, 0, 0], np.uint64), OF_WORDS[trusted] @ three])
    words = [int(each) for each in three]
    assert rows[KEYS].tolist() == [key(5, 0), *(key(joined(words[:count]), count) for count in (1, 2, 3))]


@pytest.mark.parametrize(
    ("matrix", "short"),
    [(OF_SHAPES, SHORT_OF_SHAPES), (np.vstack([np.pad(OF_WORDS[0][3:], ((0, 0), (0, 2)))]), ()), (OF_STEMS[:3], ())],
)
def test_rows_that_reach_furthest_come_first(matrix: np.ndarray, short: tuple[tuple[int, int], ...]) -> None:
    reaches = [int(row.nonzero()[0].max()) for row in matrix]
    assert reaches == sorted(reaches, reverse=True)
    for rows, last in short:
        assert sum(reach >= last for reach in reaches) in {rows, len(reaches)}


def test_rows_of_stems_and_words_want_for_as_many_neighbours_as_they_reach() -> None:
    rows = [*OF_STEMS[: KEYS.start], *OF_WORDS[0][KEYS.stop - len(OF_STEMS) :]]
    reaches = [int(row.nonzero()[0].max()) for row in rows]
    assert [(sum(reach >= last for reach in reaches), last) for last in (1, 2, 3, 4)] == list(SHORT_OF_WORDS)


def test_kinds_have_salts_of_their_own() -> None:
    rows = [tuple(row) for matrix in (OF_SHAPES, OF_STEMS[:3], OF_WORDS[0], OF_WORDS[1]) for row in matrix.tolist()]
    assert len(set(rows)) == len(rows) - 6  # three keys, and three kinds that do not tell who wrote the text
    assert len({tuple(row) for row in OF_MEANINGS[0].tolist()}) == 8
    assert salted(np.ones(1, np.uint64), (3, 4))[0] != salted(np.ones(1, np.uint64), (3, 4))[1]
