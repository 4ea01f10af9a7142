"""
The syntax of patterns: RE2's, read into a small tree.

Atoms (whatever consumes one character) keep their source text, since nobody here needs to know what they mean: `reach`
asks only how they follow one another, and `gate` only spells them so that two engines understand the same.
"""

from dataclasses import dataclass
from functools import lru_cache

__all__ = [
    "Assertion",
    "Atom",
    "Choice",
    "Group",
    "Node",
    "Repeat",
    "Sequence",
    "Unreadable",
    "parse",
    "relaxed",
    "width",
    "written",
]


class Unreadable(ValueError):
    """A pattern that this reader does not understand, though RE2 may."""


@dataclass(frozen=True, slots=True)
class Atom:
    r"""One character of a set, as written: `a`, `.`, `\d`, `[^x]`."""

    text: str


@dataclass(frozen=True, slots=True)
class Assertion:
    r"""A condition between two characters, as written: `\b`, `^`, `$`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """*part*, from *least* to *most* times; without end when *most* is None."""

    part: "Node"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part with flags, or one that is captured: *opening* is how it is opened."""

    opening: str
    part: "Node"


Node = Atom | Assertion | Sequence | Choice | Repeat | Group

_ASSERTING = frozenset("bBAz")
_REPEATING = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_UNREADABLE = frozenset("QEC")


@lru_cache(maxsize=1024)
def parse(pattern: str) -> Node:
    r"""
    Read *pattern*.

    Raises:
        Unreadable: it uses what this reader does not know (`\Q`, `\C`) is not well formed, or nests too deep.
    """
    reader = _Reader(pattern)
    try:
        node = reader.choice()
    except RecursionError:
        raise Unreadable(pattern) from None
    if reader.rest():
        raise Unreadable(pattern)
    return node


class _Reader:
    """A recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def rest(self) -> str:
        return self._pattern[self._at :]

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, length: int = 1) -> str:
        taken = self._pattern[self._at : self._at + length]
        if len(taken) < length:
            raise Unreadable(self._pattern)
        self._at += length
        return taken

    def _through(self, closing: str) -> str:
        end = self._pattern.find(closing, self._at)
        if end < 0:
            raise Unreadable(self._pattern)
        return self._take(end + 1 - self._at)

    def choice(self) -> Node:
        options = [self._sequence()]
        while self._peek() == "|":
            self._take()
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in {"", "|", ")"}:
            if flags := self._flags():
                # Flags without a group hold to the end of the enclosing group, alternatives included.
                parts.append(Group(f"(?{flags}:", self.choice()))
            else:
                parts.append(self._repeated(self._one()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _flags(self) -> str:
        if not self.rest().startswith("(?"):
            return ""
        end = self._pattern.find(")", self._at)
        flags = self._pattern[self._at + 2 : end]
        if end < 0 or not flags or not set(flags) <= set("imsU-"):
            return ""
        self._at = end + 1
        return flags

    def _repeated(self, node: Node) -> Node:
        while (bounds := self._bounds()) is not None:
            lazy = self._peek() == "?"
            if lazy:
                self._take()
            node = Repeat(node, *bounds, lazy)
        return node

    def _bounds(self) -> tuple[int, int | None] | None:
        if self._peek() in _REPEATING:
            return _REPEATING[self._take()]
        if self._peek() != "{":
            return None
        end = self._pattern.find("}", self._at)
        least, comma, most = self._pattern[self._at + 1 : max(end, 0)].partition(",")
        if end < 0 or not least.isdecimal() or (most and not most.isdecimal()):
            return None
        self._at = end + 1
        return int(least), int(most) if most else None if comma else int(least)

    def _one(self) -> Node:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._set()
            case "\\":
                return self._escape()
            case "^" | "$":
                return Assertion(character)
            case "*" | "+" | "?":
                raise Unreadable(self._pattern)
            case _:
                return Atom(character)

    def _group(self) -> Node:
        opening = "("
        if self._peek() == "?":
            opening += self._through(">" if self.rest().startswith(("?P<", "?<")) else ":")
        part = self.choice()
        if self._take() != ")":
            raise Unreadable(self._pattern)
        return Group(opening, part)

    def _set(self) -> Node:
        start = self._at - 1
        if self._peek() == "^":
            self._take()
        if self._peek() == "]":
            self._take()
        while (character := self._take()) != "]":
            if character == "\\":
                self._escape()
            elif character == "[" and self._peek() == ":":
                self._through("]")
        return Atom(self._pattern[start : self._at])

    def _escape(self) -> Node:
        start = self._at - 1
        letter = self._take()
        if letter in _UNREADABLE:
            raise Unreadable(self._pattern)
        if letter in "pPx":
            if self._peek() == "{":
                self._through("}")
            else:
                self._take(2 if letter == "x" else 1)
        text = self._pattern[start : self._at]
        return Assertion(text) if letter in _ASSERTING else Atom(text)


def written(node: Node, *, captures: bool = True) -> str:
    """Write *node* as a pattern again; groups that capture only do so with *captures*."""
    match node:
        case Atom(text) | Assertion(text):
            return text
        case Sequence(parts):
            return "".join(
                _enclosed(part, captures) if isinstance(part, Choice) else written(part, captures=captures)
                for part in parts
            )
        case Choice(options):
            return "|".join(written(option, captures=captures) for option in options)
        case Repeat(part, least, most, lazy):
            bounds = f"{{{least}}}" if most == least else f"{{{least},{'' if most is None else most}}}"
            inner = written(part, captures=captures) if isinstance(part, Atom | Group) else _enclosed(part, captures)
            return f"{inner}{bounds}{'?' if lazy else ''}"
        case Group(opening, part):
            kept = opening if captures or opening.endswith(":") else "(?:"
            return f"{kept}{written(part, captures=captures)})"


def _enclosed(node: Node, captures: bool) -> str:  # noqa: FBT001
    return f"(?:{written(node, captures=captures)})"


def width(node: Node) -> tuple[int, int | None]:
    """Return how many characters *node* consumes, at least and at most; None where there is no most."""
    match node:
        case Atom():
            return 1, 1
        case Assertion():
            return 0, 0
        case Group(_, part):
            return width(part)
        case Repeat(part, least, most, _):
            narrow, wide = width(part)
            return narrow * least, 0 if wide == 0 else None if wide is None or most is None else wide * most
        case Sequence(parts):
            widths = [width(part) for part in parts]
            wides = [wide for _, wide in widths]
            return sum(narrow for narrow, _ in widths), None if None in wides else sum(wide or 0 for wide in wides)
        case Choice(options):
            widths = [width(option) for option in options]
            wides = [wide for _, wide in widths]
            return min(narrow for narrow, _ in widths), None if None in wides else max(wide or 0 for wide in wides)


def relaxed(node: Node, counted: int, *, least: bool = False) -> Node:
    """
    Return a pattern that matches all that *node* does and counts less.

    Repetitions of more than *counted* become endless ones, from once on, or from as often as before with *least*.
    """
    match node:
        case Group(opening, part):
            return Group(opening, relaxed(part, counted, least=least))
        case Choice(options):
            return Choice(tuple(relaxed(option, counted, least=least) for option in options))
        case Sequence(parts):
            return Sequence(tuple(relaxed(part, counted, least=least) for part in parts))
        case Repeat(part, fewest, most, lazy):
            inner = relaxed(part, counted, least=least)
            if most is not None and most <= counted:
                return Repeat(inner, fewest, most, lazy)
            return Repeat(inner, fewest if least and isinstance(part, Atom) else min(fewest, 1), None, lazy)
        case _:
            return node
