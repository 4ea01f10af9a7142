"""Spans: merging stretches of text that overlap."""

from collections.abc import Iterable
from operator import itemgetter
from typing import TypeVar

__all__ = ["clusters"]

_T = TypeVar("_T")


def clusters(stretches: Iterable[tuple[int, int, _T]]) -> list[tuple[int, int, list[_T]]]:
    """
    Group overlapping stretches, each a start, an end and what it stands for, ordered by where the groups begin.

    Stretches that only touch stay apart; an empty stretch belongs to the group that covers its position.
    """
    groups: list[tuple[int, int, list[_T]]] = []
    for start, end, what in sorted(stretches, key=itemgetter(0, 1)):
        if groups and start < groups[-1][1]:
            first, last, members = groups[-1]
            members.append(what)
            groups[-1] = (first, max(last, end), members)
        else:
            groups.append((start, end, [what]))
    return groups
