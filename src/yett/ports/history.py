"""History: what is remembered of the recent exchanges of those who call, as two numbers that fade. It holds no text."""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["History", "Past"]


@dataclass(frozen=True, slots=True)
class Past:
    """What weighs, at one moment, of somebody's exchanges until then."""

    at: float
    """Seconds since some moment of one clock."""
    denials: float = 0.0
    """How many exchanges were denied, each fading."""
    risk: float = 0.0
    """The gravest risk of an exchange, from 0 to 1, each fading."""


class History(Protocol):
    """Where pasts are kept."""

    async def recall(self, key: str) -> Past:
        """Return what weighs now of what was noted for *key*; nothing where nothing was, or where it is forgotten."""
        ...

    async def note(self, key: str, *, denied: bool, risk: float) -> None:
        """Note an exchange that ends now for *key*: whether it was *denied*, and its *risk* from 0 to 1."""
        ...
