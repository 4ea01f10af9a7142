"""
Dates in numbers: what numbers of people often begin with, and the number without its separators.

A century is seldom written, so a date of two digits for the year is held to be real when it is in some century.
"""

from datetime import date

__all__ = ["bare", "day", "day_of_month_six"]

_SEPARATORS = str.maketrans("", "", " -./'()\u00a0")
_LEAP_CENTURY = 2000


def bare(value: str) -> str:
    """Return *value* in capitals and without separators."""
    return value.translate(_SEPARATORS).upper()


def day(year: int, month: int, on: int) -> bool:
    """Say whether there was such a day."""
    try:
        date(year, month, on)
    except ValueError:
        return False
    return True


def day_of_month_six(digits: str) -> bool:
    """Say whether the first six of *digits* are a day, a month and the last digits of a year."""
    return day(_LEAP_CENTURY + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
