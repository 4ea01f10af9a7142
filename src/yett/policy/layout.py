"""
Layout: which conjunct of which rule is which bit.

Bits are in the order of rules, so the lowest one that is set belongs to the rule that decides first.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from yett.policy.clause import Clause
from yett.policy.generation import Early
from yett.policy.index import Column, column
from yett.policy.normal import Term, conjuncts
from yett.policy.schema import cost

__all__ = ["Layout", "Placed", "union"]

_Item = TypeVar("_Item")


class Layout:
    """The bits of *clauses*, which are in the order of `Clause.order`."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.owners: list[int] = []
        """Per bit, its rule."""
        self.masks: list[int] = []
        """Per rule, its bits."""
        self.whole: list[int] = []
        """The rules whose condition has no normal form."""
        self.definite = 0
        """The bits of the rules that must be definitely true."""
        self._asked: dict[str, list[tuple[int, list[Term]]]] = {}
        """Per field: the bits of conjuncts, in their order, each with what it asks."""
        for number, clause in enumerate(clauses):
            self._add(number, clause)
        self.every = (1 << len(self.owners)) - 1
        self._below: dict[int, list[int]] = {}
        """By how many of the lowest bits are shifted out: per bit, those below the ones of the same rule."""
        self._places = self.placed(range(len(self.masks)), self.every)

    def _add(self, number: int, clause: Clause) -> None:
        first = len(self.owners)
        normal = conjuncts(clause.condition)
        if normal is None:
            self.whole.append(number)
        every = self._asked
        for conjunct in ((),) if normal is None else normal:
            bit = 1 << len(self.owners)
            self.owners.append(number)
            for term in conjunct:
                asked = every.get(term[0].field)
                if asked is None:
                    every[term[0].field] = [(bit, [term])]
                elif asked[-1][0] is bit:
                    asked[-1][1].append(term)
                else:
                    asked.append((bit, [term]))
        mask = (1 << len(self.owners)) - (1 << first)
        self.masks.append(mask)
        if clause.definite:
            self.definite |= mask

    def columns(self) -> list[Column]:
        """Index the fields: cheap ones, those with most constraints first, then costly ones, cheapest first."""
        columns = [
            column(field, asked[0][1][0].literal.sort, asked, self.every, self.definite)
            for field, asked in self._asked.items()
        ]
        return sorted(columns, key=lambda each: (cost(each.field), -each.constrained.bit_count(), each.field))

    def early(self, remaining: Sequence[Column], possible: int) -> Early:
        """Find the rules with *possible* conjuncts that may be certain before the *remaining* columns are asked."""
        late = union(each.constrained for each in remaining)
        masks = (self.masks[each] & possible for each in self.rules(remaining[0].constrained & possible))
        split = [(mask & ~late, mask & late) for mask in masks]
        return [(complete, later) for complete, later in split if complete]

    def rules(self, possible: int) -> list[int]:
        """Return the rules that have one of the bits in *possible*, in their order."""
        return self._places.listed(possible)

    def placed(self, items: Sequence[_Item], bits: int) -> "Placed[_Item]":
        """Place *items*, one for each rule, so that those of rules that have one of these *bits* are found by them."""
        shift = (bits & -bits).bit_length() - 1 if bits else len(self.owners)
        owners = self.owners[shift:]
        if shift not in self._below:
            lowest = [((mask & -mask) - 1) >> shift for mask in self.masks]
            self._below[shift] = [0, *map(lowest.__getitem__, owners)]
        # Where a number without bits would look there is nothing.
        return Placed(shift, [items[0], *map(items.__getitem__, owners)] if owners else [], self._below[shift])


class Placed(Generic[_Item]):
    """Items of rules, by the length of a number whose highest bit is its rule's, once the lowest are shifted out."""

    __slots__ = ("_below", "_items", "_shift")

    def __init__(self, shift: int, items: Sequence[_Item], below: Sequence[int]) -> None:
        self._shift = shift
        self._items = items
        self._below = below
        """The bits below those of the same rule."""

    def first(self, possible: int) -> _Item:
        """Return the item of the first rule that has one of the bits in *possible*, of which there are some."""
        return self._items[(possible & -possible).bit_length() - self._shift]

    def listed(self, possible: int) -> list[_Item]:
        """Return the items whose rules have one of the bits in *possible*, in the rules' order."""
        found, items, below = [], self._items, self._below
        possible >>= self._shift
        # From the highest bit down: what is left grows shorter, and the cost with it.
        while possible:
            length = possible.bit_length()
            found.append(items[length])
            possible &= below[length]
        found.reverse()
        return found


def union(masks: Iterable[int]) -> int:
    """Return all bits of *masks*."""
    every = 0
    for mask in masks:
        every |= mask
    return every
