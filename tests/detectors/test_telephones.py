"""Telephone numbers of all countries, and what has as many digits and is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors import telephones
from yett.detectors.telephones import NUMBERS

abroad, national, short = NUMBERS["phone_abroad"], NUMBERS["phone"], NUMBERS["phone_short"]


@pytest.mark.parametrize(
    "number",
    ["+1 415 555 2671", "+49 (0)30 901820", "0049 30 901820", "(+30) 2755 228766", "+7 495 1234567", "+354 410 4000"],
)
def test_a_calling_code_that_is_assigned_is_believed(number: str) -> None:
    assert abroad(number)
    assert abroad(f"{number} ext. 12")


@pytest.mark.parametrize(
    "number",
    ["+4294967296", "+281474976710656", "+210 12345678", "+1 023 456 7890", "+1 415 555 267", "+49 1", "+11111111111"],
)
def test_one_that_is_not_is_none(number: str) -> None:
    assert not abroad(number)


@pytest.mark.parametrize(
    "number", ["030 901820", "(0614) 798350", "06-52/072 5721", "2217.5981", "32.10.06.69 x3", "1234567"]
)
def test_digits_of_some_length_may_be_a_national_number(number: str) -> None:
    assert national(number)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-01-02", "2024/1/2 12", "31.12.1999", "12/31/1999", "2002-2006", "1999 - 2000", "192.168.1.20"),
        *("3.1415926", "12 000 000", "1.200.000", "1111111", "123456", "1234567890123456"),
    ],
)
def test_dates_years_addresses_and_amounts_are_none(text: str) -> None:
    assert not national(text)


@given(st.integers(0, 10**6))
def test_short_numbers_have_five_or_six_digits(number: int) -> None:
    digits = str(number)
    assert short(digits) == (len(digits) in {5, 6} and len(set(digits)) >= 3)


def plain(value: str) -> str:
    """The digits of *value*, one after the other."""
    return "".join(character for character in telephones._EXTENSION.sub("", value) if character.isdigit())


def differs(value: str) -> bool:
    return telephones._digits(value) != plain(value)


@given(st.text("01234567890 ./()-+,;:x#t\u0663\u0434", max_size=20))
def test_digits_are_told_at_once_where_nothing_else_could_be_meant(value: str) -> None:
    assert not differs(value)
    digits = plain(value)
    believed = len(digits) in range(7, 16) and len(set(digits)) > 2 and not telephones._OTHERWISE.fullmatch(value)
    assert national(value) is believed


@pytest.mark.parametrize("taken", [b"0123456789 ./()-+,;:x", b"0123456789 ./()-+,;:#"])
def test_taking_an_extension_for_a_separator_is_noticed(taken: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephones, "_PLAIN", taken)
    assert differs("030 901820 x12") or differs("030 901820 #12")
