"""
Validators: what a pattern cannot say about a value, by name.

A validator is handed the matched value and says whether it can be real. Numbers that standards reserve for documents
and tests are known, and so are the placeholders that people write where a credential would stand.
"""

from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

from yett.detectors.checksums import iban, luhn
from yett.detectors.entropy import looks_random

__all__ = ["VALIDATORS", "Validator"]

Validator = Callable[[str], bool]

_SEPARATORS = str.maketrans("", "", " -.()/\u00a0")

# What stands in documentation where a credential would stand.
_PLACEHOLDING = (
    *("example", "placeholder", "changeme", "change_me", "change-me", "replace", "insert", "redacted", "removed"),
    *("your_", "your-", "yourapi", "yourkey", "yourpass", "yoursecret", "yourtoken", "my_", "my-", "mysecret", "mypass"),
    *("todo", "dummy", "sample", "xxxx", "****", "....", "____", "----", "0000000", "1234567890", "abcdefgh", "fake"),
    *("not-a-", "not_a_", "notreal", "null", "none", "undefined", "env.", "environ", "getenv", "config", "secrets."),
)
_PLACEHOLDING_STARTS = ("<", "$", "{", "%", "[", "(", "@", "#", "&", "/", ".", "\\", "*", "process.", "os.", "self.", "!")
_WORDS = frozenset(
    {
        *("password", "passwd", "secret", "token", "string", "required", "optional", "true", "false", "test", "testing"),
        *("user", "username", "admin", "value", "hidden", "unknown", "default", "enabled", "disabled", "basic", "bearer"),
        *("foo", "bar", "baz", "foobar", "foobar1", "pass", "pwd", "text", "varchar", "number", "integer", "utf-8"),
    },
)
_FEWEST_CHARACTERS = 4


def _placeholder(value: str) -> bool:
    lower = value.lower()
    return (
        lower in _WORDS
        or lower.startswith(_PLACEHOLDING_STARTS)
        or any(word in lower for word in _PLACEHOLDING)
        or len(set(lower)) < _FEWEST_CHARACTERS
    )


def _credential(value: str) -> bool:
    """Say whether a value beside a keyword such as `token =` looks generated."""
    return looks_random(value) and not _placeholder(value) and not _reference(value)


def _reference(value: str) -> bool:
    """Say whether *value* is code that names a value: a call, an attribute, a variable, an address."""
    named = ("." in value or "_" in value) and all(part.isalpha() for part in value.replace("_", ".").split(".") if part)
    return named or "(" in value or "://" in value


def _password(value: str) -> bool:
    """Say whether a value beside `password =` is one that somebody chose: more than a word."""
    mixed = any(character.isdigit() for character in value) or any(not character.isalnum() for character in value[:-1])
    return mixed and not value.isdigit() and not _placeholder(value) and not _reference(value)


def _issued(value: str) -> bool:
    """Say whether a value with an issuer's prefix can have been issued: it is no placeholder and does not repeat."""
    return not _placeholder(value)


def _card(value: str) -> bool:
    """Say whether *value* is a card number: an issuer's range, its length, and Luhn."""
    digits = value.translate(_SEPARATORS)
    return _issuer_fits(digits) and luhn(digits) and len(set(digits)) > 1


def _issuer_fits(digits: str) -> bool:
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    match digits[0]:
        case "4":
            return length in {13, 16, 19}
        case "5":
            return length == 16 if two <= 55 else 12 <= length <= 19
        case "2":
            return length == 16 and (2200 <= four <= 2204 or 2221 <= four <= 2720)
        case "3":
            return length == 15 if two in {34, 37} else 14 <= length <= 19 and (two in {30, 35, 36, 38, 39})
        case "6":
            return 12 <= length <= 19 and length != 17
        case _:
            return False


def _iban(value: str) -> bool:
    return iban(value.translate(_SEPARATORS))


def _ssn(value: str) -> bool:
    """Say whether the Social Security Administration can have issued *value*; advertised numbers are none."""
    digits = value.translate(_SEPARATORS)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in {"000", "666"} or area[0] == "9" or group == "00" or serial == "0000":
        return False
    return digits not in {"078051120", "219099999", "123456789"} and len(set(digits)) > 1


def _ip_address(value: str) -> bool:
    """Say whether *value* is the address of some machine; not one of a version number, and not unspecified."""
    try:
        address = IPv6Address(value) if ":" in value else IPv4Address(value)
    except AddressValueError:
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)


def _phone(value: str) -> bool:
    """Say whether *value* has as many digits as a telephone number has (ITU-T E.164) and is no pattern of one digit."""
    digits = [character for character in value if character.isdigit()]
    return 7 <= len(digits) <= 15 and len(set(digits)) > 2


def _email(value: str) -> bool:
    """Say whether *value* is no file name such as `icon@2x.png`, and its labels are well formed."""
    local, _, domain = value.rpartition("@")
    ending = domain.rpartition(".")[2].lower()
    well = ".." not in value and not local.startswith(".") and not local.endswith(".") and "-." not in domain
    return well and ending not in {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "local", "so", "py"}


VALIDATORS: MappingProxyType[str, Validator] = MappingProxyType(
    {
        "card": _card,
        "credential": _credential,
        "email": _email,
        "iban": _iban,
        "ip_address": _ip_address,
        "issued": _issued,
        "password": _password,
        "phone": _phone,
        "ssn": _ssn,
    },
)
