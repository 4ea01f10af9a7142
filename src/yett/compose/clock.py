"""SystemClock: the machine's own clocks."""

import time

__all__ = ["SystemClock"]


class SystemClock:
    """What time it is here."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since some moment, never going back."""
        return time.perf_counter()
