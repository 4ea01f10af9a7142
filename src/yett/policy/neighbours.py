"""
Neighbours: which conditions may be wider than another, found without asking each about each.

What implies a test for certain values is a test for some of them, or the same test. So a condition stands under the
values that its first such test allows, and is found under one of those that a narrower condition allows; a condition
without such tests is a neighbour of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from yett.policy.domain import allowed
from yett.policy.normal import Term
from yett.policy.values import Scalar

__all__ = ["Neighbours"]

_Normal = Sequence[Sequence[Term]]
_Key = tuple[str, Scalar]


class Neighbours:
    """Conditions in their normal form, by number."""

    def __init__(self, normals: Iterable[_Normal | None]) -> None:
        """Number *normals* in their order; what has none is nobody's neighbour."""
        self._under: defaultdict[_Key, set[int]] = defaultdict(set)
        self._everywhere: set[int] = set()
        self._all: set[int] = set()
        for number, normal in enumerate(normals):
            if normal is not None:
                self._all.add(number)
                for conjunct in normal:
                    self._keep(conjunct, number)

    def _keep(self, conjunct: Sequence[Term], number: int) -> None:
        first = next(_tests(conjunct), None)
        if first is None:
            self._everywhere.add(number)
            return
        for value in first[1]:
            self._under[first[0], value].add(number)

    def of(self, normal: _Normal) -> list[int]:
        """Return the numbers of all conditions that may not be false wherever *normal* is not."""
        if not normal:
            return sorted(self._all)
        found = set(self._everywhere)
        for field, values in _tests(normal[0]):
            if not values:
                return sorted(self._all)
            found |= self._under.get((field, values[0]), frozenset())
        return sorted(found)


def _tests(conjunct: Iterable[Term]) -> Iterator[tuple[str, Sequence[Scalar]]]:
    """Yield the fields that *conjunct* asks for certain values, and these."""
    for term in conjunct:
        values = allowed(term)
        if values is not None:
            yield term.literal.field, values
