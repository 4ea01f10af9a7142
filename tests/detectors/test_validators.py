"""Validators: what can be real, and what is reserved, documented or put in a place to be filled."""

import pytest

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
        ("password", "<password>"),
        ("password", "${DB_PASSWORD}"),
        ("password", "required"),
    ],
)
def test_what_cannot(name: str, value: str) -> None:
    assert not VALIDATORS[name](value)
