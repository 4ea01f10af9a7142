"""
Synthetic: made-up values of the same form, which can belong to nobody.

They are taken from what registries keep free for examples: addresses at example.com (RFC 2606), telephone numbers
555-0100 to 555-0199 (North American Numbering Plan), 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 (RFC 5737),
2001:db8::/32 (RFC 3849), 00-00-5E-00-53-xx (RFC 7042), social security numbers 987-65-43xx (no area begins with a 9),
test cards, banks whose number is all zeros or all X, test devices (3GPP TS 23.003: they begin with 00). Check digits are
right. Separators stay where they were, as long as the count of digits lets them.

What is such a value already stands for itself, so making up twice is making up once.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from types import MappingProxyType

__all__ = ["KINDS", "made_up"]

_AREAS = (202, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 808, 907)
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")
_DOCUMENTATION = (*(ip_network(f"{net}0/24") for net in _NETWORKS), ip_network("2001:db8::/32"))
# By length: what the test numbers of the networks begin with, and Visa's own range for tests where there is none.
_CARDS = MappingProxyType({14: "3056930902", 15: "37828224631"})
_CARD = "400000"
_SHORTEST_CARD, _LONGEST_CARD = 12, 19
_SSN, _MAC, _DEVICE = "9876543", "00005e0053", "00"
_SSN_DIGITS, _MAC_DIGITS, _DEVICE_DIGITS, _PHONE_DIGITS = 9, 12, 15, 10
_MADE_UP_MAIL = re.compile(r"user\d{6}@example\.com")
_MADE_UP_PHONE = re.compile(r"1?[2-9]\d{2}55501\d{2}")
_MADE_UP_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[0X]*?\d{0,8}X*")
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")
_LAST_DIGITS = 8


def made_up(kind: str, value: str, number: int) -> str | None:
    """Return a made-up value in place of *value*, one for each *number*; None for kinds that have no such range."""
    form = _FORMS.get(kind)
    return form(value, number) if form else None


def _mail(value: str, number: int) -> str | None:
    return value if _MADE_UP_MAIL.fullmatch(value) else f"user{number % 10**6:06}@example.com"


def _phone(value: str, number: int) -> str | None:
    digits = _digits(value)
    if _MADE_UP_PHONE.fullmatch(digits):
        return value
    area, line = _AREAS[number // 100 % len(_AREAS)], number % 100
    made = f"{area}55501{line:02}"
    if len(digits) == _PHONE_DIGITS and not value.startswith("+"):
        return _laid_out(value, made)
    if len(digits) == _PHONE_DIGITS + 1 and digits.startswith("1"):
        return _laid_out(value, f"1{made}")
    return f"+1 {area}-555-01{line:02}"


def _address(value: str, number: int) -> str | None:
    try:
        address = ip_address(value)
    except ValueError:
        return None
    if any(address in network for network in _DOCUMENTATION):
        return value
    if isinstance(address, IPv6Address):
        return f"2001:db8::{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}"
    return f"{_NETWORKS[number // 254 % 3]}{number % 254 + 1}"


def _card(value: str, number: int) -> str | None:
    digits = _digits(value)
    if not _SHORTEST_CARD <= len(digits) <= _LONGEST_CARD:
        return None
    begins = _CARDS.get(len(digits), _CARD)
    if digits.startswith(begins):
        return value
    free = len(digits) - len(begins) - 1
    return _laid_out(value, _checked(f"{begins}{number % 10**free:0{free}}"))


def _account(value: str, number: int) -> str | None:
    bare = re.sub(r"[^0-9A-Za-z]", "", value).upper()
    if not _ACCOUNT.fullmatch(bare):
        return None
    if _MADE_UP_ACCOUNT.fullmatch(bare):
        return value
    bank = re.sub(r"[A-Z]", "X", re.sub(r"\d", "0", bare[4:]))
    last = bank.rstrip("X")
    count = min(_LAST_DIGITS, len(last) - len(last.rstrip("0")))
    made = f"{last[: len(last) - count]}{number % 10**count:0{count}}{bank[len(last) :]}" if count else bank
    rest = int("".join(str(int(character, 36)) for character in f"{made}{bare[:2]}00")) % 97
    return _laid_out(value, f"{bare[:2]}{98 - rest:02}{made}")


def _social_security(value: str, number: int) -> str | None:
    digits = _digits(value)
    if len(digits) != _SSN_DIGITS:
        return None
    return value if digits.startswith(_SSN) else _laid_out(value, f"{_SSN}{number % 100:02}")


def _taxpayer(value: str, number: int) -> str | None:  # noqa: ARG001 - as the others
    """Leave a made-up social security number as it is; a taxpayer's number begins as one, and has no range of its own."""
    return value if _digits(value).startswith(_SSN) and len(_digits(value)) == _SSN_DIGITS else None


def _hardware(value: str, number: int) -> str | None:
    bare = re.sub(r"[^0-9A-Fa-f]", "", value)
    if len(bare) != _MAC_DIGITS:
        return None
    made = f"{_MAC}{number % 256:02x}"
    return value if bare.lower().startswith(_MAC) else _laid_out(value, made.upper() if bare.isupper() else made)


def _device(value: str, number: int) -> str | None:
    digits = _digits(value)
    if len(digits) != _DEVICE_DIGITS:
        return None
    return value if digits.startswith(_DEVICE) else _laid_out(value, _checked(f"{_DEVICE}{number % 10**12:012}"))


def _digits(value: str) -> str:
    return "".join(character for character in value if character.isdecimal() and character.isascii())


def _laid_out(value: str, made: str) -> str | None:
    """Put the characters of *made* where *value* has letters and digits; None where the counts differ."""
    places = sum(character.isalnum() for character in value)
    characters = iter(made)
    if places != len(made):
        return None
    return "".join(next(characters) if character.isalnum() else character for character in value)


def _checked(digits: str) -> str:
    """Add the Luhn check digit (ISO/IEC 7812-1) to *digits*."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return f"{digits}{-(sum(doubled) + sum(map(int, digits[-2::-2]))) % 10}"


_FORMS: Mapping[str, Callable[[str, int], str | None]] = MappingProxyType(
    {
        "pii.email": _mail,
        "pii.phone": _phone,
        "pii.ip_address": _address,
        "pii.credit_card": _card,
        "pii.iban": _account,
        "pii.ssn": _social_security,
        "pii.us_itin": _taxpayer,
        "pii.mac_address": _hardware,
        "pii.imei": _device,
    }
)
KINDS = frozenset(_FORMS) - {"pii.us_itin"}
"""The kinds that have a range of their own."""
