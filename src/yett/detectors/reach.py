"""
Reach: from which position on a text that goes on may still become a match.

Rules:

1. `beginnings` of a pattern is a pattern for every text that some match begins with. It may match more than that (which
   costs delay), never less (which would let half a secret out).
2. The longest end of a text that matches the beginnings of some rule is what may still become a match of it: before it,
   nothing that follows can matter.

Derivation, over the tree of a pattern: what begins `ab` is what begins `a`, or `a` and then what begins `b`; what begins
`a|b` begins either; what begins `a{m,n}` is fewer than n times `a`, then what begins it. An assertion must hold only
once something behind it has been seen: at the very end of the text nobody knows what it will stand beside.

RE2 searches a pattern that is anchored to the end backwards, from the end, and finds the longest match, in time linear
in what is held, which on prose is a word. It makes the states of its automaton when it first needs them and throws them
all away when they outgrow its memory, after which every step costs a hundred times as much. An automaton of everything
has a state for nearly every end of a word. So patterns whose beginnings live in different texts have automata of their
own: those that may hold white space and those that cannot, and each family for itself.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from yett.detectors.expression import BadPattern, Expression, compiled
from yett.detectors.syntax import (
    Assertion,
    Atom,
    Choice,
    Group,
    Node,
    Repeat,
    Sequence,
    Unreadable,
    parse,
    relaxed,
    written,
)

__all__ = ["Reach", "Reaches", "beginnings"]

# Beyond this a counted repetition is taken for an endless one, which keeps the automaton small.
_COUNTED = 16
_MEMORY = 16 << 20
"""Bytes that one automaton may take."""
_TOGETHER = 16_000
"""How many characters the beginnings in one automaton may have, unless a single pattern's are more."""
_WHITE = b" \t\n\f\r"


@lru_cache(maxsize=4096)
def beginnings(pattern: str) -> str:
    """Return a pattern for whatever a match of *pattern* may begin with, the empty text and all of it included."""
    try:
        return f"(?:{_beginnings(relaxed(parse(pattern), _COUNTED))})"
    except Unreadable:
        return r"(?s:.*)"


def _beginnings(node: Node) -> str:
    match node:
        case Atom(text):
            return f"{text}?"
        case Assertion():
            return ""
        case Group(opening, part):
            return f"{opening if opening.endswith(':') else '(?:'}{_beginnings(part)})"
        case Choice(options):
            return f"(?:{'|'.join(_beginnings(option) for option in options)})"
        case Repeat(part, _, most, _):
            return _begun_repeat(part, most)
        case Sequence(parts):
            return _begun_sequence(parts)


def _begun_repeat(part: Node, most: int | None) -> str:
    if most == 0:
        return ""
    if most == 1:
        return _beginnings(part)
    before = "*" if most is None else f"{{0,{most - 1}}}"
    return f"(?:{written(part, captures=False)}){before}{_beginnings(part)}"


def _begun_sequence(parts: tuple[Node, ...]) -> str:
    begun = ""
    for part in reversed(parts):
        if isinstance(part, Atom | Assertion):
            begun = f"(?:{part.text}{begun})?"
        else:
            begun = f"(?:(?:{written(part, captures=False)}){begun}|{_beginnings(part)})"
    return begun


class Reach:
    """The reach of a set of patterns, together."""

    __slots__ = ("_expression",)

    def __init__(self, patterns: Iterable[str]) -> None:
        """Join the beginnings of *patterns*; what is too large for RE2 is taken to reach everywhere."""
        ends = "|".join(beginnings(pattern) for pattern in patterns)
        try:
            self._expression = Expression(rf"(?:{ends})\z", memory=_MEMORY)
        except BadPattern:
            self._expression = Expression(r"(?s:.*)\z")

    def start(self, data: bytes, start: int) -> int:
        """Return the first byte from *start* on that may begin something unfinished; the end when nothing is."""
        first = self._expression.first(data, start)
        return len(data) if first < 0 else first


class Reaches:
    """The reach of many patterns, kin beside kin."""

    __slots__ = ("_each",)

    def __init__(self, patterns: Iterable[tuple[str, str]]) -> None:
        """Join the beginnings of patterns, each of which comes with the family that it is of."""
        kin: dict[tuple[str, bool], list[str]] = {}
        for family, pattern in patterns:
            kin.setdefault((family, _spaced(pattern)), []).append(pattern)
        self._each = tuple(Reach(some) for alike in kin.values() for some in _cut(alike))

    def start(self, data: bytes, start: int) -> int:
        """Return the first byte from *start* on that may begin something unfinished; the end when nothing is."""
        first = len(data)
        for reach in self._each:
            first = min(first, reach.start(data, start))
        return first


def _cut(patterns: Iterable[str]) -> Iterator[list[str]]:
    """Cut *patterns* where their beginnings would become too many for one automaton."""
    some: list[str] = []
    size = 0
    for pattern in patterns:
        length = len(beginnings(pattern))
        if some and size + length > _TOGETHER:
            yield some
            some, size = [], 0
        some.append(pattern)
        size += length
    if some:
        yield some


def _spaced(pattern: str) -> bool:
    """Say whether a match of *pattern* may hold white space."""
    try:
        return _holds_white(parse(pattern))
    except Unreadable:
        return True


def _holds_white(node: Node) -> bool:
    match node:
        case Atom(text):
            return compiled(f"(?s:{text})").first(_WHITE) >= 0
        case Assertion():
            return False
        case Group(_, part) | Repeat(part, _, _, _):
            return _holds_white(part)
        case Choice(parts) | Sequence(parts):
            return any(map(_holds_white, parts))
