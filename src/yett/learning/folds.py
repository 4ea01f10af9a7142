"""
Folds: which examples are held out together.

Texts of one source resemble each other, down to the template that they were made from. A model is judged on sources of
which it has seen nothing, never on a random part of the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.learning.example import Example

__all__ = ["Fold", "folds"]


@dataclass(frozen=True, slots=True)
class Fold:
    """One way to divide the examples, by their positions."""

    sources: tuple[str, ...]
    """The sources that are held out."""
    learnt: NDArray[np.intp]
    held: NDArray[np.intp]


def folds(examples: Sequence[Example], count: int | None = None) -> list[Fold]:
    """
    Hold each source out once; in *count* groups of about equal size, or each by itself.

    Groups hold attacks and innocent texts as evenly as whole sources allow.
    """
    names = np.array([example.source for example in examples])
    made = []
    for group in _groups(examples, count):
        held = np.isin(names, group)
        made.append(Fold(tuple(group), np.flatnonzero(~held), np.flatnonzero(held)))
    return made


def _groups(examples: Sequence[Example], count: int | None) -> list[list[str]]:
    sources = sorted({example.source for example in examples})
    if count is None or count >= len(sources):
        return [[source] for source in sources]
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
