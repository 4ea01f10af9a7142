"""
Expression: a compiled RE2 pattern over UTF-8.

The one address of google-re2. RE2 runs in time linear in the text for every pattern, so foreign text cannot make it slow
and an operator's pattern cannot either. It is given bytes: handed a string it would encode it again at each call.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import re2

__all__ = ["BadPattern", "Expression", "Found", "compiled"]


class BadPattern(ValueError):
    """A pattern that RE2 does not accept."""


class Found(NamedTuple):
    """Where an expression matched, in bytes, and what it points at: its first group, if it has one, else all."""

    whole_start: int
    whole_end: int
    start: int
    end: int


class Expression:
    """One pattern, compiled."""

    __slots__ = ("_compiled", "pattern", "pointing")

    def __init__(self, pattern: str, *, memory: int = 8 << 20) -> None:
        """
        Compile *pattern*, letting it and its caches take *memory* bytes.

        Raises:
            BadPattern: RE2 does not accept it.
        """
        options = re2.Options()
        options.log_errors = False
        options.max_mem = memory
        self.pattern = pattern
        try:
            self._compiled = re2.compile(pattern.encode(), options)
        except (re2.error, UnicodeEncodeError) as error:
            reason = error.args[0]
            raise BadPattern(reason.decode() if isinstance(reason, bytes) else str(reason)) from None
        self.pointing = self._compiled.groups > 0

    def search(self, data: bytes, start: int = 0) -> Found | None:
        r"""Return the leftmost match that begins at or after *start*; what stands before is seen by `\b` and `^`."""
        match = self._compiled.search(data, start)
        if match is None:
            return None
        whole = match.span()
        pointed = match.span(1) if self.pointing else whole
        return Found(*whole, *(whole if pointed == (-1, -1) else pointed))

    def first(self, data: bytes, start: int = 0) -> int:
        """Return where the leftmost match from *start* on begins; -1 when there is none."""
        match = self._compiled.search(data, start)
        return -1 if match is None else match.start()

    def finditer(self, data: bytes, start: int = 0) -> Iterator[Found]:
        """Yield the matches that follow one another from *start* on."""
        pointing = self.pointing
        for match in self._compiled.finditer(data, start):
            whole = match.span()
            pointed = match.span(1) if pointing else whole
            yield Found(*whole, *(whole if pointed == (-1, -1) else pointed))


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Expression:
    """
    Compile *pattern*, once for all who ask: a rule is read, tried and put to work.

    Raises:
        BadPattern: RE2 does not accept it.
    """
    return Expression(pattern)
