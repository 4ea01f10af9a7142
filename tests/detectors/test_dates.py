"""Dates in numbers."""

import pytest

from yett.detectors.dates import bare, day, day_of_month_six


@pytest.mark.parametrize(
    ("year", "month", "on", "was"),
    [(2000, 2, 29, True), (1900, 2, 29, False), (2001, 13, 1, False), (2001, 0, 1, False), (1999, 12, 31, True)],
)
def test_days_that_were(year: int, month: int, on: int, was: bool) -> None:
    assert day(year, month, on) is was


def test_six_digits_are_a_day_a_month_and_a_year() -> None:
    assert day_of_month_six("310199")
    assert not day_of_month_six("310299")


def test_separators_go_and_letters_become_capitals() -> None:
    assert bare(" 12.34-a/b(c)\u00a0") == "1234ABC"
