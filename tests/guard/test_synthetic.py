"""What is made up has the form of a value, right check digits, and can belong to nobody."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.checksums import iban, luhn
from yett.guard.synthetic import KINDS, made_up

NUMBERS = st.integers(0, 2**64 - 1)
VALUES = {
    "pii.email": ("jane.doe@mail.example.org",),
    "pii.phone": ("(415) 867-5309", "+1 415 867 5309", "+49 30 901820", "020 7946 0958 ext. 4", "415.867.5309"),
    "pii.ip_address": ("10.0.0.1", "fe80::1", "2a00:1450:4001:82f::200e"),
    "pii.credit_card": ("5555 5555 5555 4444", "3400-000000-00009", "30000000000004", "4222222222222", "6304000000000000000"),
    "pii.iban": ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S", "FR1420041010050500013M02606", "BR1500000000000010932840814P2"),
    "pii.ssn": ("078-05-1120", "078 05 1120", "078051120"),
    "pii.mac_address": ("3D:F2:C9:A6:B3:4F", "3d-f2-c9-a6-b3-4f", "3df2.c9a6.b34f"),
    "pii.imei": ("490154203237518", "49-015420-323751-8"),
}  # fmt: skip
EACH = [(kind, value) for kind, values in VALUES.items() for value in values]


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def belongs_to_nobody(kind: str, made: str) -> bool:
    return NOBODYS[kind](made)


def an_account(made: str) -> bool:
    bare = made.replace(" ", "")
    return iban(bare) and set(bare[4:-9]) <= {"0", "X"}


NETS = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
NOBODYS: dict[str, Callable[[str], bool]] = {
    "pii.email": lambda made: made.endswith("@example.com"),
    "pii.phone": lambda made: digits(made)[-7:-2] == "55501",
    "pii.ip_address": lambda made: any(ip_address(made) in net for net in NETS),
    "pii.credit_card": lambda made: luhn(digits(made)) and digits(made).startswith(("400000", "378282", "305693")),
    "pii.iban": an_account,
    "pii.ssn": lambda made: digits(made).startswith("9876543"),
    "pii.mac_address": lambda made: "".join(filter(str.isalnum, made)).lower().startswith("00005e0053"),
    "pii.imei": lambda made: luhn(digits(made)) and made.startswith("00"),
}


def test_every_kind_is_tried() -> None:
    assert set(VALUES) == KINDS


@pytest.mark.parametrize(("kind", "value"), EACH)
@given(number=NUMBERS)
def test_what_is_made_up_belongs_to_nobody_and_stays_as_it_is(kind: str, value: str, number: int) -> None:
    made = made_up(kind, value, number)
    assert made is not None
    assert belongs_to_nobody(kind, made)
    assert not belongs_to_nobody(kind, value)
    assert made_up(kind, made, number + 1) == made


@pytest.mark.parametrize(
    ("kind", "value", "made"),
    [
        ("pii.email", "jane@doe.org", "user456789@example.com"),
        ("pii.phone", "(415) 867-5309", "(415) 555-0189"),
        ("pii.phone", "+1 415 867 5309", "+1 415 555 0189"),
        ("pii.phone", "+49 30 901820", "+1 415-555-0189"),
        ("pii.credit_card", "5555 5555 5555 4444", "4000 0012 3456 7899"),
        ("pii.iban", "DE89 3704 0044 0532 0130 00", "DE06 0000 0000 0023 4567 89"),
        ("pii.iban", "GB29 NWBK 6016 1331 9268 19", "GB46 XXXX 0000 0023 4567 89"),
        ("pii.ssn", "078-05-1120", "987-65-4389"),
        ("pii.mac_address", "3D:F2:C9:A6:B3:4F", "00:00:5E:00:53:15"),
        ("pii.ip_address", "fe80::1", "2001:db8::75b:cd15"),
    ],
)
def test_the_form_stays(kind: str, value: str, made: str) -> None:
    assert made_up(kind, value, 123456789) == made


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("pii.vin", "1M8GDM9AXKP042788"),
        ("secret.key", "value"),
        ("pii.ip_address", "10.0.0"),
        ("pii.credit_card", "4111"),
        ("pii.iban", "short"),
        ("pii.ssn", "12"),
        ("pii.mac_address", "00:11"),
        ("pii.imei", "1"),
        ("pii.credit_card", "4111 1111 1111 1111 x"),
        ("pii.ssn", "078-05-1120a"),
    ],
)
def test_what_has_no_such_form_is_not_made_up(kind: str, value: str) -> None:
    assert made_up(kind, value, 5) is None


def test_a_made_up_number_is_left_as_it_is_where_it_looks_like_a_taxpayers() -> None:
    assert made_up("pii.us_itin", "987-65-4389", 5) == "987-65-4389"
    assert made_up("pii.us_itin", "912-70-1234", 5) is None


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=40), NUMBERS)
def test_nothing_breaks_it(kind: str, value: str, number: int) -> None:
    made = made_up(kind, value, number)
    assert made is None or made_up(kind, made, number + 1) == made
