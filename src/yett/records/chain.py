"""
Each record seals the one before.

Rules:

1. A link is SHA-256 over the previous link, the sequence and the body. The first two have a fixed length, so no two
   different inputs look alike.
2. What an entry says beside its body (chain, identifier, time) is an index of the body; where they differ, the entry
   counts as altered.
3. A chain by itself cannot show that its tail was cut off or that all of it was computed anew. The next chain's
   opening can: it names the head that the chain had (`yett.records.opening`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson

from yett.model.record import Entry

__all__ = ["GENESIS", "Break", "Flaw", "link", "verify"]

GENESIS = "0" * 64
"""What the first entry of a chain follows."""


class Flaw(StrEnum):
    """How a chain is broken."""

    ALTERED = "altered"
    """The entry is not what was sealed."""
    MISSING = "missing"
    """The entry is not there."""
    OUT_OF_ORDER = "out of order"
    """The entry is there, in another place."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    flaw: Flaw


def link(previous: str, sequence: int, body: bytes) -> str:
    """Return the link of the entry *sequence* with *body* that follows the link *previous*."""
    return hashlib.sha256(b"%b%016x%b" % (previous.encode(), sequence, body)).hexdigest()


def verify(entries: Iterable[Entry], after: tuple[int, str] = (0, GENESIS)) -> Break | None:
    """
    Find the first break in *entries*, one chain's, or None when it holds.

    Args:
        entries: all that follow *after*, in the order in which they were stored.
        after: the sequence and the link of the last entry that is known to hold.
    """
    sequence, previous = after
    remaining = iter(entries)
    chain = None
    for entry in remaining:
        sequence += 1
        if entry.sequence != sequence:
            return Break(sequence, _absence(sequence, entry, remaining))
        chain = chain or entry.chain
        if entry.chain != chain or entry.link != link(previous, sequence, entry.body) or not _indexed(entry):
            return Break(sequence, Flaw.ALTERED)
        previous = entry.link
    return None


def _absence(sequence: int, found: Entry, remaining: Iterator[Entry]) -> Flaw:
    late = found.sequence < sequence or any(entry.sequence == sequence for entry in remaining)
    return Flaw.OUT_OF_ORDER if late else Flaw.MISSING


def _indexed(entry: Entry) -> bool:
    try:
        body = orjson.loads(entry.body)
    except orjson.JSONDecodeError:
        return False
    if not isinstance(body, Mapping):
        return False
    chain = body.get("chain", entry.chain)
    return (chain, body.get("id"), body.get("at")) == (entry.chain, entry.id, entry.at)
