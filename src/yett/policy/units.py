"""Units: what the numbers that rules compare with are counted in, and which of them can be."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

__all__ = ["Unit", "amiss"]


class Unit(StrEnum):
    """What a number counts."""

    SHARE = "share"
    """From 0, nothing, to 1, all: scores and risks."""
    TOKENS = "tokens"
    DOLLARS = "US dollars"
    CHARACTERS = "characters"
    TIMES = "times"
    """How many there are, or how often something was."""
    HOUR = "hour"
    """Of the day, 0 to 23, in UTC."""
    DAY = "day"
    """20261121 for 2026-11-21, in UTC; policies may write the latter."""


_ENDS = MappingProxyType({Unit.SHARE: 1, Unit.HOUR: 23})
_TOLD = MappingProxyType(
    {
        Unit.SHARE: "a share from 0 to 1",
        Unit.TOKENS: "a whole number of tokens",
        Unit.DOLLARS: "an amount of US dollars",
        Unit.CHARACTERS: "a whole number of characters",
        Unit.TIMES: "a whole number",
        Unit.HOUR: "an hour of the day, from 0 to 23",
        Unit.DAY: "a day, such as 2026-11-21",
    }
)
_BROKEN = frozenset({Unit.SHARE, Unit.DOLLARS})
"""What may have a fraction."""


def amiss(unit: Unit, value: object) -> str:
    """Say what a number counted in *unit* is, if *value* is none of them; nothing if it is."""
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return ""
    whole = value == int(value)
    fits = 0 <= value <= _ENDS.get(unit, value) and (whole or unit in _BROKEN)
    if fits and unit is Unit.DAY:
        fits = _is_day(int(value))
    return "" if fits else _TOLD[unit]


def _is_day(number: int) -> bool:
    try:
        date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return False
    return True
