"""Rate, Grant: how often something may happen, and what a limiter said."""

from dataclasses import dataclass

__all__ = ["Grant", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """*amount* units per *seconds*, of which *burst* may come at once."""

    name: str
    """The unit as it is told in headers: `requests` or `tokens`."""
    amount: int
    seconds: float
    burst: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A limiter's answer for one rate."""

    rate: Rate
    allowed: bool
    remaining: int
    """Units that could be taken at once now."""
    reset: float
    """Seconds until the limiter is as if nothing had been taken."""
    retry_after: float = 0.0
    """Seconds until the refused units would be granted."""
