"""The trail in memory, for tests and for whoever wants none on a disk."""

from collections.abc import Sequence
from itertools import islice

from yett.model.record import Entry

__all__ = ["MemoryRecords"]


class MemoryRecords:
    """A `RecordStore` that ends with its process, and grows until then."""

    def __init__(self) -> None:
        self._chains: dict[str, dict[int, Entry]] = {}

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store *entries*; those already stored are left as they are."""
        for entry in entries:
            self._chains.setdefault(entry.chain, {}).setdefault(entry.sequence, entry)

    async def chains(self) -> Sequence[str]:
        """List the chains, in the order in which they began."""
        return sorted(self._chains, key=lambda chain: (self._sorted(chain)[0].at, chain))

    async def read(self, chain: str, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Read entries of *chain* that follow sequence *after*, in order."""
        return list(islice((entry for entry in self._sorted(chain) if entry.sequence > after), limit))

    async def latest(self, limit: int = 100) -> Sequence[Entry]:
        """Read the newest entries, newest first."""
        entries = (entry for chain in self._chains.values() for entry in chain.values())
        newest = sorted(entries, key=lambda entry: (entry.at, entry.chain, entry.sequence), reverse=True)
        return newest[:limit]

    def _sorted(self, chain: str) -> list[Entry]:
        return [entry for _, entry in sorted(self._chains.get(chain, {}).items())]
