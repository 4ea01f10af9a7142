"""
Watch: the time that one inspection spends, detector by detector.

Who reads keeps no time; it says when it begins and when it ends, and is told what to make of it.
"""

from typing import Protocol

__all__ = ["Watch"]


class Watch(Protocol):
    """One inspection's time."""

    def begins(self, name: str) -> str:
        """Note that the detector *name* begins to read; return why it must not, or nothing."""
        ...

    def ends(self, name: str) -> str:
        """Note that the detector *name* has read; return why that was not in time, or nothing."""
        ...
