"""
Owing: what rules that match owe together, as `yett.model.obligation.join` has it.

Every obligation that some rule owes has a number, in the canonical order. So what rules owe is their numbers, sorted, except
where two that are not the same are to be merged into one; that is left to the specification.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from yett.model.obligation import Notify, Obligation, Route, join_ranked, rank

__all__ = ["Owed"]


class Owed:
    """What each rule owes; *obligations* has it by the rule's number."""

    def __init__(self, obligations: Sequence[Sequence[Obligation]]) -> None:
        ranks = {each: "" for owed in obligations for each in owed}
        for each in ranks:
            ranks[each] = rank(each)
        told = Counter(ranks.values())
        self.every = sorted(ranks, key=ranks.__getitem__)
        """All obligations, by number."""
        self._ranks = [ranks[each] for each in self.every]
        number = {each: place for place, each in enumerate(self.every)}
        self.merging = {place for place, each in enumerate(self._ranks) if told[each] > 1}
        """The numbers of what is merged with others, where several of them are owed."""
        self.routes = {place for place, each in enumerate(self.every) if isinstance(each, Route)}
        """The numbers of routes."""
        self.numbers = [tuple([number[each] for each in owed]) for owed in obligations]
        """Per rule, the numbers of what it owes."""
        self.notices = [tuple([number[each] for each in owed if _is_notice(each)]) for owed in obligations]
        """Per rule, those of the notices among it."""

    def joined(self, numbers: Iterable[tuple[int, ...]]) -> tuple[Obligation, ...]:
        """Join what is owed by these *numbers* of some rules."""
        owed = set(chain.from_iterable(numbers))
        if owed.isdisjoint(self.merging):
            return tuple(map(self.every.__getitem__, sorted(owed)))
        return join_ranked([(self._ranks[each], self.every[each]) for each in owed])

    def alone(self, numbers: Sequence[tuple[int, ...]]) -> list[int]:
        """Return the one number of each rule that has one, which no other has and which merges with none; of others -1."""
        owners = Counter(chain.from_iterable(numbers))
        lonely = {number for number, count in owners.items() if count == 1} - self.merging
        return [each[0] if len(each) == 1 and each[0] in lonely else -1 for each in numbers]


def _is_notice(obligation: Obligation) -> bool:
    return isinstance(obligation, Notify)
