"""A date moves and keeps its form."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.shifting import shifted

FORMS = {
    "iso": "{0.year:04}-{0.month:02}-{0.day:02}",
    "german": "{0.day:02}.{0.month:02}.{0.year:04}",
    "slashed year": "{0.year:04}/{0.month:02}/{0.day:02}",
    "american": "{0.month:02}/{0.day:02}/{0.year:04}",
}


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("1984-03-17", "1984-02-26"),
        ("1984-3-7", "1984-2-16"),
        ("17.03.1984", "26.02.1984"),
        ("17. 03. 1984", "26. 02. 1984"),
        ("17-03-1984", "26-02-1984"),
        ("3/17/1984", "2/26/1984"),
        ("03/04/1984", "02/13/1984"),
        ("17/03/84", "26/02/84"),
        ("17/03/05", "25/02/05"),
        ("March 17, 1984", "February 26, 1984"),
        ("17 March 1984", "26 February 1984"),
        ("17 MARCH 1984", "26 FEBRUARY 1984"),
        ("07 march 1984", "16 february 1984"),
        ("17. März 1984", "26. Februar 1984"),
        ("23rd of March 1984", "3rd of March 1984"),
        ("Mar. 31st, 1984", "Mar. 11th, 1984"),
        ("17 de marzo de 1984", "26 de febrero de 1984"),
        ("17 février 1984", "28 janvier 1984"),
        ("from 1984-03-17 to 1990-01-01", "from 1984-02-26 to 1989-12-12"),
    ],
)
def test_a_date_moves_twenty_days_back_and_keeps_its_form(written: str, moved: str) -> None:
    assert shifted(written, -20) == moved


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "45/45/1974",
        "1984-13-01",
        "01/02-1999",
        "17 nonsense 1984",
        "1 Jan 0001",
        "1984-03-170",
        "01/01/30",
    ],
)
def test_what_is_no_date_or_cannot_move_is_told(text: str) -> None:
    assert shifted(text, -20) is None


@given(st.dates(date(1900, 1, 1), date(2090, 1, 1)), st.integers(-180, 180), st.sampled_from(sorted(FORMS)))
def test_every_date_moves_by_the_days_asked_for(day: date, days: int, form: str) -> None:
    moved = day + timedelta(days)
    written = FORMS[form].format(day)
    assert shifted(written, days) == FORMS[form].format(moved)


@pytest.mark.parametrize("word", ["aaaa " * 20_000, "1/" * 50_000, "12 " * 50_000])
def test_a_long_text_is_read_once(word: str) -> None:
    assert shifted(word, 5) is None
