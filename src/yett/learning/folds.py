"""
Folds: which examples are held out together.

Texts of one source resemble each other, down to the template that they were made from. A model is judged on sources of
which it has seen nothing, never on a random part of the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from yett.learning.example import Example

__all__ = ["ATTACKS", "SOURCES", "Division", "Fold", "folds"]

SOURCES: Final = "source"
ATTACKS: Final = "attack"
Division = int | Literal["source", "attack"]
"""Groups of sources, so many of them; each source alone; each source of attacks with a share of the innocent ones."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One way to divide the examples, by their positions."""

    sources: tuple[str, ...]
    """The sources that are held out."""
    learnt: NDArray[np.intp]
    held: NDArray[np.intp]


def folds(examples: Sequence[Example], division: Division = "source") -> list[Fold]:
    """
    Hold each source out once, together with others as *division* says.

    So many groups hold attacks and innocent texts as evenly as whole sources allow. Where each source of attacks is
    held out alone, everything else that attacks stays, as it would be when a new kind of attack comes up.
    """
    names = np.array([example.source for example in examples])
    made = []
    for group in _divided(examples, division):
        held = np.isin(names, group)
        made.append(Fold(tuple(group), np.flatnonzero(~held), np.flatnonzero(held)))
    return made


def _divided(examples: Sequence[Example], division: Division) -> list[list[str]]:
    sources = sorted({example.source for example in examples})
    attacking = sorted({example.source for example in examples if example.attack})
    if division == ATTACKS and attacking:
        return _rotated(examples, attacking)
    if isinstance(division, str) or division >= len(sources):
        return [[source] for source in sources]
    return _groups(examples, sources, division)


def _rotated(examples: Sequence[Example], attacking: Sequence[str]) -> list[list[str]]:
    """Give each of the sources that are *attacking* about the same number of innocent texts, by whole sources."""
    sizes = Counter(example.source for example in examples)
    groups = [[source] for source in attacking]
    filled = [0] * len(groups)
    for source in sorted(sizes.keys() - set(attacking), key=lambda source: (-sizes[source], source)):
        place = filled.index(min(filled))
        groups[place].append(source)
        filled[place] += sizes[source]
    return groups


def _groups(examples: Sequence[Example], sources: Sequence[str], count: int) -> list[list[str]]:
    sizes = {attack: Counter(each.source for each in examples if each.attack is attack) for attack in (True, False)}
    totals = {attack: max(1, sum(sizes[attack].values())) for attack in sizes}
    groups: list[list[str]] = [[] for _ in range(count)]
    filled = [{True: 0.0, False: 0.0} for _ in range(count)]
    shares = {source: {attack: sizes[attack][source] / totals[attack] for attack in sizes} for source in sources}
    for source in sorted(sources, key=lambda source: (-sum(shares[source].values()), source)):
        main = max((True, False), key=lambda attack: shares[source][attack])
        place = min(range(count), key=lambda index: (filled[index][main], sum(filled[index].values()), index))
        groups[place].append(source)
        for attack in sizes:
            filled[place][attack] += shares[source][attack]
    return [sorted(group) for group in groups if group]
