"""Validators: what can be real, and what is reserved, documented or put in a place to be filled."""

from ipaddress import AddressValueError, IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors import validators
from yett.detectors.rules import expanded
from yett.detectors.validators import VALIDATORS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("card", "4111 1111 1111 1111"),
        ("card", "3782-822463-10005"),
        ("card", "2221000000000009"),
        ("card", "6011111111111117"),
        ("card", "30569309025904"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("ssn", "536-22-8726"),
        ("ip_address", "203.0.113.7"),
        ("ip_address", "2001:db8::1"),
        ("phone", "+1 415 555 2671"),
        ("email", "a.b+c@example.co.uk"),
        ("issued", "ghp_{alnum*36}"),
        ("credential", "{alnum*32}"),
        ("password", "hunter2!"),
        ("password", "correct-horse-battery"),
        ("url_password", "uzNxaWFeYBaF"),
        ("url_password", "hunter2x"),
    ],
)
def test_what_can_be_real(name: str, value: str) -> None:
    assert VALIDATORS[name](expanded(value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("card", "4111 1111 1111 1112"),
        ("card", "1111 1111 1111 1117"),
        ("card", "4444444444444444"),
        ("card", "411111111111111"),
        ("iban", "DE89 3704 0044 0532 0130 01"),
        ("ssn", "666-12-3456"),
        ("ssn", "078-05-1120"),
        ("ssn", "111-11-1111"),
        ("ip_address", "127.0.0.1"),
        ("ip_address", "255.255.255.0"),
        ("ip_address", "1.2.3"),
        ("ip_address", "::"),
        ("ip_address", "1:2"),
        ("phone", "111 1111"),
        ("phone", "12345"),
        ("email", "icon@2x.png"),
        ("email", "a..b@example.com"),
        ("email", "a@-b-.com"),
        ("issued", "ghp_xxxxxxxxxxxx"),
        ("issued", "AKIAIOSFODNN7EXAMPLE"),
        ("credential", "your-api-key-goes-here1"),
        ("credential", "settings.api_key"),
        ("credential", "https://example.org/a1b2c3d4e5f6"),
        ("credential", "abcdefghijklmnopqrst"),
        ("password", "getpass.getpass"),
        ("password", "12345678"),
        ("password", "required|min:8|confirmed"),
        ("password", "x:0:0:root:/root:/bin/bash"),
        ("url_password", "password"),
        ("url_password", "Mypasswords"),
        ("url_password", "yourPassWoRds"),
        ("password", "<password>"),
        ("password", "${DB_PASSWORD}"),
        ("password", "required"),
    ],
)
def test_what_cannot(name: str, value: str) -> None:
    assert not VALIDATORS[name](value)


PARTS = st.sampled_from(
    ["", "0", "00", "01", "1", "10", "100", "127", "223", "224", "239", "240", "255", "256", "\u0663"]
)


@given(st.lists(PARTS, min_size=3, max_size=5).map(".".join))
def test_four_numbers_are_an_address_where_the_standard_library_says_so(value: str) -> None:
    assert validators._machine_four(value) is plain_machine(value)


def plain_machine(value: str) -> bool:
    try:
        address = IPv4Address(value)
    except AddressValueError:
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)


@pytest.mark.parametrize(("name", "members"), [("_OCTETS", {"256"}), ("_MULTICAST", {"223"})])
def test_a_wrong_table_is_noticed(name: str, members: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validators, name, getattr(validators, name) | members)
    values = ("1.2.3.256", "223.1.1.1")
    assert any(validators._machine_four(value) is not plain_machine(value) for value in values)
