"""
Returning: stand-ins that come back in an answer.

Rules:

1. Only what was given out in this very call is put back, and only where policy says so; what a model or a person made
   up that looks alike is text as any other.
2. An answer is judged as the model wrote it. A stand-in in it is no finding, since we wrote it; what overlaps with one and
   reaches further is a finding, and is dealt with as a whole.
3. Inside an address (`https://…`) a stand-in stays, or an answer could be made to carry the value away to whoever is
   named there.
4. Where to look is local, so that a stream can be cut anywhere: `hold` says where a stand-in may still begin.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from yett.guard.pseudonyms import StandIn

__all__ = ["NOTHING", "Return", "Returning"]

_PLACEHOLDER = re.compile(r"<[^<>\s]{1,80}_\d{6}>")
_ADDRESS = re.compile(r"//|www\.", re.IGNORECASE)
_MARK = 3
"""Characters that may still become the mark of an address."""


class Return(NamedTuple):
    """A stretch that is a stand-in."""

    start: int
    end: int
    stand_in: StandIn
    stays: bool
    """Whether it is in an address."""


class Returning:
    """The stand-ins of one call that answers may name."""

    def __init__(self, given: Mapping[str, StandIn]) -> None:
        """Look for those that were *given*, by their texts."""
        self._given = given
        free = sorted((text for text in given if not _PLACEHOLDER.fullmatch(text)), key=len, reverse=True)
        words = "|".join(map(re.escape, free))
        self._pattern = re.compile(rf"{_PLACEHOLDER.pattern}|(?<!\w)(?:{words})(?!\w)") if free else _PLACEHOLDER
        self._beginnings = frozenset(text[:end] for text in given for end in range(1, len(text))) | frozenset(free)
        self._firsts = frozenset(text[0] for text in given)
        self._longest = max((len(text) + text.count("_") for text in given), default=0)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return bool(self._given)

    def found(self, text: str, start: int = 0, *, addressed: bool = False) -> list[Return]:
        """Return the stand-ins in *text* from *start* on; *addressed* says whether an address goes on there."""
        returns = []
        position = start
        for found in self._pattern.finditer(text, start) if self._given else ():
            # markdown writes an underscore with a backslash before it
            stand_in = self._given.get(found[0]) or self._given.get(found[0].replace("\\_", "_"))
            if stand_in is not None:
                addressed = self.addressed(text, position, found.start(), already=addressed)
                position = found.start()
                returns.append(Return(found.start(), found.end(), stand_in, addressed))
        return returns

    def hold(self, text: str, start: int) -> int:
        """Return the first position, from *start* on, where a stand-in may begin that further text may still make."""
        for position in range(max(start, len(text) - self._longest), len(text)):
            if text[position] in self._firsts and text[position:].replace("\\", "") in self._beginnings:
                return position
        return len(text)

    @staticmethod
    def addressed(text: str, start: int, end: int, *, already: bool) -> bool:
        """Say whether *text* is inside an address at *end*, when it was one *already* at *start*, or was not."""
        run = text[max(0, start - _MARK) : end]
        words = run.split()
        if len(words) > 1 or run.strip() != run:
            return bool(words) and not run[-1].isspace() and bool(_ADDRESS.search(words[-1]))
        return already or bool(_ADDRESS.search(run))


NOTHING = Returning({})
"""No stand-in was given."""
