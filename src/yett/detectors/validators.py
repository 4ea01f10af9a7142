"""
Validators: what a pattern cannot say about a value, by name.

A validator is handed the matched value and says whether it can be real. Numbers that standards reserve for documents
and tests are known, and so are the placeholders that people write where a credential would stand.
"""

from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address
from itertools import pairwise
from types import MappingProxyType

from yett.detectors import numbers_europe, numbers_global, numbers_overseas, telephones
from yett.detectors.addresses import ADDRESSES
from yett.detectors.checksums import iban, luhn
from yett.detectors.entropy import looks_random
from yett.detectors.expression import Expression

__all__ = ["VALIDATORS", "Validator"]

Validator = Callable[[str], bool]

_SEPARATORS = str.maketrans("", "", " -.()/\u00a0")

# What stands in documentation where a credential would stand.
_PLACEHOLDING = (
    *("example", "placeholder", "changeme", "change_me", "change-me", "replace", "insert", "redacted", "removed"),
    *(
        "your_",
        "your-",
        "yourapi",
        "yourkey",
        "yourpass",
        "yoursecret",
        "yourtoken",
        "my_",
        "my-",
        "mysecret",
        "mypass",
    ),
    *("todo", "dummy", "sample", "xxxx", "****", "....", "____", "----", "0000000", "1234567890", "abcdefgh", "fake"),
    *("not-a-", "not_a_", "notreal", "null", "none", "undefined", "env.", "environ", "getenv", "config", "secrets."),
)
_SAYS_PLACEHOLDER = Expression("|".join(rf"\Q{word}\E" for word in _PLACEHOLDING))
_PLACEHOLDING_STARTS = (
    "<",
    "$",
    "{",
    "%",
    "[",
    "(",
    "@",
    "#",
    "&",
    "/",
    ".",
    "\\",
    "*",
    "process.",
    "os.",
    "self.",
    "!",
)
_WORDS = frozenset(
    {
        *(
            "password",
            "passwd",
            "secret",
            "token",
            "string",
            "required",
            "optional",
            "true",
            "false",
            "test",
            "testing",
        ),
        *(
            "user",
            "username",
            "admin",
            "value",
            "hidden",
            "unknown",
            "default",
            "enabled",
            "disabled",
            "basic",
            "bearer",
        ),
        *("foo", "bar", "baz", "foobar", "foobar1", "pass", "pwd", "text", "varchar", "number", "integer", "utf-8"),
    },
)
_FEWEST_CHARACTERS = 4
_FEWEST_LETTERS = 10
# A name of so many words, some of which may be short and hold digits, is no value.
_FEW_WORDS = 2
_SHORT_WORD = 4
# How card numbers of an issuer begin, and how long they are (ISO/IEC 7812; the networks' published ranges).
_ISSUERS = (
    (2200, 2204, {16}),  # Mir
    (2221, 2720, {16}),  # Mastercard
    (3000, 3059, {14, 16, 17, 18, 19}),  # Diners Club
    (3400, 3499, {15}),  # American Express
    (3528, 3589, {16, 17, 18, 19}),  # JCB
    (3600, 3699, {14, 16, 17, 18, 19}),  # Diners Club
    (3700, 3799, {15}),  # American Express
    (3800, 3999, {14, 16, 17, 18, 19}),  # Diners Club
    (4000, 4999, {13, 16, 19}),  # Visa
    (5000, 5099, {12, 13, 14, 15, 16, 17, 18, 19}),  # Maestro
    (5100, 5599, {16}),  # Mastercard
    (5600, 5899, {12, 13, 14, 15, 16, 17, 18, 19}),  # Maestro
    (6000, 6999, {12, 13, 14, 15, 16, 18, 19}),  # Discover, UnionPay, Maestro, RuPay
)
_LENGTHS = MappingProxyType(
    {f"{beginning:04}": frozenset(lengths) for low, high, lengths in _ISSUERS for beginning in range(low, high + 1)}
)
_NONE = frozenset[int]()
# The first number of addresses that might as well be versions or sections, when the other three are small, too.
_LIKE_VERSIONS = 40
_SMALL = 100
_KNOWN = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_GROUP = 3
_FOUR = 4
_OCTETS = frozenset(map(str, range(256)))
_MULTICAST = frozenset(map(str, range(224, 240)))
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "local", "so", "py"})
_SERVICES = frozenset({"git", "hg", "svn", "bzr", "gitolite", "gitlab", "forgejo", "gitea"})


def _placeholder(value: str) -> bool:
    lower = value.lower()
    return (
        lower in _WORDS
        or lower.startswith(_PLACEHOLDING_STARTS)
        or _SAYS_PLACEHOLDER.first(lower.encode(errors="replace")) >= 0
        or len(set(lower)) < _FEWEST_CHARACTERS
    )


