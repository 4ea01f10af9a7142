"""PolicyStore: bundles of policies, and the releases that put them in force."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from yett.model.release import Bundle, Release

__all__ = ["PolicyStore"]


class PolicyStore(Protocol):
    """Where policies are published. Every call raises `NotReady` when the store cannot be reached."""

    async def keep(self, bundle: Bundle) -> None:
        """Keep *bundle*; one of that digest that is there already stays, with the newest signature."""
        ...

    async def bundle(self, digest: str) -> Bundle | None:
        """Return the bundle of that *digest*."""
        ...

    async def release(self, release: Release) -> bool:
        """Note *release*; False, and nothing noted, when its number is taken or leaves a gap."""
        ...

    async def releases(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""
        ...

    async def newest(self) -> Mapping[str, int]:
        """Return the number of the newest release by namespace; cheap, to be asked often."""
        ...
