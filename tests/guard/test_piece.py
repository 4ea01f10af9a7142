"""What is read otherwise is read with what stands around it, and each of its characters knows where it came from."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard import piece
from yett.guard.piece import Edited, Piece, TooManyPlaces, exact, windows

LINE = "x" * 500


@given(st.text("ab\n", min_size=60, max_size=60), st.lists(st.integers(0, 60), max_size=12, unique=True).map(sorted))
def test_every_place_lies_in_a_window_and_no_window_meets_another(text: str, ends: list[int]) -> None:
    places = list(zip(ends[::2], ends[1::2], strict=False))
    found = list(windows(text, places))
    assert all(any(start <= first and last <= end for start, end in found) for first, last in places)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "places", "found"),
    [
        (LINE, [(250, 252)], [(50, 452)]),
        (LINE, [(10, 12)], [(0, 212)]),
        (LINE, [(10, 12), (300, 310)], [(0, 500)]),
        ("one\ntwo three\nfour", [(4, 7)], [(4, 13)]),
        ("one\ntwo\nthree", [(0, 3), (9, 10)], [(0, 3), (8, 13)]),
        (LINE, [], []),
    ],
)
def test_a_window_is_what_stands_near_in_the_line(
    text: str, places: list[tuple[int, int]], found: list[tuple[int, int]]
) -> None:
    assert list(windows(text, places)) == found


def test_more_places_than_are_looked_at_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piece, "MOST_PLACES", 3)
    assert list(windows(LINE, [(at, at + 1) for at in range(3)])) == [(0, 203)]
    with pytest.raises(TooManyPlaces):
        list(windows(LINE, [(at, at + 1) for at in range(4)]))


def test_a_piece_leads_home() -> None:
    assert exact("leet", 5, "words").home(1, 3) == (6, 8)
    assert Piece("base64", 5, 30, "words").home(1, 3) == (5, 30)
    assert Piece("reversed", 5, 8, "abc", range(7, 4, -1), range(8, 5, -1)).home(0, 2) == (6, 8)
    assert exact("leet", 5, "words").home(2, 2) == (7, 8)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 1))))
def test_places_are_worked_out_as_they_would_be_listed(stretches: list[tuple[int, int, int]]) -> None:
    begins, listed = [], []
    for length, place, step in stretches:
        begins.append(len(listed))
        listed += [place + step * at for at in range(length)]
    edited = Edited(begins, [stretch[1:] for stretch in stretches], len(listed))
    assert [edited[at] for at in range(len(edited))] == listed
