"""
Shapes: the vocabulary in which a dialect says where text cannot be.

Rules:

1. Every string is text until a shape says that it is structure, and it says so of values, not of places: one of a few
   known words, an identifier of a strict form, base64 of a known kind. Anything else in the same place is text.
2. A field that no shape names is text of unknown origin, its key and everything below it; so a provider's new field is
   inspected from its first day.
3. Numbers that are long enough to identify somebody are text where nothing says what they are.
4. What is wrong in a request is refused with its place; what is wrong in an answer is text.

A shape is a plain callable. It is handed a value, its pointer, who writes there, and the sieve that keeps the texts.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from yett.dialects import strict_json
from yett.dialects.pointers import KEY, escaped
from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment

__all__ = [
    "LONG",
    "Shape",
    "Sieve",
    "a_list",
    "an_object",
    "any_of",
    "by",
    "choice",
    "fields",
    "flag",
    "form",
    "free",
    "integer",
    "items",
    "lump",
    "mapping",
    "nested",
    "number",
    "one_or_many",
    "opaque",
    "refused",
    "required",
    "text",
    "untyped",
    "word",
]

LONG = 8
"""Digits from which on a number may identify somebody: bank accounts, telephones, cards."""
_LONG = 10 ** (LONG - 1)


@dataclass(slots=True)
class Sieve:
    """What stays when structure has fallen through."""

    asking: bool = True
    """Whether a request is read, so that what is wrong with it is the caller's fault."""
    segments: list[Segment] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)
    lumps: list[str] = field(default_factory=list)
    """The places where many strings were read as one."""

    def keep(self, path: str, origin: Origin, text: str) -> None:
        """Keep *text*; an empty one says nothing."""
        if text:
            self.segments.append(Segment(path, origin, text))


Shape = Callable[[object, str, Origin, Sieve], None]


