"""Sight: a match at home, in positions of the original text."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import partial
from typing import NamedTuple

from yett.guard.readings import Reading
from yett.model.finding import Finding, Match
from yett.model.kinds import family
from yett.model.segment import Segment
from yett.model.span import Span

__all__ = ["Sight", "seen_at_home", "sound"]


class Sight(NamedTuple):
    """A match at home: in original positions, with who saw it and how the text had to be read."""

    start: int
    end: int
    kind: str
    score: float
    rule: str
    detector: str
    reading: str

    def finding(self, segment: Segment) -> Finding:
        """Turn it into a finding in *segment*."""
        span = Span(segment.path, self.start, self.end)
        return Finding(span, segment.origin, self.kind, self.score, self.detector, self.rule, self.reading)


def sound(matches: Iterable[Match], kinds: AbstractSet[str], length: int) -> list[Match]:
    """
    Return *matches* in a text of *length* characters, of families among *kinds*.

    Raises:
        ValueError: one of them is none of that.
    """
    found = list(matches)
    if not all(_can_be(match, kinds, length) for match in found):
        raise ValueError("a detector must report stretches of its text, of its kinds, with scores from 0 to 1")
    return found


def _can_be(match: tuple[object, ...], kinds: AbstractSet[str], length: int) -> bool:
    start, end, kind, score, rule = match
    placed = isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length
    named = isinstance(kind, str) and isinstance(rule, str) and family(kind) in kinds
    return placed and named and isinstance(score, float | int) and 0 <= score <= 1


def seen_at_home(matches: Iterable[Match], detector: str, reading: Reading) -> Iterable[Sight]:
    """
    Bring home what *detector* saw in *reading*.

    Where home is where it was seen, nothing is asked for each match: there may be tens of thousands.
    """
    found, told = list(matches), (detector, reading.name)
    if found and reading.at_home:
        return map(partial(tuple.__new__, Sight), [match + told for match in found])
    return [Sight(*reading.home(*match[:2]), match.kind, match.score, match.rule, *told) for match in found]
