"""
Shifting: the same date, some days earlier or later, written as it was.

Dates keep their form and their distance from one another, so that whoever reads them can still reckon, as is usual with
clinical notes (HIPAA, 45 CFR 164.514, leaves it to an expert to say by how much). Read are ISO dates, a day and a month
before a year of two or four digits, and months by their names in English, German, French, Spanish, Italian, Portuguese
and Dutch. Of a day and a month that could be either, a full stop or a hyphen says that the day stands first, and a
slash that the month does.
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

__all__ = ["shifted"]

# Every character of a date belongs to a group, so that it is written again by putting other words into some.
_YEAR_FIRST = r"(?P<y1>\d{4})(?P<s1>[-/.])(?P<b1>\d{1,2})(?P<t1>[-/.])(?P<a1>\d{1,2})"
_YEAR_LAST = r"(?P<a2>\d{1,2})(?P<s2>[-/.] ?)(?P<b2>\d{1,2})(?P<t2>[-/.] ?)(?P<y2>\d{4}|\d{2})"
_DAY_NAMED = r"(?P<a3>\d{1,2})(?P<o3>st|nd|rd|th)?(?P<s3>\.? (?:of |de )?)(?P<b3>[^\W\d_]{3,10})(?P<t3>\.?,? (?:de )?)(?P<y3>\d{4})"
_NAMED_DAY = r"(?P<b4>[^\W\d_]{3,10})(?P<s4>\.? )(?P<a4>\d{1,2})(?P<o4>st|nd|rd|th)?(?P<t4>,? )(?P<y4>\d{4})"
_DATE = re.compile(rf"(?<!\d)(?:{_YEAR_FIRST}|{_YEAR_LAST}|{_DAY_NAMED}|{_NAMED_DAY})(?!\d)", re.IGNORECASE)
_MONTHS = 12
_SHORT = 2
_THIS_CENTURY = 30
"""A year of two digits is one of this century up to here; the others are of the last one."""

# Full names first: what is written in full is answered in full.
_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jan feb mrz apr mai jun jul aug sept okt nov dez",
)
_LANGUAGES: tuple[Mapping[str, int], ...] = tuple(
    MappingProxyType({name: number for number, name in enumerate(names.split(), start=1)}) for names in _NAMES
)


_Parts = Mapping[str, str]


def shifted(text: str, days: int) -> str | None:
    """Return *text* with its dates moved by *days*; None where it has none, or one that cannot be moved."""
    pieces: list[str] = []
    position = 0
    for found in _DATE.finditer(text):
        moved = _moved({name[0]: part for name, part in found.groupdict().items() if part is not None}, days)
        if moved is None:
            return None
        pieces += [text[position : found.start()], moved]
        position = found.end()
    return "".join([*pieces, text[position:]]) if pieces else None


def _moved(parts: _Parts, days: int) -> str | None:
    """Move the date of *parts*: the year `y`, the day `a`, the month `b`, the ending `o` of an ordinal, and what is between."""
    names = _language(parts["b"])
    if names is None and (not parts["b"].isdecimal() or parts["s"] != parts["t"]):
        return None
    on, month = ("b", "a") if names is None and _month_first(parts) else ("a", "b")
    number = names[parts["b"].lower()] if names else int(parts[month])
    try:
        moved = date.fromordinal(date(_year(parts["y"]), number, int(parts[on])).toordinal() + days)
    except (ValueError, OverflowError):
        return None
    if len(parts["y"]) == _SHORT and _year(f"{moved.year % 100:02}") != moved.year:
        return None
    written = {
        "y": f"{moved.year:04}"[-len(parts["y"]) :],
        on: _number(moved.day, parts, names),
        month: _named(moved.month, parts["b"], names) if names else _number(moved.month, parts, names),
    }
    if parts.get("o"):
        written["o"] = _ending(moved.day)
    return "".join(written.get(name, part) for name, part in parts.items())


def _month_first(parts: _Parts) -> bool:
    """Say whether, of two numbers before a year, the month stands first."""
    if next(iter(parts)) == "y" or int(parts["a"]) > _MONTHS:
        return False
    return int(parts["b"]) > _MONTHS or parts["s"] == "/"


def _year(written: str) -> int:
    year = int(written)
    if len(written) > _SHORT:
        return year
    return year + (2000 if year < _THIS_CENTURY else 1900)


def _language(word: str) -> Mapping[str, int] | None:
    return next((names for names in _LANGUAGES if word.lower() in names), None)


def _number(number: int, parts: _Parts, names: Mapping[str, int] | None) -> str:
    """Write *number* with a zero before it where the date was written so."""
    beside = [parts["a"]] if names else [parts["a"], parts["b"]]
    return f"{number:02}" if all(len(each) == _SHORT for each in beside) and _padded(beside, names) else str(number)


def _padded(beside: list[str], names: Mapping[str, int] | None) -> bool:
    return names is None or beside[0].startswith("0")


def _named(month: int, word: str, names: Mapping[str, int]) -> str:
    name = next(name for name, number in names.items() if number == month)
    return name.upper() if word.isupper() else name.capitalize() if word[0].isupper() else name


def _ending(day: int) -> str:
    return "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
