"""
Listing: why a decision came about, listed when somebody reads it.

Forty rules take longer to list than all else about a decision takes, and most who ask read only what follows and the text
of the one that decided. So a list knows which conjuncts matched, and is what it says once it was read; a tuple of the same
reasons equals it.
"""

from collections.abc import Iterator, Sequence
from typing import overload

from yett.model.decision import Reason
from yett.policy.layout import Placed

__all__ = ["Listing"]


class Listing(Sequence[Reason]):
    """The *placed* reasons of the rules that have one of the bits in *possible*, of which there are some."""

    __slots__ = ("_listed", "_placed", "_possible")

    def __init__(self, placed: Placed[Reason], possible: int) -> None:
        self._placed = placed
        self._possible = possible
        self._listed: tuple[Reason, ...] | None = None

    def _all(self) -> tuple[Reason, ...]:
        listed = self._listed
        if listed is None:
            listed = self._listed = tuple(self._placed.listed(self._possible))
        return listed

    @overload
    def __getitem__(self, place: int) -> Reason: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Reason]: ...
    def __getitem__(self, place: int | slice) -> Reason | Sequence[Reason]:
        return self._all()[place]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, Listing) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())
