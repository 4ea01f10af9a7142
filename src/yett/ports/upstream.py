"""
Upstream: send a request to a model's provider, get an answer, whole or in pieces.

The destination is the operator's alone: nothing in a request can choose an address or a credential.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Answer", "Outgoing", "Upstream"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it leaves us."""

    path: str
    """Below the upstream's base address, such as `/chat/completions`."""
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers, lower case, from the dialect's allow-list."""


class Answer(Protocol):
    """An answer whose head has arrived. Whoever holds it must close it."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, lower case."""
        ...

    async def read(self) -> bytes:
        """
        Read the whole body.

        Raises:
            UpstreamError: it broke off, or is larger than allowed.
            UpstreamTimeout: it did not come in time.
        """
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it arrives; raises as `read` does."""
        ...

    async def aclose(self) -> None:
        """Let go of the connection; one that is not read to its end is closed, never reused."""
        ...


class Upstream(Protocol):
    """One provider."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    async def open(self, outgoing: Outgoing) -> Answer:
        """
        Send *outgoing* and return when the answer's head is there, whatever its status.

        Raises:
            UpstreamError: it could not be reached.
            UpstreamTimeout: it did not answer in time.
        """
        ...

    async def models(self) -> tuple[str, ...]:
        """List the models that the configuration names for it; patterns are left out."""
        ...

    async def aclose(self) -> None:
        """Let go of every connection."""
        ...
