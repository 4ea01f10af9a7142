"""
Opening: how a chain begins.

A journal begins a new chain whenever it starts. The first entry of each names the heads of the chains that were found
finished then, so that a chain whose tail was cut off, or that is gone altogether, is missed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import orjson

__all__ = ["Head", "Opening", "missed", "read", "write"]


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: where it ends."""

    chain: str
    sequence: int
    link: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The first entry of *chain*."""

    id: str
    at: float
    chain: str
    previous: tuple[Head, ...] = ()
    """The heads of the chains that were found finished."""


def write(opening: Opening) -> bytes:
    """Return *opening* as canonical JSON."""
    return orjson.dumps({"format": 1, "kind": "opening", **asdict(opening)})


def read(body: bytes) -> Opening | None:
    """Read an opening back; None when *body* is something else, such as a record."""
    fields = orjson.loads(body)
    if not isinstance(fields, Mapping) or fields.get("kind") != "opening":
        return None
    previous = tuple(Head(**head) for head in fields["previous"])
    return Opening(fields["id"], fields["at"], fields["chain"], previous)


def missed(openings: Iterable[Opening], heads: Mapping[str, Head]) -> tuple[Head, ...]:
    """Return the heads that *openings* name and that the chains, whose last entries are *heads*, do not end in."""
    return tuple(head for opening in openings for head in opening.previous if heads.get(head.chain) != head)
