"""
Cursor: what stands at a place of a policy that is still being written.

Rules:

1. A mark takes the place of the word at the cursor, and the parser is followed until it comes to the mark. What it makes of
   the rest does not matter, so the text need not be whole; where it breaks before the cursor, nothing stands there.
2. A word that is not finished may become a key, a value or an item, so every ending is tried.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

__all__ = ["Cursor", "Standing", "cursor_at"]

_WORD = re.compile(r"[\w.*]+")
_MARK = "\ue000cursor"
"""A character of private use, so that no policy has it by accident."""
_ENDINGS = ("", ": ", '"', "'")
"""What may come behind a word: nothing, the colon of a key, and the end of quotes that are still open."""
_MOST_CHARACTERS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Standing:
    """One reading of what a word is."""

    path: tuple[str | None, ...]
    """The keys that lead to it from the document, None for an item of a list; a key itself does not count."""
    key: bool
    """It is a key, or may become one."""
    whole: bool
    """It is all of the key or the value, not a piece of a longer one such as a line of CEL."""
    beside: Mapping[str, str]
    """What else is in the same mapping, by its keys; the text of what is no single value is empty."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The word at a place, where it begins and ends, and what it may be."""

    word: str
    start: int
    end: int
    standings: tuple[Standing, ...]


@dataclass(slots=True)
class _Open:
    """A collection that has begun and not ended."""

    table: bool
    entries: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    """The key whose value is awaited."""

    def put(self, text: str) -> None:
        if self.table and self.key is None:
            self.key = text
        elif self.key is not None:
            self.entries[self.key], self.key = text, None


def cursor_at(text: str, offset: int) -> Cursor:
    """Return what stands in *text* at *offset*, in characters."""
    start, end = offset, offset
    for word in _WORD.finditer(text, text.rfind("\n", 0, offset) + 1):
        if word.start() > offset:
            break
        if word.end() >= offset:
            start, end = word.span()
    too_long = len(text) > _MOST_CHARACTERS
    return Cursor(text[start:end], start, end, () if too_long else tuple(_standings(text[:start], text[end:])))


def _standings(before: str, after: str) -> Iterator[Standing]:
    seen = set()
    for ending in _ENDINGS:
        if ending in {'"', "'"} and ending not in before:
            continue
        found = _followed(before + _MARK + ending + after)
        if found is None or not found.whole:
            # What comes after may have become a part of it.
            found = _followed(before + _MARK + ending) or found
        if found and (found.path, found.key) not in seen:
            seen.add((found.path, found.key))
            yield found


def _followed(text: str) -> Standing | None:
    """Follow the parser of *text* to the mark, and on to the end of the collection that it is in."""
    opened: list[_Open] = []
    found, home = None, None
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if found is None and isinstance(event, yaml.ScalarEvent) and _MARK in event.value:
                found, home = _standing(opened, event.value), opened[-1] if opened else None
            ended = _follow(opened, event)
            if ended and ended is home:
                break
    except (yaml.YAMLError, UnicodeEncodeError):
        pass  # what is wrong with it is told elsewhere
    if home:
        home.entries.pop(_MARK, None)
    return found


def _follow(opened: list[_Open], event: yaml.Event) -> _Open | None:
    """Keep account of what is *opened*, and return the collection that *event* ends."""
    ended = opened.pop() if isinstance(event, yaml.CollectionEndEvent) else None
    if isinstance(event, yaml.CollectionStartEvent):
        opened.append(_Open(table=isinstance(event, yaml.MappingStartEvent)))
    elif opened and isinstance(event, yaml.ScalarEvent | yaml.CollectionEndEvent | yaml.AliasEvent):
        opened[-1].put(event.value if isinstance(event, yaml.ScalarEvent) else "")
    return ended


def _standing(opened: list[_Open], value: str) -> Standing:
    key = bool(opened) and opened[-1].table and opened[-1].key is None
    path = tuple(each.key for each in (opened[:-1] if key else opened))
    return Standing(path, key, value == _MARK, opened[-1].entries if opened else {})
