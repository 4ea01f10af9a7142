"""
Detector: a text in, matches out.

Rules:

1. A detector reports; it decides nothing and rewrites nothing.
2. It is a pure function of what it is handed: same text, same matches, on any thread.
3. It is handed the texts of those alone whom it names, and is said to have read no others.
4. Locality makes streams exact. With *context* = `text[start - look_behind : start]` unchanged, the matches that begin
   at or after *start* depend on nothing earlier. And `hold` says, for a text that may go on, from which position on a
   match may still begin, grow or change its score: everything before is settled, whatever follows. `hold` may point
   too early (that costs delay); it must never point too late. A detector that must see the whole text answers *start*.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

from yett.model.finding import Match
from yett.model.segment import Origin, Segment

__all__ = ["EVERYBODY", "STREAMED", "Detector", "Informed", "Telling"]

EVERYBODY = frozenset(Origin)
"""Whose texts a detector reads that makes no difference."""
STREAMED = 131_072
"""A window of a stream has fewer characters. How much is found in one depends on how the stream is cut, so that is not limited."""


class Detector(Protocol):
    """One way to look at a text."""

    @property
    def name(self) -> str:
        """Its name in configuration, records and metrics, such as `patterns`."""
        ...

    @property
    def revision(self) -> str:
        """Changes whenever the same text may give other matches; part of every cache key."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The families of kinds it may report: the first word of each, such as `pii`."""
        ...

    @property
    def cost(self) -> int:
        """How dear it is: 0 for microseconds a text, 1 for milliseconds, 2 for more. Like costs run together."""
        ...

    @property
    def readings(self) -> frozenset[str]:
        """Which readings of a text it wants: names from `yett.guard.readings`, `folded` and `decoded` among them."""
        ...

    @property
    def origins(self) -> frozenset[Origin]:
        """Whose texts it reads: it is handed no others, and no receipt names it for one."""
        ...

    @property
    def look_behind(self) -> int:
        """How many characters before *start* may influence a match that begins at or after it."""
        ...

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        """Report the matches that begin at or after *start*, ordered by start."""
        ...

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        ...


class Informed(Protocol):
    """A way to look at an answer that depends on what was asked: it makes a detector for each exchange."""

    @property
    def name(self) -> str:
        """The name that its detectors have."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The families of kinds that its detectors may report."""
        ...

    def about(self, asked: Sequence[Segment], fold: Callable[[str], str]) -> Detector | None:
        """
        Return the detector for answers to *asked*; None when there is nothing to look for.

        *fold* turns a text into its reading `folded`, in which detectors will be handed the answer.
        """
        ...


@runtime_checkable
class Telling(Protocol):
    """A detector that can tell afterwards what made it sure; nothing is computed for it while it detects."""

    def why(self, text: str, match: Match) -> str:
        """Say in words what makes *match*, which was reported in *text*, as sure as it is; no word is the text's."""
        ...
