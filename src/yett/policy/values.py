"""
Values: what a fact may be, and when two of them are the same.

Rules:

1. Nothing is coerced: `"5"` is not 5, and a boolean is never a number. Integers, floats and decimals are all numbers, and
   what is written alike is equal: the decimal 1.1 is the 1.1 of a policy, so that money compares as people read it.
2. A fact that is not of the declared sort has no value. NaN is no number; a list holds scalars only.
3. Any object at all may be read; reading never raises.
"""

from decimal import Decimal
from enum import StrEnum

from yett.model.unknown import Unknown

__all__ = ["Scalar", "Sort", "Value", "absent", "keyed", "read", "same", "sort_of"]

Scalar = str | int | float | bool | Decimal
Value = Scalar | tuple[Scalar, ...]


class Sort(StrEnum):
    """What a field holds."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRINGS = "strings"
    ANY = "any"
    """Whatever its author puts there: a field below an open prefix."""


def absent(raw: object) -> bool:
    """Say whether nobody stated the fact."""
    return raw is None or raw is Unknown.MISSING


def read(raw: object, sort: Sort) -> Value | None:
    """Return *raw* as a plain value of *sort*; None when it is none."""
    if isinstance(raw, list | tuple | set | frozenset):
        return _list(raw, sort) if sort in {Sort.STRINGS, Sort.ANY} else None
    value = _scalar(raw)
    return value if value is not None and sort in {Sort.ANY, sort_of(value)} else None


def sort_of(value: Scalar) -> Sort:
    """Return the sort of a plain *value*."""
    if isinstance(value, bool):
        return Sort.BOOLEAN
    return Sort.STRING if isinstance(value, str) else Sort.NUMBER


def same(left: Scalar, right: Scalar) -> bool:
    """Say whether two scalars are equal: of one sort, and then alike."""
    return sort_of(left) is sort_of(right) and left == right


def keyed(value: Scalar) -> object:
    """Return a key for *value* in a dict: equal keys, same values. Python's own equality takes True for 1."""
    return (value,) if isinstance(value, bool) else value


def _list(raw: list[object] | tuple[object, ...] | set[object] | frozenset[object], sort: Sort) -> Value | None:
    element = Sort.STRING if sort is Sort.STRINGS else Sort.ANY
    values = tuple(value for value in map(_scalar, raw) if value is not None and element in {Sort.ANY, sort_of(value)})
    return values if len(values) == len(raw) else None


def _scalar(raw: object) -> Scalar | None:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        # A subclass such as a StrEnum's member may compare in ways of its own.
        return raw if type(raw) is str else str.__str__(raw)
    if isinstance(raw, int):
        return raw if type(raw) is int else int.__int__(raw)
    if isinstance(raw, float):
        return float.__float__(raw) if raw == raw else None  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(raw, Decimal):
        return None if raw.is_nan() else _written_alike(raw)
    return None


def _written_alike(number: Decimal) -> float | Decimal:
    """Return the float that is written as *number* is; *number* itself where there is none."""
    near = float(number)
    return near if Decimal(repr(near)) == number else number
