"""
Checksums: whether a number can be what it looks like.

Each function is handed digits and letters without separators and says whether the check digits fit. A number with one
check digit passes by chance one time in ten, so only what is checked twice, or by mod 97, may stand without context.
"""

from collections.abc import Iterable
from string import ascii_uppercase
from types import MappingProxyType

__all__ = ["IBAN_LENGTHS", "iban", "iso_11_2", "iso_11_10", "luhn", "seven_three_one", "verhoeff", "weighted"]

# What doubling a digit and adding the digits of the result gives (ISO/IEC 7812-1, annex B).
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ZERO = ord("0")
# What stands for a letter where an account is read as one number (ISO 13616): 10 for A, and so on.
_NUMBERED = MappingProxyType({ord(letter): str(10 + place) for place, letter in enumerate(ascii_uppercase)})

# The dihedral group of order 10 and the permutation that Verhoeff chose (Error Detecting Decimal Codes, 1969).
_DIHEDRAL = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_PERMUTED = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)

# Lengths by country: the SWIFT IBAN registry.
# fmt: off
IBAN_LENGTHS = MappingProxyType(
    {
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
        "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
        "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
        "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
        "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
        "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
        "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
        "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
        "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
    },
)
# fmt: on
_COUNTRIES = MappingProxyType({country: country.translate(_NUMBERED) for country in IBAN_LENGTHS})


def luhn(digits: str) -> bool:
    """Say whether *digits* end in their Luhn check digit (ISO/IEC 7812-1)."""
    codes = digits.encode()
    total = sum(codes[-1::-2]) + sum(codes[-2::-2].translate(_DOUBLED))
    return (total - _ZERO * len(codes)) % 10 == 0


def iban(number: str) -> bool:
    """Say whether *number* has its country's length and leaves 1 when divided by 97 (ISO 13616, ISO 7064)."""
    if IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    turned = number[4:] + _COUNTRIES[number[:2]] + number[2:4]
    return int(turned if turned.isdecimal() else turned.translate(_NUMBERED)) % 97 == 1


def weighted(digits: str, weights: Iterable[int]) -> int:
    """Return the sum of *digits*, each times its weight; what has no weight does not count."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def verhoeff(digits: str) -> bool:
    """Say whether *digits* end in their check digit after Verhoeff."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][int(digit)])])
    return check == 0


def iso_11_10(digits: str) -> bool:
    """Say whether *digits* end in their check digit after ISO 7064, the hybrid system MOD 11,10."""
    product = 10
    for digit in digits[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


def iso_11_2(number: str) -> bool:
    """Say whether *number* ends in its check character after ISO 7064, MOD 11-2, where X stands for ten."""
    check = 0
    for digit in number[:-1]:
        check = (check + int(digit)) * 2 % 11
    return (check + (10 if number[-1] == "X" else int(number[-1]))) % 11 == 1


def seven_three_one(text: str) -> int:
    """Return the check digit of *text* after ICAO Doc 9303: weights 7, 3, 1 over digits, letters from 10, and `<` as 0."""
    values = (0 if character == "<" else int(character, 36) for character in text)
    return sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10
