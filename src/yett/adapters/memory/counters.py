"""
Limits in memory, for one process.

What is remembered per key and rate is one integer, and nothing once the limiter is whole again. When there are too many
keys, those that are nearest to being whole are forgotten first, for that gives the least away.
"""

from collections.abc import Sequence
from heapq import nsmallest

from yett.limits.rates import MICROSECOND, take_all
from yett.model.rate import Grant, Rate
from yett.ports.clock import Clock

__all__ = ["MemoryCounters"]


class MemoryCounters:
    """`Counters` for at most *capacity* keys and rates at a time."""

    def __init__(self, clock: Clock, capacity: int = 100_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._taken: dict[tuple[str, Rate], int] = {}

    async def take(self, key: str, rates: Sequence[Rate], cost: int = 1) -> Sequence[Grant]:
        """Take *cost* units from every one of *rates* for *key*, or, if one refuses, from none; one grant per rate."""
        now = int(self._clock.elapsed() * MICROSECOND)
        places = [(key, rate) for rate in rates]
        taken, grants = take_all([self._taken.get(place) for place in places], rates, now, cost)
        self._taken.update((place, full) for place, full in zip(places, taken, strict=True) if full is not None)
        if len(self._taken) > self._capacity:
            self._forget(now)
        return grants

    def _forget(self, now: int) -> None:
        self._taken = {place: full for place, full in self._taken.items() if full > now * place[1].amount}
        surplus = len(self._taken) - self._capacity
        if surplus > 0:  # a tenth at once, so that a flood of keys does not make every call look at all of them
            waits = ((full / place[1].amount, place) for place, full in self._taken.items())
            for _, place in nsmallest(surplus + self._capacity // 10, waits, key=lambda wait: wait[0]):
                del self._taken[place]
