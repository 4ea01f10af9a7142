"""Policies in memory: for tests, and for a gateway that keeps nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yett.model.release import Bundle, Release

__all__ = ["MemoryPolicies"]


class MemoryPolicies:
    """A `PolicyStore` that lasts as long as the process."""

    def __init__(self) -> None:
        self._bundles: dict[str, Bundle] = {}
        self._releases: dict[str, list[Release]] = {}

    async def keep(self, bundle: Bundle) -> None:
        """Keep *bundle*; one of that digest that is there already stays, with the newest signature."""
        there = self._bundles.setdefault(bundle.digest, bundle)
        if bundle.signature:
            self._bundles[bundle.digest] = replace(there, signer=bundle.signer, signature=bundle.signature)

    async def bundle(self, digest: str) -> Bundle | None:
        """Return the bundle of that *digest*."""
        return self._bundles.get(digest)

    async def release(self, release: Release) -> bool:
        """Note *release*; False, and nothing noted, when its number is taken or leaves a gap."""
        noted = self._releases.setdefault(release.namespace, [])
        if release.number != len(noted) + 1:
            return False
        noted.append(release)
        return True

    async def releases(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""
        return self._releases.get(namespace, [])[::-1][:limit]

    async def newest(self) -> Mapping[str, int]:
        """Return the number of the newest release by namespace."""
        return {namespace: len(noted) for namespace, noted in self._releases.items() if noted}
