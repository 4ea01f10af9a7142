"""
Numbers that only the words beside them tell: licences, passports and bank accounts, and others that stand as near.

`TOLD` has texts with such a number, `NEAR` texts that speak of the same things and hold another number.
"""

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

__all__ = ["NEAR", "NUMBERS", "TOLD"]

_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"


def _filled(dice: Random, form: str) -> str:
    """Return *form* with a letter for each `A` and a digit for each `9`."""
    return "".join(
        dice.choice(_LETTERS) if each == "A" else str(dice.randint(0, 9)) if each == "9" else each for each in form
    )


def _routing(dice: Random) -> str:
    body = f"{dice.choice(('01', '02', '03', '06', '07', '11', '12', '25', '31'))}{dice.randint(0, 999_999):06d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return body + str(-total % 10)


def _british_licence(dice: Random) -> str:
    surname = dice.choice(("JONES", "SMITH", "PATEL", "EVANS", "LEE99", "OWEN9", "HUGHE", "CLARK"))
    month, day = dice.randint(1, 12), dice.randint(1, 28)
    return f"{surname}{dice.randint(0, 9)}{month:02d}{day:02d}{dice.randint(0, 9)}{_filled(dice, 'AA9AA')}"


NUMBERS: Mapping[str, Callable[[Random], str]] = MappingProxyType(
    {
        "pii.us_driver_licence": lambda dice: _filled(
            dice, dice.choice(("A9999999", "A99999999999", "99999999", "A999-9999-9999"))
        ),
        "pii.us_passport": lambda dice: _filled(dice, dice.choice(("999999999", "A99999999"))),
        "pii.us_bank_account": lambda dice: _filled(dice, "9" * dice.choice((8, 9, 10, 12))),
        "pii.us_routing_number": _routing,
        "pii.gb_driver_licence": _british_licence,
        "pii.gb_passport": lambda dice: _filled(dice, "999999999"),
    }
)
"""How a number of each kind is made."""

_PASSPORT = (
    "My passport number is {}.", "Passport No: {}", "passport {} expires in 2031", "He gave {} as his passport number.",
    "Please use passport number {} for the booking", '{{"passport_number": "{}"}}', "Passport # {} (issued 2019)",
    "name: Ann Lee, passport: {}, seat 12A",
)  # fmt: skip
_LICENCE = (
    "My driver's license number is {}.", "Driver license: {}", "DL number {} from the DMV", "driver's license no. {}",
    "license number {} (driver), state CA", "Her drivers license is {} and expires in May", '{{"drivers_license": "{}"}}',
    "Driving licence: {}",
)  # fmt: skip
TOLD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pii.us_driver_licence": _LICENCE,
        "pii.gb_driver_licence": ("My driving licence number is {}.", "Driving licence: {}", "DVLA driver number {}", "licence {} (DVLA)"),
        "pii.us_passport": _PASSPORT,
        "pii.gb_passport": _PASSPORT,
        "pii.us_bank_account": (
            "My bank account number is {}.", "Account number: {}", "checking account {} at First National", "acct no {}",
            "please move it to savings account {}", "wire it to bank account {}", "Acct: {}, routing on file",
        ),
        "pii.us_routing_number": (
            "The routing number is {}.", "ABA routing: {}", "routing {} for wires", "RTN {}", "ACH routing number {}",
            "routing no: {}",
        ),
    }
)  # fmt: skip
"""Texts with a number of each kind."""

NEAR = (
    "I lost my passport on flight BA{4}, booking {A}; what now?", "The passport office answers calls about case {8} by mail.",
    "Passport photos cost {2}.{2} dollars, receipt {7}.", "Bring your passport and the confirmation QX{6} to gate {2}.",
    "The driver's license test has {2} questions; my ticket in the queue was {3}.", "DMV appointment on 2026-03-{2}, counter {2}.",
    "I drive a {4} Toyota with {6} miles on it; is my license still valid?", "The MIT license of {4} covers {5} files.",
    "license plate 7ABC{3} was seen at {2}:{2}", "We opened the bank account in {4} and paid {4} dollars.",
    "Invoice {8} was paid from our bank account.", "The account manager's order {9} arrived.", "Savings accounts yield {1}.{2} % on {6} dollars.",
    "The routing table has {6} entries and version {1}.{1}.{2}.", "Router id {9}, serial {9}, no bank involved.",
    "ISBN 978{10} is about banking.", "Tracking number {12} for the new checks.", "population {8}, area {6}, year {4}",
    "commit {7} fixes the passport.js strategy in build {8}", "error {9} while saving the bank's logo",
    "The checking took {7} milliseconds for {9} rows.", "part number {9} fits the driver's seat", "id={9} and session={10}",
    "ticket {7}: account page shows nothing", "the meter reads {8} kWh", "timestamp 17{8} in the log of the wire service",
)  # fmt: skip
"""Texts that speak of these things and hold none; `{4}` stands for four digits, `{A}` for six letters and digits."""
