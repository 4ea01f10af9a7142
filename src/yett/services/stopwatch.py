"""
Stopwatch: how long each detector has taken in one inspection, and what becomes of one that takes too long.

A detector's budget is for the whole of an inspection: many short texts together may not take longer than one long one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from yett.guard.detection import DEADLINE

__all__ = ["Deadlines", "Reading", "Stopwatch"]

_NOTHING: Mapping[str, float] = MappingProxyType({})
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long an inspection may take, in seconds, and each detector in it."""

    inspection: float = 10.0
    each: float = 5.0
    """What a detector may take that has no budget of its own."""
    own: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    """By detector."""

    def of(self, name: str) -> float:
        """Return the budget of the detector *name*."""
        return self.own.get(name, self.each)

    @property
    def shortest(self) -> float:
        """The least that anybody may take."""
        return min(self.each, *self.own.values(), self.inspection)


class Reading(NamedTuple):
    """Who reads just now."""

    name: str
    until: float
    """When that is no longer in time."""


class Stopwatch:
    """One inspection's time. Who reads and who looks on may be in two threads."""

    __slots__ = ("_spent", "barred", "deadlines", "given_up", "late", "reading")

    def __init__(self, deadlines: Deadlines, barred: Mapping[str, str] = _NOBODY) -> None:
        """Hold detectors to *deadlines*; those that are *barred* do not read at all, for the reason that stands there."""
        self.deadlines = deadlines
        self.barred = barred
        self._spent: dict[str, float] = {}
        self.reading: Reading | None = None
        self.late = False
        """Whether somebody has taken too long."""
        self.given_up = False
        """Whether nobody waits for this inspection any more; then no detector begins."""

    def begins(self, name: str) -> str:
        """Note that the detector *name* begins to read; return why it must not, or nothing."""
        if self.given_up:
            return DEADLINE
        if name in self.barred:
            return self.barred[name]
        left = self.deadlines.of(name) - self._spent.get(name, 0.0)
        if left <= 0:
            return DEADLINE
        self.reading = Reading(name, monotonic() + left)
        return ""

    def ends(self, name: str) -> str:
        """Note that the detector *name* has read; return why that was not in time, or nothing."""
        if self.reading is None:
            return ""
        left = self.reading.until - monotonic()
        self.reading = None
        self._spent[name] = self.deadlines.of(name) - left
        if left >= 0:
            return ""
        self.late = True
        return DEADLINE
