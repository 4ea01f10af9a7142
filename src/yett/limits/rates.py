"""
GCRA, the generic cell rate algorithm (ITU-T I.371), as arithmetic.

Rules:

1. What was taken is one integer, *full*: the moment at which the limiter will be as if nothing had been taken.
   It counts in microseconds times the rate's amount, so that every rate is exact and nothing is ever rounded.
2. In any stretch of time no more is granted than the burst plus what the rate yields in that stretch.
3. A clock that jumps back neither grants more nor locks anybody out for longer than a whole burst takes to refill.
4. Several rates are taken from together, or none of them is.
"""

import math
from collections.abc import Sequence

from yett.model.rate import Grant, Rate

__all__ = ["MICROSECOND", "take", "take_all"]

MICROSECOND = 1_000_000
"""Microseconds in a second."""


def take(full: int | None, rate: Rate, now: int, cost: int = 1) -> tuple[int | None, Grant]:
    """
    Take *cost* units of *rate*; return what to remember instead of *full*, and the answer.

    Args:
        full: what was remembered; None when nothing was ever taken.
        rate: how much may be taken.
        now: microseconds since some moment.
        cost: how many units; none asks without taking. What is more than the burst is never granted, and the grant
            says so with an infinite `retry_after`.
    """
    if cost < 0:
        raise ValueError(f"`{cost}` units cannot be taken; nothing is given back here")
    period, capacity, level = _measures(full, rate, now)
    wanted = level + cost * period
    if wanted > capacity:
        return full, _grant(rate, level, wanted - capacity, possible=cost <= rate.burst)
    return now * rate.amount + wanted, _grant(rate, wanted, 0)


def take_all(
    fulls: Sequence[int | None], rates: Sequence[Rate], now: int, cost: int = 1
) -> tuple[tuple[int | None, ...], tuple[Grant, ...]]:
    """Take *cost* units from every rate, or from none when one refuses; *fulls* are remembered in the same order."""
    taken = [take(full, rate, now, cost) for full, rate in zip(fulls, rates, strict=True)]
    if all(grant.allowed for _, grant in taken):
        return tuple(full for full, _ in taken), tuple(grant for _, grant in taken)
    left = (
        _grant(rate, _measures(full, rate, now)[2], 0) if grant.allowed else grant
        for full, rate, (_, grant) in zip(fulls, rates, taken, strict=True)
    )
    return tuple(fulls), tuple(left)


def _measures(full: int | None, rate: Rate, now: int) -> tuple[int, int, int]:
    """Return, in the rate's own unit, what one unit costs, what a burst may hold, and what it holds now."""
    period = round(rate.seconds * MICROSECOND)
    if rate.amount < 1 or period < 1:
        raise ValueError(f"the rate `{rate.name}` needs a positive amount and a positive time")
    capacity = rate.burst * period
    level = 0 if full is None else min(max(full - now * rate.amount, 0), capacity)
    return period, capacity, level


def _grant(rate: Rate, level: int, short: int, *, possible: bool = True) -> Grant:
    second = rate.amount * MICROSECOND
    period = round(rate.seconds * MICROSECOND)
    return Grant(
        rate=rate,
        allowed=short == 0,
        remaining=(rate.burst * period - level) // period,
        reset=level / second,
        retry_after=short / second if possible else math.inf,
    )
