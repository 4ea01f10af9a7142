"""Telemetry: counts of what happened, for whoever watches the house."""

from typing import Protocol

from yett.model.record import Record

__all__ = ["Telemetry"]


class Telemetry(Protocol):
    """Where sealed exchanges are counted."""

    def exchange(self, record: Record) -> None:
        """Count one sealed exchange."""
        ...

    def reload(self, *, well: bool) -> None:
        """Count one attempt to load a changed configuration."""
        ...

    def render(self) -> bytes:
        """Return the counts in Prometheus' text format."""
        ...
