"""Health: live, ready, and why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yett.services.snapshots import Snapshots

__all__ = ["LOCAL", "Health", "Readiness"]

LOCAL = "LOCAL"
"""What deciding in this process is called."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether exchanges can take place, and what was looked at to say so."""

    ready: bool
    mode: str
    """`LOCAL` where policy is decided in this process alone, `OPA` where Open Policy Agent must consent."""
    checks: Mapping[str, str]
    """By name, `ok` or what is wrong."""


class Health:
    """The doctor on duty."""

    def __init__(self, snapshots: Snapshots) -> None:
        """Watch over *snapshots*."""
        self._snapshots = snapshots
        self.watched: dict[str, Callable[[], str]] = {}
        """What else is told, by name: each says what is wrong, or nothing. None of it stops the serving."""
        self.draining = False
        """Whether the house has been told to stop."""

    def readiness(self) -> Readiness:
        """Say whether exchanges can take place now."""
        snapshot = self._snapshots.current
        blocking = {
            "serving": "draining" if self.draining else "ok",
            "upstreams": "ok" if snapshot.routes.routes else "none is configured",
            **{authority.name: authority.trouble or "ok" for authority in snapshot.authorities},
        }
        checks = {
            **blocking,
            "configuration": f"kept {snapshot.revision[:12]}: {self._snapshots.failure}"
            if self._snapshots.failure
            else "ok",
            "policies": ", ".join(snapshot.policies) or "none",
            **{name: trouble() or "ok" for name, trouble in self.watched.items()},
        }
        elsewhere = (authority.mode for authority in snapshot.authorities if authority.mode != LOCAL)
        return Readiness(all(state == "ok" for state in blocking.values()), next(elsewhere, LOCAL), checks)
