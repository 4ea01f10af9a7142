"""
Correspondence: what a request and its answers share, so that one can name again what the other hid.

It lives as long as one call. Each answer, and each lane of a streamed one, goes on from the request by itself, so that
neither learns what another one was given.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from yett.guard.pseudonyms import Pseudonyms
from yett.guard.returning import NOTHING, Returning

__all__ = ["RESTORED", "Correspondence"]

RESTORED = "restore"
"""How it is told that a stand-in was put back."""


@dataclass(slots=True)
class Correspondence:
    """The stand-ins of one request or one answer, and how often it was rewritten how."""

    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)
    returning: Returning = NOTHING
    """What an answer may name."""
    applied: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind and transform."""

    @property
    def told(self) -> tuple[tuple[str, str, int], ...]:
        """How often each kind was rewritten how: kind, transform, count."""
        return tuple((kind, how, times) for (kind, how), times in sorted(self.applied.items()))

    def offering(self, kinds: Iterable[str]) -> "Correspondence":
        """Return what answers begin with when they may name again what was hidden of *kinds*."""
        return Correspondence(self.pseudonyms, Returning(self.pseudonyms.given(kinds)))

    def fork(self) -> "Correspondence":
        """Return the same, for one answer to go on by itself."""
        return Correspondence(self.pseudonyms.fork(), self.returning)
