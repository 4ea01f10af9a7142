"""Counters: take from limits, atomically."""

from collections.abc import Sequence
from typing import Protocol

from yett.model.rate import Grant, Rate

__all__ = ["Counters"]


class Counters(Protocol):
    """Where limits are kept."""

    async def take(self, key: str, rates: Sequence[Rate], cost: int = 1) -> Sequence[Grant]:
        """Take *cost* units from every one of *rates* for *key*, or, if one refuses, from none; one grant per rate."""
        ...
