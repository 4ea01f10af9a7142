"""
Nodes: what YAML text says, with the line and column of everything.

A scalar means what YAML 1.2's core schema says: `no`, `1_000`, `1:30` and dates are strings, and so is everything in quotes.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from yett.model.errors import Place

__all__ = ["Items", "Node", "Scalar", "Table", "resolved"]

_MAX_DIGITS = 400
"""More than any binary float needs, and below the length at which CPython refuses to read an integer."""
_MEANINGS: Mapping[str, bool | None] = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL")),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
    }
)
_NUMERIC = frozenset("+-.0123456789")
"""What a number begins with."""
_NUMBER = re.compile(
    r"([-+]?[0-9]+)|(0o[0-7]+)|(0x[0-9a-fA-F]+)|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_BASES = (0, 10, 8, 16)
"""By the group that matched; the last one is a float's."""


class Scalar(NamedTuple):
    """A single value; *text* is how it was written."""

    place: Place
    value: str | int | float | bool | None
    text: str
    written: str = ""
    """The characters in the file, with quotes, escapes and indentation."""


class Items(NamedTuple):
    """A sequence."""

    place: Place
    items: tuple["Node", ...]


class Table(NamedTuple):
    """A mapping; its keys are unique."""

    place: Place
    entries: tuple[tuple[Scalar, "Node"], ...]


Node = Scalar | Items | Table


def resolved(text: str) -> str | float | bool | None:
    """
    Return what the plain scalar *text* means.

    Raises:
        ValueError: it has too many digits.
    """
    if text[:1] not in _NUMERIC:
        return _MEANINGS.get(text, text)
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if len(text) > _MAX_DIGITS:
        msg = f"`{text[:20]}…` has too many digits"
        raise ValueError(msg)
    form = number.lastindex or 0
    return float(text) if form == len(_BASES) else int(text, _BASES[form])
