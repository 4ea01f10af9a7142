"""
Values: personal data made by chance from a seed, as people all over the world write it; and numbers that only look so.

Faker speaks the locales and phonenumbers knows the numbering plans; neither is used by what is measured. Everything is
checked to be what it is said to be: cards by Luhn, accounts by mod 97, telephone numbers by their country's plan.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import MappingProxyType

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat, PhoneNumberType

__all__ = ["LOCALES", "LOOKALIKES", "VALUES", "phones", "regions"]

LOCALES = (
    *(
        "en_US",
        "en_GB",
        "en_IN",
        "en_AU",
        "de_DE",
        "de_AT",
        "de_CH",
        "fr_FR",
        "es_ES",
        "es_MX",
        "it_IT",
        "pt_BR",
        "pt_PT",
    ),
    *(
        "nl_NL",
        "nl_BE",
        "sv_SE",
        "no_NO",
        "da_DK",
        "fi_FI",
        "pl_PL",
        "cs_CZ",
        "sk_SK",
        "hu_HU",
        "ro_RO",
        "bg_BG",
        "el_GR",
    ),
    *(
        "tr_TR",
        "ru_RU",
        "uk_UA",
        "ja_JP",
        "ko_KR",
        "zh_CN",
        "zh_TW",
        "th_TH",
        "id_ID",
        "vi_VN",
        "hi_IN",
        "he_IL",
        "fa_IR",
    ),
)
"""The locales that values are made in."""

_NETWORKS = (
    (16, ("4",)),
    (16, ("51", "52", "53", "54", "55", "2221", "2400", "2720")),
    (15, ("34", "37")),
    (16, ("6011", "65", "644")),
    (14, ("36", "305")),
    (16, ("3528", "3589")),
    (16, ("62",)),
)
_TOP_REGIONS = 110
_WAYS = 6
_SPACES = (" ", "\u00a0", "\u202f", "-", ".")


def _digits(dice: Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def _card(dice: Random, fakers: Mapping[str, Faker]) -> str:
    """Return a card number, whole or in the groups of its network."""
    del fakers
    length, beginnings = dice.choice(_NETWORKS)
    start = dice.choice(beginnings)
    body = start + _digits(dice, length - len(start) - 1)
    total = sum(
        int(digit) if place % 2 else int(digit) * 2 - 9 * (int(digit) > 4) for place, digit in enumerate(reversed(body))
    )
    number = body + str(-total % 10)
    groups = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[length]
    return dice.choice(("", "", " ", " ", "-", "\u00a0", ".")).join(_cut(number, groups))


def _cut(text: str, groups: tuple[int, ...]) -> Iterator[str]:
    at = 0
    for length in groups:
        yield text[at : at + length]
        at += length


def _iban(dice: Random, fakers: Mapping[str, Faker]) -> str:
    """Return an account number, whole or in groups of four, in capitals or not."""
    number = str(fakers[dice.choice(("en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "tr_TR"))].iban())
    space = dice.choice(("", " ", " ", "\u00a0", "-"))
    number = space.join(number[at : at + 4] for at in range(0, len(number), 4))
    return number.lower() if dice.random() < 0.05 else number


def _email(dice: Random, fakers: Mapping[str, Faker]) -> str:
    """Return an e-mail address."""
    faker = fakers[dice.choice(LOCALES)]
    shape = dice.random()
    if shape < 0.6:
        return str(faker.email())
    user = str(faker.user_name())
    host = dice.choice((faker.domain_name(), "mail.example.co.uk", "xn--bcher-kva.example", "a.b.example.museum"))
    return dice.choice(
        (f"{user}+news@{host}", f"{user}.{dice.randint(1, 99)}@{host}", f"{user[0].upper()}_{user}@{host}")
    )


def _ssn(dice: Random, fakers: Mapping[str, Faker]) -> str:
    number = str(fakers["en_US"].ssn())
    return number if dice.random() < 0.8 else number.replace("-", dice.choice((" ", "", ".")))


def _address(dice: Random, fakers: Mapping[str, Faker]) -> str:
    """Return an address of version 4 or 6, as machines write it."""
    faker = fakers["en_US"]
    if dice.random() < 0.6:
        return str(faker.ipv4_public() if dice.random() < 0.7 else faker.ipv4_private())
    whole = str(faker.ipv6())
    parts = whole.split(":")
    return dice.choice((whole, ":".join(parts[:3]) + "::" + parts[-1], f"fe80::{parts[5]}:{parts[6]}", whole.upper()))


def regions() -> list[str]:
    """Return regions with numbering plans of their own, in alphabetical order."""
    every = sorted(phonenumbers.SUPPORTED_REGIONS)
    step = len(every) / _TOP_REGIONS / 1.2
    chosen = [every[int(place * step)] for place in range(int(_TOP_REGIONS * 1.2) - 1)]
    return [region for region in chosen if _example(region, PhoneNumberType.MOBILE) is not None][:_TOP_REGIONS]


def _example(region: str, sort: int) -> phonenumbers.PhoneNumber | None:
    found: phonenumbers.PhoneNumber | None = phonenumbers.example_number_for_type(region, sort)
    return found


def phones(dice: Random) -> Iterator[tuple[str, str]]:
    """Yield a region and a number of it for every region and several ways of writing."""
    for region in regions():
        for way in range(_WAYS):
            if (number := _number(dice, region)) is not None:
                yield region, _written(dice, number, way)


def _number(dice: Random, region: str) -> phonenumbers.PhoneNumber | None:
    """Return a valid number of *region*: one that is known as an example, with other digits at its end."""
    sort = dice.choice((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))
    example = _example(region, sort) or _example(region, PhoneNumberType.MOBILE)
    if example is None:
        return None
    digits = phonenumbers.national_significant_number(example)
    code = phonenumbers.country_code_for_region(region)
    for _ in range(200):
        changed = digits[: max(3, len(digits) - 6)] + _digits(dice, min(6, max(0, len(digits) - 3)))
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(changed))
        if phonenumbers.is_valid_number_for_region(number, region):
            return number
    return example


def _written(dice: Random, number: phonenumbers.PhoneNumber, way: int) -> str:
    """Write *number* in one of several ways."""
    written = {
        0: lambda: phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        1: lambda: phonenumbers.format_number(number, PhoneNumberFormat.E164),
        2: lambda: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        3: lambda: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL).replace("-", " "),
        4: lambda: "00" + phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)[1:],
        5: lambda: phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
    }[way]()
    if way == 5 and " " in written:
        written = written.replace(" ", dice.choice(_SPACES))
    if dice.random() < 0.05:
        written += dice.choice((" ext. 12", " x345", " Ext 7", ", Durchwahl 12"))
    return written


def _phone(dice: Random, fakers: Mapping[str, Faker]) -> str:
    """Return a telephone number as a locale writes it."""
    return str(fakers[dice.choice(LOCALES)].phone_number())


VALUES: Mapping[str, Callable[[Random, Mapping[str, Faker]], str]] = MappingProxyType(
    {
        "pii.email": _email,
        "pii.credit_card": _card,
        "pii.iban": _iban,
        "pii.ssn": _ssn,
        "pii.ip_address": _address,
        "pii.phone": _phone,
    }
)
"""How a value of each kind is made."""


def _flipped(dice: Random, number: str) -> str:
    """Return *number* with one of its last digits made wrong."""
    places = [place for place, character in enumerate(number) if character.isdigit()][4:]
    place = dice.choice(places)
    return number[:place] + str((int(number[place]) + dice.randint(1, 9)) % 10) + number[place + 1 :]


LOOKALIKES: Mapping[str, Callable[[Random, Mapping[str, Faker]], str]] = MappingProxyType(
    {
        "a card with a slip": lambda dice, fakers: _flipped(dice, _card(dice, fakers)),
        "an account with a slip": lambda dice, fakers: _flipped(dice, _iban(dice, fakers)),
        "a date": lambda _, fakers: str(fakers["en_US"].date(pattern="%d.%m.%Y")),
        "an instant": lambda _, fakers: str(fakers["en_US"].iso8601()),
        "a version": lambda dice, _: ".".join(str(dice.randint(0, 30)) for _ in range(3)),
        "a UUID": lambda _, fakers: str(fakers["en_US"].uuid4()),
        "a digest": lambda dice, fakers: str(
            dice.choice((fakers["en_US"].md5, fakers["en_US"].sha1, fakers["en_US"].sha256))()
        ),
        "an ISBN": lambda _, fakers: str(fakers["en_US"].isbn13()),
        "a handle": lambda _, fakers: "@" + str(fakers["en_US"].user_name()),
        "an amount": lambda _, fakers: str(fakers["en_US"].pricetag()),
        "a place": lambda dice, _: f"{dice.uniform(-90, 90):.6f}, {dice.uniform(-180, 180):.6f}",
        "an order": lambda dice, _: f"{dice.randint(100, 999)}-{_digits(dice, 7)}-{_digits(dice, 7)}",
        "a number": lambda dice, _: _digits(dice, dice.randint(3, 9)),
        "a timestamp": lambda dice, _: str(dice.randint(1_500_000_000_000, 1_800_000_000_000)),
        "a network": lambda dice, _: f"section {dice.randint(1, 9)}.{dice.randint(1, 9)}.{dice.randint(1, 99)}",
    }
)
"""What only looks like personal data."""
