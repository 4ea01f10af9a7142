"""Numbers without a country: published ones pass, others do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.numbers_global import NUMBERS

ZONE = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bic", "DEUTDEFF"),
        ("birth", "12.08.1974"),
        ("birth", "August 12th, 1974"),
        ("birth", "1974-08-12"),
        ("birth", "12 Aug 74"),
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("imei", "49-015420-323751-8"),
        ("mac", "0d:1b:44:11:3a:b7"),
        ("mrz", ZONE),
        ("mrz_card", CARD),
        ("position", "52.5200, 13.4050"),
        ("vin", "1M8GDM9AXKP042788"),
    ],
)
def test_what_can_be_real(name: str, value: str) -> None:
    assert NUMBERS[name](value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bic", "SENTENCE"),
        ("birth", "45.45.1974"),
        ("birth", "1774-08-12"),
        ("birth", "30 Feb 1974"),
        ("imei", "490154203237519"),
        ("imei", "000000000000000"),
        ("mac", "ff:ff:ff:ff:ff:ff"),
        ("mrz", ZONE.replace("7408122", "7408123")),
        ("mrz_card", CARD.replace("D231", "D232")),
        ("position", "95.1234, 13.4050"),
        ("position", "0.0010, 0.0020"),
        ("vin", "1M8GDM9AXKP042789"),
        ("vin", "11111111111111111"),
    ],
)
def test_what_cannot(name: str, value: str) -> None:
    assert not NUMBERS[name](value)


@given(st.integers(0, len(ZONE) - 1).filter(lambda at: ZONE[at].isdigit() and at < 28), st.sampled_from("0123456789"))
def test_a_wrong_digit_in_a_passport_zone_is_seen(place: int, digit: str) -> None:
    wrong = ZONE[:place] + digit + ZONE[place + 1 :]
    assert NUMBERS["mrz"](wrong) is (wrong == ZONE)