def free(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Take everything for text: strings, keys, and numbers that are long."""
    if isinstance(value, str):
        sieve.keep(path, origin, value)
    elif isinstance(value, dict):
        for key, item in value.items():
            below = f"{path}/{escaped(key)}"
            sieve.keep(below + KEY, origin, key)
            free(item, below, origin, sieve)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            free(item, f"{path}/{position}", origin, sieve)
    elif isinstance(value, int | float) and abs(value) >= _LONG:
        sieve.keep(path, origin, str(int(value) if value == int(value) else value))


def text(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Expect a text, or null; nothing else is allowed in a request."""
    if isinstance(value, str):
        sieve.keep(path, origin, value)
    elif value is not None:
        _mismatch("a string", value, path, origin, sieve)


def by(origin: Origin, shape: Shape) -> Shape:
    """Say that *origin* writes here."""
    return lambda value, path, _, sieve: shape(value, path, origin, sieve)


untyped = by(Origin.UNKNOWN, free)
"""Everything is text of unknown origin."""


def integer(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Expect a whole number, or null."""
    if value is not None and type(value) is not int:
        _mismatch("a whole number", value, path, origin, sieve)


def number(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Expect a number, or null."""
    if value is not None and type(value) not in (int, float):
        _mismatch("a number", value, path, origin, sieve)


def flag(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Expect true or false, or null."""
    if value is not None and type(value) is not bool:
        _mismatch("true or false", value, path, origin, sieve)


def word(*known: str) -> Shape:
    """Let one of the *known* words pass as structure."""
    words = frozenset(known)

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if not isinstance(value, str) or value not in words:
            free(value, path, origin, sieve)

    return walk


def form(pattern: str) -> Shape:
    """Let a string that *pattern* describes in full pass as structure; it must not be able to say anything."""
    described = re.compile(pattern, re.ASCII).fullmatch

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if not isinstance(value, str) or not described(value):
            free(value, path, origin, sieve)

    return walk


def items(shape: Shape) -> Shape:
    """Expect a list of *shape*."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if isinstance(value, list):
            for position, item in enumerate(value):
                shape(item, f"{path}/{position}", origin, sieve)
        else:
            free(value, path, origin, sieve)

    return walk


def one_or_many(shape: Shape) -> Shape:
    """Expect *shape*, or a list of it."""
    many = items(shape)
    return lambda value, path, origin, sieve: (many if isinstance(value, list) else shape)(value, path, origin, sieve)


def mapping(shape: Shape) -> Shape:
    """Expect an object whose keys are text and whose values have *shape*."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if not isinstance(value, dict):
            free(value, path, origin, sieve)
            return
        for key, item in value.items():
            below = f"{path}/{escaped(key)}"
            sieve.keep(below + KEY, origin, key)
            shape(item, below, origin, sieve)

    return walk


def fields(known: Mapping[str, Shape]) -> Shape:
    """Expect an object with the *known* fields; every other one is text of unknown origin."""
    shape_of = dict(known)
    plain = {key.casefold(): key for key in known}  # what a parser that ignores case would take it for

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if not isinstance(value, dict):
            free(value, path, origin, sieve)
            return
        for key, item in value.items():
            shape = shape_of.get(key)
            if shape is not None:
                shape(item, f"{path}/{key}", origin, sieve)
                continue
            below = f"{path}/{escaped(key)}"
            if sieve.asking and key.casefold() in plain:
                _refuse(below, f"ambiguous key `{key[:60]}`; write `{plain[key.casefold()]}`")
            sieve.keep(below + KEY, Origin.UNKNOWN, key)
            free(item, below, Origin.UNKNOWN, sieve)

    return walk


def choice(name: str, shapes: Mapping[str, Shape], otherwise: Shape) -> Shape:
    """Let the field *name* of an object say which of *shapes* the object has."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        chosen = value.get(name) if isinstance(value, dict) else None
        shape = shapes.get(chosen, otherwise) if isinstance(chosen, str) else otherwise
        shape(value, path, origin, sieve)

    return walk


def any_of(strings: Shape, objects: Shape) -> Shape:
    """Take one shape for strings and another for everything else."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        (strings if isinstance(value, str) else objects)(value, path, origin, sieve)

    return walk


def nested(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Read the JSON inside a string; a string that holds no strict JSON is one text."""
    if not isinstance(value, str):
        if value is not None:
            _mismatch("a string", value, path, origin, sieve)
        return
    try:
        inside = strict_json.parse(value)
    except CallerError:
        sieve.keep(path, origin, value)
    else:
        free(inside, path + "#", origin, sieve)


def lump(*known: str) -> Shape:
    """Take all strings below, but for the *known* keys, for one text that can be read but not be written in part."""
    named = frozenset(known)

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        inside = Sieve(sieve.asking)
        free(value, path, origin, inside)
        said = (part.text for part in inside.segments if part.text not in named or not part.path.endswith(KEY))
        sieve.keep(path, origin, "\n".join(dict.fromkeys(said)))
        sieve.lumps.append(path)

    return walk


def opaque(shape: Shape) -> Shape:
    """Say that here is something without readable text, with texts of *shape* around it."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if value is not None:
            sieve.opaque.append(path)
        shape(value, path, origin, sieve)

    return walk


def refused(reason: str, below: str = "") -> Shape:
    """Refuse a request that holds this, because of *reason*; what stands *below* is to blame."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if sieve.asking:
            _refuse(path + below, reason)
        free(value, path, origin, sieve)

    return walk


def required(names: tuple[str, ...], shape: Shape) -> Shape:
    """Refuse a request's object that lacks one of *names*."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if sieve.asking and isinstance(value, dict):
            for name in names:
                if value.get(name) is None:
                    _refuse(f"{path}/{name}", f"missing `{name}`")
        shape(value, path, origin, sieve)

    return walk


def a_list(shape: Shape) -> Shape:
    """Refuse anything but a list, or null, in a request."""
    return _typed(list, "a list", shape)


def an_object(shape: Shape) -> Shape:
    """Refuse anything but an object, or null, in a request."""
    return _typed(dict, "an object", shape)


def _typed(kind: type, called: str, shape: Shape) -> Shape:
    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        if isinstance(value, kind):
            shape(value, path, origin, sieve)
        elif value is not None:
            _mismatch(called, value, path, origin, sieve)

    return walk


def _mismatch(expected: str, value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    if sieve.asking:
        _refuse(path, f"`{path}` must be {expected}")
    free(value, path, origin, sieve)


def _refuse(path: str, message: str) -> NoReturn:
    raise CallerError(message, param=path)
