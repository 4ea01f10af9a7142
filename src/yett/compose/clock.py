"""SystemClock: the machine's own clocks."""

import time

__all__ = ["SystemClock"]


class SystemClock:
    """What time it is here."""

    now = staticmethod(time.time)
    """Seconds since 1970-01-01 UTC."""

    elapsed = staticmethod(time.perf_counter)
    """Seconds since some moment, never going back."""
