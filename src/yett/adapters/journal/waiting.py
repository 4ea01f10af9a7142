"""
What has not been carried yet, for whoever reads the trail and owns nothing of it.

Rules:

1. Nothing is locked and nothing is written, so that a journal can be read while a gateway writes it.
2. What is read ends where the journal ended in the beginning. Whatever is torn there stays out of sight, even when its
   writer completes it meanwhile.
3. What is carried meanwhile may be gone; it is in the store then.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from yett.adapters.journal.folder import ChainFolder, Position, chain_folders
from yett.adapters.journal.outbox import read_on
from yett.model.errors import NotReady
from yett.model.record import Entry

__all__ = ["WaitingEntries"]

_BATCH = 512


class WaitingEntries:
    """The entries below *base* that wait to be carried. It reads files, so call it on a thread, one call at a time."""

    def __init__(self, base: Path) -> None:
        """
        Take note of what there is.

        Raises:
            NotReady: the journal cannot be read.
        """
        try:
            self._tails = {folder.chain: _Tail(folder) for folder in chain_folders(base)}
        except OSError as problem:
            raise _unreadable(problem) from problem

    def chains(self) -> Sequence[str]:
        """
        List the chains of which something waits, the oldest first.

        Raises:
            NotReady: the journal cannot be read.
        """
        return [chain for chain in self._tails if self.read(chain)]

    def read(self, chain: str, after: int = 0) -> Sequence[Entry]:
        """
        Read some of the entries of *chain* that wait and follow sequence *after*, in order; none when there are none.

        Raises:
            NotReady: the journal cannot be read.
        """
        tail = self._tails.get(chain)
        if tail is None:
            return ()
        try:
            if tail.sequence > after:
                tail.rewind()
            while entries := tail.next():
                if entries[-1].sequence > after:
                    return [entry for entry in entries if entry.sequence > after]
        except OSError as problem:
            raise _unreadable(problem) from problem
        return ()


class _Tail:
    """What waits of one chain."""

    def __init__(self, folder: ChainFolder) -> None:
        self._folder = folder
        self._end = Position(0, 0)
        numbers = folder.segments()
        with suppress(FileNotFoundError):
            self._end = Position(numbers[-1], folder.segment(numbers[-1]).stat().st_size) if numbers else self._end
        self.rewind()

    def rewind(self) -> None:
        """Begin again."""
        self.sequence = 0
        self._position = self._folder.carried()

    def next(self) -> Sequence[Entry]:
        """Read on."""
        entries, self._position = read_on(self._folder, self._position, self._end, _BATCH)
        self.sequence = entries[-1].sequence if entries else self.sequence
        return entries


def _unreadable(problem: OSError) -> NotReady:
    return NotReady(f"the journal cannot be read: {problem.strerror or problem}")
