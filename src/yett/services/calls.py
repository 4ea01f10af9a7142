"""Call and Reply: what a door hands in, and what it gets back, whatever the protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

from yett.model.refusal import Refusal
from yett.model.verdict import Verdict

__all__ = ["Call", "Pieces", "Reply", "Streamed"]

_NONE: Mapping[str, str] = MappingProxyType({})


class Pieces(Protocol):
    """Bytes, as they come."""

    def __aiter__(self) -> Self:
        """Iterate over them."""
        ...

    async def __anext__(self) -> bytes:
        """Return the next."""
        ...

    async def aclose(self) -> None:
        """Let go of everything that they need."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a door understood it."""

    id: str
    """The request's identifier: the caller's own, or a fresh one."""
    dialect: str
    """The operation of the dialect that its path speaks, such as `openai.chat`."""
    body: bytes
    credential: str | None = None
    client: str = ""
    """The caller's network address."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else the door knows, such as the address it came from."""


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = _NONE
    refusal: Refusal | None = None
    """Why it is no answer, where it is none."""
    verdicts: tuple[Verdict, ...] = ()
    """What was decided on the way."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer in pieces. Whoever holds it must close the pieces, read to their end or not."""

    pieces: Pieces
    headers: Mapping[str, str] = field(default_factory=dict)
