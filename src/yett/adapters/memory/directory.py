"""
A directory that the configuration states: credentials and whom they stand for.

Rules:

1. No credential is kept, only its keyed digest; so what is looked up says nothing about how near a guess came.
2. What nobody registered is unknown, always. The development token exists only where the operator asked for it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yett.identity.api_keys import digesting
from yett.model.principal import Principal
from yett.ports.clock import Clock

__all__ = ["DEVELOPMENT_TOKEN", "Holder", "MemoryDirectory"]

DEVELOPMENT_TOKEN = "dev-token"  # noqa: S105 - public, and worthless outside development mode
"""What development mode accepts as a credential."""

_NOBODY: Mapping[str, "Holder"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a credential stands for, and until when."""

    principal: Principal
    expires: float = math.inf
    """Seconds since 1970-01-01 UTC."""


class MemoryDirectory:
    """
    A `Directory` on *holders*, by the digests of their credentials under *pepper*.

    Args:
        clock: says which credentials have expired.
        pepper: the key of the digests, as handed to `yett.identity.api_keys.digest`.
        holders: the registered credentials.
        developer: whom the development token stands for; None outside development mode.
    """

    def __init__(
        self,
        clock: Clock,
        pepper: bytes,
        holders: Mapping[str, Holder] = _NOBODY,
        developer: Principal | None = None,
    ) -> None:
        self._clock = clock
        self._digest = digesting(pepper)
        token = {self._digest(DEVELOPMENT_TOKEN): Holder(developer)} if developer else {}
        self._holders = {**holders, **token}

    async def principal(self, credential: str) -> Principal | None:
        """Return whom *credential* stands for; None, always, for one that is unknown or expired."""
        holder = self._holders.get(self._digest(credential))
        if holder is None or holder.expires <= self._clock.now():
            return None
        return holder.principal
