"""Pausing: the garbage collector is held back while much is built that will stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """
    Keep the collector from looking again and again at what is being built; it costs as much as the building.

    Another thread that pauses it as well may let it go on earlier, which costs time and nothing else.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
