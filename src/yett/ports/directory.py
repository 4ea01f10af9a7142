"""Directory: tenants, principals, keys."""

from typing import Protocol

from yett.model.principal import Principal

__all__ = ["Directory"]


class Directory(Protocol):
    """Who is known."""

    async def principal(self, credential: str) -> Principal | None:
        """Return whom *credential* stands for; None, always, for one that is unknown, revoked or expired."""
        ...
