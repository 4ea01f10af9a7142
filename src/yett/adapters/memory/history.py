"""
Recent history in memory, for one process.

Two numbers are remembered for each key, and only for those of whom there is something to remember. When there are too many,
those who were seen least recently are forgotten first.
"""

from collections import OrderedDict

from yett.limits.history import faded, joined
from yett.ports.clock import Clock
from yett.ports.history import Past

__all__ = ["MemoryHistory"]


class MemoryHistory:
    """`History` of at most *capacity* keys at a time; what is noted weighs half after *half_life* seconds."""

    def __init__(self, clock: Clock, half_life: float, capacity: int = 100_000) -> None:
        self._clock = clock
        self._half_life = half_life
        self._capacity = capacity
        self._pasts: OrderedDict[str, Past] = OrderedDict()

    async def recall(self, key: str) -> Past:
        """Return what weighs now of what was noted for *key*; nothing where nothing was, or where it is forgotten."""
        now = self._clock.elapsed()
        past = self._pasts.get(key)
        if past is None:
            return Past(now)
        self._pasts.move_to_end(key)
        return faded(past, now, self._half_life)

    async def note(self, key: str, *, denied: bool, risk: float) -> None:
        """Note an exchange that ends now for *key*: whether it was *denied*, and its *risk* from 0 to 1."""
        if not denied and risk <= 0:
            return
        noted = Past(self._clock.elapsed(), float(denied), risk)
        past = self._pasts.get(key)
        self._pasts[key] = joined(past, noted, self._half_life) if past else noted
        self._pasts.move_to_end(key)
        if len(self._pasts) > self._capacity:
            self._pasts.popitem(last=False)
