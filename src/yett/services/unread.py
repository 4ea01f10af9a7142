"""
Unread: what decides while nobody knows which policies are published.

A gateway that could not read its policy store, and has no copy that holds of what was in force, cannot tell what is forbidden
there. So it lets nothing pass, and is not ready, until it knows.
"""

from collections.abc import Mapping
from dataclasses import replace

from yett.model.decision import Decision, Effect, Reason
from yett.services.health import LOCAL
from yett.services.snapshots import Snapshot

__all__ = ["Unread", "opened", "withheld"]


class Unread:
    """An `Authority` that denies."""

    name = "releases"
    mode = LOCAL
    trouble = "which policies are published is not known yet"

    async def look(self) -> None:
        """Find nothing out: who reads the store puts another snapshot in force."""

    async def decide(self, facts: Mapping[str, object]) -> Decision:
        """Deny, whatever the *facts* are."""
        del facts
        return Decision(
            allowed=False, effect=Effect.DENY, reasons=(Reason(self.name, "", "unread", Effect.DENY, self.trouble),)
        )


def withheld(snapshot: Snapshot) -> Snapshot:
    """Return *snapshot* as one that lets nothing pass."""
    return replace(snapshot, authorities=(*snapshot.authorities, Unread()), canaries=())


def opened(snapshot: Snapshot) -> Snapshot:
    """Return *snapshot* as it was before it was `withheld`."""
    return replace(snapshot, authorities=tuple(each for each in snapshot.authorities if not isinstance(each, Unread)))