def _credential(value: str) -> bool:
    """Say whether a value beside a keyword such as `token =` looks generated."""
    return looks_random(value) and not _placeholder(value) and not _reference(value)


def _reference(value: str) -> bool:
    """Say whether *value* is code that names a value: a call, an attribute, a variable, an address."""
    named = ("." in value or "_" in value) and all(
        part.isalpha() for part in value.replace("_", ".").split(".") if part
    )
    parts = value.split("_")
    worded = len(parts) > _FEW_WORDS and all(part.isalpha() or len(part) <= _SHORT_WORD for part in parts)
    return named or worded or "(" in value or "://" in value or ("[" in value and value.endswith("]"))


def _password(value: str) -> bool:
    """Say whether a value beside `password =` is one that somebody chose: more than a word."""
    mixed = any(map(str.isdigit, value)) or not all(map(str.isalnum, value[:-1]))
    ruled = value.partition("|")[0].lower() in _WORDS or value.startswith("x:")
    return mixed and not value.isdigit() and not ruled and not _placeholder(value) and not _reference(value)


def _url_password(value: str) -> bool:
    """Say the same of what stands before the host of an address: letters alone will do there, if they spell nothing."""
    if not value.isalpha():
        return _password(value)
    changes = sum(before.isupper() != after.isupper() for before, after in pairwise(value))
    return len(value) >= _FEWEST_LETTERS and changes > 1 and not _placeholder(value)


def _issued(value: str) -> bool:
    """Say whether a value with an issuer's prefix can have been issued: it is no placeholder and does not repeat."""
    return not _placeholder(value)


def _bare(value: str) -> str:
    """Return *value* without what separates its parts."""
    return value if value.isalnum() else value.translate(_SEPARATORS)


def _card(value: str) -> bool:
    """Say whether *value* is a card number: an issuer's range, its length, and Luhn."""
    digits = _bare(value)
    return len(digits) in _LENGTHS.get(digits[:4], _NONE) and luhn(digits) and digits.count(digits[0]) < len(digits)


def _iban(value: str) -> bool:
    return iban(_bare(value).upper())


def _ssn(value: str) -> bool:
    """Say whether the Social Security Administration can have issued *value*; advertised numbers are none."""
    digits = _bare(value)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in {"000", "666"} or area[0] == "9" or group == "00" or serial == "0000":
        return False
    return digits not in {"078051120", "219099999", "123456789"} and len(set(digits)) > 1


def _machine(value: str) -> bool:
    """Say whether *value* is the address of some machine, and neither unspecified nor this one."""
    if ":" not in value:
        return _machine_four(value)
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)


def _machine_four(value: str) -> bool:
    """Say the same of four numbers, which are written without zeros before them (RFC 6943, 3.1.1)."""
    parts = value.split(".")
    if len(parts) != _FOUR or not _OCTETS.issuperset(parts):
        return False
    return bool(value.strip("0.")) and parts[0] != "127" and parts[0] not in _MULTICAST


def _ip_address(value: str) -> bool:
    """Say whether *value* is the address of a machine, no mask, and too large for a version or a section."""
    if ":" in value:
        long = any(len(group) >= _GROUP for group in value.split(":"))
        return long and any(character.isdigit() for character in value) and _machine(value)
    return not _like_version(value) and not value.startswith("255.") and _machine(value)


def _ip_address_small(value: str) -> bool:
    """Say whether *value* is the address of a machine, though it looks like a version or a section."""
    return _like_version(value) and _machine(value)


def _like_version(value: str) -> bool:
    first, *others = map(int, value.split("."))
    small = first < _LIKE_VERSIONS and max(others) < _SMALL
    return small and value not in _KNOWN and first != 10  # noqa: PLR2004 - a private network


def _email(value: str) -> bool:
    """Say whether *value* is well formed, no file such as `icon@2x.png` and no service such as `git@example.com`."""
    local, _, domain = value.rpartition("@")
    ending = domain.rpartition(".")[2].lower()
    well = ".." not in value and not local.startswith(".") and not local.endswith(".") and "-." not in domain
    return well and ending not in _FILES and local.lower() not in _SERVICES


VALIDATORS: MappingProxyType[str, Validator] = MappingProxyType(
    {
        "card": _card,
        "credential": _credential,
        "email": _email,
        "iban": _iban,
        "ip_address": _ip_address,
        "ip_address_small": _ip_address_small,
        "issued": _issued,
        "password": _password,
        "url_password": _url_password,
        "ssn": _ssn,
        **ADDRESSES,
        **telephones.NUMBERS,
        **numbers_global.NUMBERS,
        **numbers_europe.NUMBERS,
        **numbers_overseas.NUMBERS,
    },
)
"""Every check, by its name in a rule."""
