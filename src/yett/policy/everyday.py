"""
Everyday: the YAML in which nearly all policies are written, read without the YAML parser and many times faster.

Rules:

1. What is read here is exactly what the YAML parser would read, every place included. At the first sign of anything else
   (several lines in one scalar, escapes, anchors, tags, tabs, a key without a value, a mistake) all of it is left to the
   parser: None.
2. So nothing that is wrong is ever reported from here.

Known are blocks of `key: value` and `- item`, values on one line, plain or in quotes, `{…}` and `[…]` over any number of
lines, comments, and `---` between documents.
"""

import re
from collections.abc import Iterable, Sized
from dataclasses import dataclass, field
from typing import TypeVar

from yett.model.errors import Place
from yett.policy.nodes import Items, Node, Scalar, Table, resolved

__all__ = ["is_strange", "read_everyday"]

_MOST_CHARACTERS = 2_000_000
_MOST_DEPTH = 32
"""Both are far below what `yett.policy.source` allows, so that no bound can be reached here."""

_STRANGE = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that end lines, or that YAML does not allow."""
_PLAIN = bytes([ord("\n"), *range(ord(" "), ord("~") + 1)])
"""The others, as far as they are ASCII."""
_BEGIN = r"(?:[A-Za-z0-9_/$(\xa0-\U0010ffff]|[-+.](?=[A-Za-z0-9]))"
_FLOWING = rf"{_BEGIN}(?:[^ \n,\[\]{{}}:#?]+|:(?=[A-Za-z0-9/_.])| +(?=[^ \n,\[\]{{}}:#?]))*"
_STANDING = rf"{_BEGIN}(?:[^ \n:#]+|:(?=[^ \n])| +(?=[^ \n:#]))*"
_KEY = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}"
_DOUBLE = r'"([^"\\\n]*)"'
_SINGLE = r"'([^'\n]*)'"
_END = r"[ \n]*([,}\]]?)"
_PAIR = re.compile(rf"[ \n]*({_KEY}): +(?:({_FLOWING})|{_DOUBLE}|{_SINGLE}|([\[{{])){_END}")
_ITEM = re.compile(rf"[ \n]*(?:({_FLOWING})|{_DOUBLE}|{_SINGLE}|([\[{{])){_END}")
_CLOSED = re.compile(_END)
_SKIPPED = re.compile(r"(?: *(?:#[^\n]*)?\n)*(?: *(?:#[^\n]*)?\Z)?")
_REST = re.compile(r" *(?:(?<= )#[^\n]*)?(?:\n|\Z)")
_LINE = re.compile(rf" *((?:- +)*)(?:({_KEY}):(?= |\n|\Z))? *(?:({_STANDING})|{_DOUBLE}|{_SINGLE}|([\[{{]))?")
_SEPARATOR = re.compile(r"--- *(?:\n|\Z)")
_new = tuple.__new__
_Content = TypeVar("_Content")


class _OtherError(Exception):
    """Here is something for the parser."""


@dataclass(slots=True)
class _Block:
    """A mapping or sequence of lines at one indentation."""

    indent: int
    place: Place
    children: "list[Node | tuple[Scalar, Node]]" = field(default_factory=list)
    keys: set[str] | None = None
    """Of a mapping."""
    key: Scalar | None = None
    """The one whose value is still to come."""

    def put(self, node: Node) -> None:
        if self.keys is None:
            self.children.append(node)
        elif self.key is None:
            raise _OtherError
        else:
            self.children.append((self.key, node))
            self.key = None


def is_strange(text: str) -> bool:
    """Say whether there are characters in *text*, or more of them, than are read here."""
    if len(text) > _MOST_CHARACTERS:
        return True
    # Nearly always there is nothing but ASCII, which is looked through many times faster.
    return bool(text.encode().translate(None, _PLAIN)) if text.isascii() else _STRANGE.search(text) is not None


def read_everyday(text: str, file: str) -> tuple[Node, ...] | None:
    """Read the documents in *text*; None where that is not for sure."""
    if is_strange(text):
        return None
    try:
        return _Reading(text, file).documents()
    except (_OtherError, ValueError):
        return None


class _Reading:
    """One text, read from its beginning to its end."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._at = 0
        self._line = 1
        self._begin = 0
        self._next = text.find("\n") + 1 or len(text) + 1
        self._blocks: list[_Block] = []
        self._roots: list[Node] = []
        self._rooted = False
        """Whether the document at hand has something in it."""

    def _place(self, at: int) -> Place:
        """Return the place of the offset *at*, which is not before the last one that was asked for."""
        if at >= self._next:
            self._go_on(at)
        return _new(Place, (self._file, self._line, at - self._begin + 1))

    def _go_on(self, at: int) -> None:
        while at >= self._next:
            self._line += 1
            self._begin = self._next
            self._next = self._text.find("\n", self._next) + 1 or len(self._text) + 1

    def documents(self) -> tuple[Node, ...]:
        text, end, begun = self._text, len(self._text), False
        while True:
            self._at = _ended(_SKIPPED, text, self._at)
            if self._at >= end:
                break
            if separator := _SEPARATOR.match(text, self._at):
                if begun and not self._blocks:
                    raise _OtherError
                self._close(-1)
                self._at, begun, self._rooted = separator.end(), True, False
            else:
                self._read_line()
                begun = True
        if not self._blocks:
            raise _OtherError
        self._close(-1)
        return tuple(self._roots)

    def _close(self, indent: int) -> None:
        """End what is indented more than *indent*."""
        blocks = self._blocks
        while blocks and blocks[-1].indent > indent:
            self._end()

    def _end(self) -> None:
        block = self._blocks.pop()
        if block.key is not None:
            raise _OtherError
        children: tuple[object, ...] = tuple(block.children)
        node: Node = _new(Items if block.keys is None else Table, (block.place, children))  # type: ignore[assignment]
        if self._blocks:
            self._blocks[-1].put(node)
        else:
            self._roots.append(node)

    def _read_line(self) -> None:
        text, at = self._text, self._at
        found = _LINE.match(text, at)
        if found is None:
            raise _OtherError
        dashes, key, plain, double, single, opening = found.groups()
        start = found.start(1)
        self._close(start - at)
        for place in range(start, start + len(dashes)):
            if text[place] == "-":
                self._item(place, place - at, first=place == start)
        if key is not None:
            self._key(found.start(2), found.start(2) - at, key, first=not dashes)
        elif not dashes:
            raise _OtherError
        if opening:
            node = self._flow(found.start(6), opening, 0)
        elif plain is not None:
            node = _new(Scalar, (self._place(found.start(3)), resolved(plain), plain, plain))
            self._at = found.end()
        elif double is not None or single is not None:
            node = self._quoted(found.start(found.lastindex or 0), double, single)
            self._at = found.end()
        elif key is None:
            raise _OtherError
        else:
            self._at = _ended(_REST, text, found.end())
            return
        self._blocks[-1].put(node)
        self._at = _ended(_REST, text, self._at)

    def _item(self, at: int, indent: int, *, first: bool) -> None:
        """Take the dash at *at*; one that is not the *first* of its line begins a sequence in another."""
        if not (first and self._blocks and self._blocks[-1].indent == indent and self._blocks[-1].keys is None):
            self._open(at, indent, None, first=first)

    def _key(self, at: int, indent: int, key: str, *, first: bool) -> None:
        blocks = self._blocks
        if first and blocks and blocks[-1].indent == indent and blocks[-1].keys is None:
            # The items of a key may be indented as little as the key itself.
            self._end()
        if not (first and blocks and blocks[-1].indent == indent and blocks[-1].keys is not None):
            self._open(at, indent, set(), first=first)
        block = blocks[-1]
        if block.key is not None or block.keys is None or key in block.keys:
            raise _OtherError
        block.keys.add(key)
        block.key = _new(Scalar, (self._place(at), resolved(key), key, key))

    def _open(self, at: int, indent: int, keys: set[str] | None, *, first: bool) -> None:
        """Begin a block where one is awaited: at the top, behind a key, or behind a dash."""
        blocks = self._blocks
        if not blocks:
            fits, self._rooted = indent == 0 and not self._rooted, True
        elif first:
            fits = blocks[-1].key is not None and indent >= blocks[-1].indent + (keys is not None)
        else:
            fits = True
        if not fits or len(blocks) >= _MOST_DEPTH:
            raise _OtherError
        blocks.append(_Block(indent, self._place(at), keys=keys))

    def _quoted(self, at: int, double: str | None, single: str | None) -> Scalar:
        """Return what stands in quotes from *at* on."""
        if double is not None:
            return _new(Scalar, (self._place(at - 1), double, double, f'"{double}"'))
        value = single or ""
        return _new(Scalar, (self._place(at - 1), value, value, f"'{value}'"))

    def _flow(self, at: int, opening: str, depth: int) -> Node:
        """Read what opens at *at*, and go behind its end."""
        if depth > _MOST_DEPTH:
            raise _OtherError
        place = self._place(at)
        self._at = at + 1
        if opening == "[":
            return _new(Items, (place, self._flowing_items(depth)))
        return _new(Table, (place, self._flowing_entries(depth)))

    def _flowing_entries(self, depth: int) -> tuple[tuple[Scalar, Node], ...]:
        text, at, place = self._text, self._at, self._place
        entries: dict[str, tuple[Scalar, Node]] = {}
        while True:
            found = _PAIR.match(text, at)
            if found is None:
                return self._nothing("}", entries)
            key, plain, double, single, opening, end = found.groups()
            if key in entries:
                raise _OtherError
            name = _new(Scalar, (place(found.start(1)), resolved(key), key, key))
            if plain is not None:
                at = found.end()
                entries[key] = name, _new(Scalar, (place(found.start(2)), resolved(plain), plain, plain))
            elif opening is not None:
                entries[key] = name, self._flow(found.start(5), opening, depth + 1)
                at, end = self._closed()
            else:
                at = found.end()
                start = found.start(3) if double is not None else found.start(4)
                entries[key] = name, self._quoted(start, double, single)
            if end != ",":
                return self._ended(at, end, "}", entries.values())

    def _flowing_items(self, depth: int) -> tuple[Node, ...]:
        text, at, place = self._text, self._at, self._place
        items: list[Node] = []
        while True:
            found = _ITEM.match(text, at)
            if found is None:
                return self._nothing("]", items)
            plain, double, single, opening, end = found.groups()
            if plain is not None:
                at = found.end()
                items.append(_new(Scalar, (place(found.start(1)), resolved(plain), plain, plain)))
            elif opening is not None:
                items.append(self._flow(found.start(4), opening, depth + 1))
                at, end = self._closed()
            else:
                at = found.end()
                items.append(self._quoted(found.start(2) if double is not None else found.start(3), double, single))
            if end != ",":
                return self._ended(at, end, "]", items)

    def _ended(self, at: int, end: str, expected: str, contents: Iterable[_Content]) -> tuple[_Content, ...]:
        if end != expected:
            raise _OtherError
        self._at = at
        return tuple(contents)

    def _closed(self) -> tuple[int, str]:
        """Return what stands behind the value that has just ended, and where that ends."""
        found = _CLOSED.match(self._text, self._at)
        return (found.end(), found[1]) if found else (self._at, "")

    def _nothing(self, end: str, before: Sized) -> tuple[()]:
        """Return the contents of a collection that ends with nothing in it."""
        at, found = self._closed()
        if before or found != end:
            raise _OtherError
        self._at = at
        return ()


def _ended(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where *pattern* ends that begins at *at*."""
    found = pattern.match(text, at)
    if found is None:
        raise _OtherError
    return found.end()
