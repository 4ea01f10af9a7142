"""Checksums: what standards call right is right, and one wrong digit is seen."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yett.detectors.checksums import IBAN_LENGTHS, iban, iso_11_2, iso_11_10, luhn, seven_three_one, verhoeff, weighted

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


@given(st.text("0123456789", max_size=24))
def test_luhn_is_what_adding_digit_by_digit_says(digits: str) -> None:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    assert luhn(digits) == (sum(value // 10 + value % 10 for value in doubled) % 10 == 0)


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.text("0123456789ABYZ", min_size=31, max_size=31))
def test_an_account_is_read_as_one_number(country: str, rest: str) -> None:
    for check in range(100):
        number = f"{country}{check:02}{rest[: IBAN_LENGTHS[country] - 4]}"
        value = int("".join(str(int(character, 36)) for character in number[4:] + number[:4]))
        assert iban(number) == (value % 97 == 1)


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


@pytest.mark.parametrize(
    ("checks", "number"),
    [(verhoeff, "2363"), (verhoeff, "123451"), (iso_11_10, "36574261809"), (iso_11_2, "079X")],
)
def test_other_systems_on_published_numbers(checks: Callable[[str], bool], number: str) -> None:
    assert checks(number)


@given(DIGITS, st.sampled_from([verhoeff, iso_11_10, iso_11_2]), st.data())
def test_they_see_every_single_wrong_digit(digits: str, checks: Callable[[str], bool], data: st.DataObject) -> None:
    number = next((digits + last for last in "0123456789" if checks(digits + last)), None)
    assume(number is not None)
    assert number is not None
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = number[:place] + data.draw(st.sampled_from("0123456789")) + number[place + 1 :]
    assert checks(wrong) is (wrong == number)


@given(DIGITS)
def test_verhoeff_sees_neighbours_that_changed_places(digits: str) -> None:
    number = next(digits + last for last in "0123456789" if verhoeff(digits + last))
    for place in range(len(number) - 1):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert verhoeff(swapped) is (swapped == number)


def test_travel_documents_weigh_seven_three_one() -> None:
    assert [seven_three_one(text) for text in ("L898902C3", "740812", "120415", "ZE184226B<<<<<")] == [6, 2, 9, 1]


def test_what_has_no_weight_does_not_count() -> None:
    assert weighted("123", (3, 2)) == 7
