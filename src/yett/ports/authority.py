"""
Authority: another policy engine, which must consent beside the local policies.

Rules:

1. It can only refuse: what the local policies deny is never asked, and what they allow passes only when every authority
   allows it, too.
2. What fails, says nothing or says something else than yes or no denies.
3. It is given facts, never texts.
"""

from collections.abc import Mapping
from typing import Protocol

from yett.model.decision import Decision

__all__ = ["Authority"]


class Authority(Protocol):
    """A policy engine that is not ours."""

    @property
    def name(self) -> str:
        """What it is called in records and on the readiness page."""
        ...

    @property
    def mode(self) -> str:
        """What deciding with it is called on the readiness page, such as `OPA`."""
        ...

    @property
    def trouble(self) -> str:
        """Why it could not be relied on when it was looked at last; empty when it could."""
        ...

    async def look(self) -> None:
        """Find out whether it can be relied on; `trouble` tells."""
        ...

    async def decide(self, facts: Mapping[str, object]) -> Decision:
        """Decide by *facts*. Total: whatever goes wrong is a denial."""
        ...
