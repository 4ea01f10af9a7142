"""Checksums: what standards call right is right, and one wrong digit is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.checksums import IBAN_LENGTHS, iban, luhn

DIGITS = st.text("0123456789", min_size=11, max_size=18)


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


@pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "79927398713", "0"])
def test_published_numbers_pass_luhn(number: str) -> None:
    assert luhn(number)


@given(DIGITS, st.data())
def test_luhn_sees_every_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    number = with_check_digit(digits)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    assert not luhn(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    "number",
    ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606", "NO9386011117947"],
)
def test_published_ibans_pass(number: str) -> None:
    assert iban(number)


@pytest.mark.parametrize("number", ["DE89370400440532013001", "DE8937040044053201300", "ZZ89370400440532013000", ""])
def test_other_ibans_do_not(number: str) -> None:
    assert not iban(number)


@given(st.integers(4, 21), st.sampled_from("0123456789ABCXYZ"))
def test_an_iban_with_one_other_character_fails(place: int, other: str) -> None:
    number = "GB82WEST12345698765432"
    changed = number[:place] + other + number[place + 1 :]
    assert iban(changed) == (changed == number)


def test_lengths_are_those_of_the_standard() -> None:
    assert all(len(country) == 2 and 15 <= length <= 34 for country, length in IBAN_LENGTHS.items())
