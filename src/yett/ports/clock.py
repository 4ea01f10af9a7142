"""Clock: what time it is. Time is a fact that is handed in, so that tests and replays can say it."""

from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """Two clocks in one."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment, never going back; for durations."""
        ...
