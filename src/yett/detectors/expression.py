"""
Expression: a compiled RE2 pattern over UTF-8.

The one address of google-re2. RE2 runs in time linear in the text for every pattern, so foreign text cannot make it slow
and an operator's pattern cannot either. It is given bytes: handed a string it would encode it again at each call.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import re2

__all__ = ["NOWHERE", "BadPattern", "Expression", "Found", "Spans", "compiled"]


NOWHERE = (-1, -1)
"""Where a group is that takes no part in a match."""
_ANYWHERE = re2._Anchor.UNANCHORED  # noqa: SLF001 - see Expression
_MEMORY = 8 << 20
_LARGE = 16_384
"""Instructions that are many for one program."""


class BadPattern(ValueError):
    """A pattern that RE2 does not accept."""


class Found(NamedTuple):
    """Where an expression matched, in bytes, and what it points at: its first group, if it has one, else all."""

    whole_start: int
    whole_end: int
    start: int
    end: int


Spans = list[tuple[int, int]]
"""What RE2 tells of a match: where all of it is, then where its groups are, in bytes."""


class Expression:
    """One pattern, compiled."""

    __slots__ = ("_match", "pattern", "pointing")

    def __init__(self, pattern: str, *, memory: int = _MEMORY) -> None:
        """
        Compile *pattern*, letting it and its caches take *memory* bytes, or four times as much where it is large.

        Raises:
            BadPattern: RE2 does not accept it.
        """
        self.pattern = pattern
        expression = _made(pattern, memory)
        if expression.programsize > _LARGE:
            # Its automaton has few states in so little memory, and without one RE2 takes fifty times as long.
            expression = _made(pattern, 4 * memory)
        self.pointing = expression.groups > 0
        # What `search` and `finditer` of the module ask themselves, without what they wrap each answer in: most of the time.
        self._match = expression._regexp.Match  # noqa: SLF001

    def search(self, data: bytes, start: int = 0, stop: int | None = None) -> Found | None:
        r"""Return the leftmost match from *start* to *stop*; what stands before and after is seen by `\b`, `^` and `$`."""
        whole, *pointed = self._match(_ANYWHERE, data, start, len(data) if stop is None else stop)
        if whole == NOWHERE:
            return None
        first, last = whole
        if not pointed or pointed[0] == NOWHERE:
            return Found(first, last, first, last)
        return Found(first, last, *pointed[0])

    def successive(self, data: bytes, start: int, last: int, stop: int, most: int) -> list[Spans]:
        """
        Return the matches that follow one another from *start* on and begin before *last*, but no more than *most*.

        None goes beyond *stop*. Where there are many of them, what is done for each is most of the time.
        """
        match = self._match
        found: list[Spans] = []
        for _ in range(most):
            if start >= last:
                break
            spans: Spans = match(_ANYWHERE, data, start, stop)
            first, end = spans[0]
            if not 0 <= first < last:
                break
            found.append(spans)
            start = end if end > first else first + 1
        return found

    def first(self, data: bytes, start: int = 0) -> int:
        """Return where the leftmost match from *start* on begins; -1 when there is none."""
        begin: int = self._match(_ANYWHERE, data, start, len(data))[0][0]
        return begin

    def finditer(self, data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Found]:
        """Yield the matches that follow one another from *start* to *stop*."""
        stop = len(data) if stop is None else stop
        while start <= stop and (found := self.search(data, start, stop)) is not None:
            yield found
            start = found.whole_end + (found.whole_end == start)


def _made(pattern: str, memory: int) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    try:
        return re2.compile(pattern.encode(), options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0]
        raise BadPattern(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Expression:
    """
    Compile *pattern*, once for all who ask: a rule is read, tried and put to work.

    Raises:
        BadPattern: RE2 does not accept it.
    """
    return Expression(pattern)
