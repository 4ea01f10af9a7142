"""
What waits to be carried from the journal to the store.

Rules:

1. Only what is on the disk is carried, so that after the loss of power the store never knows more than the journal.
2. An entry is carried at least once: the position is noted after the store has taken it.
3. What is carried may go: whole segments of a chain that goes on, the whole folder of one that has ended. A chain
   with damage stays, for people to look at.
"""

import os
from collections.abc import Callable, Sequence

from yett.adapters.journal import frames
from yett.adapters.journal.folder import ChainFolder, Position
from yett.adapters.journal.recovery import Finished, Start
from yett.model.errors import NotReady
from yett.model.record import Entry

__all__ = ["FolderOutbox", "read_on"]

_CHUNK = 512 * 1024  # how much is read at once; a frame that is longer is read whole


class _Source:
    """A chain to be carried; *position* is how far it has been."""

    def __init__(self, folder: ChainFolder, holding: int, finished: Finished | None = None) -> None:
        self.folder = folder
        self.holding = holding
        self.finished = finished
        self.position = folder.carried() if finished else Position(1, 0)


class FolderOutbox:
    """The entries of the process's own chain, and of those that it took over. It reads files, so call it on a thread."""

    def __init__(self, started: Start, durable: Callable[[], Position]) -> None:
        self._durable = durable
        self._own = _Source(started.writer.folder, started.holding)
        self._sources = [*(_Source(chain.folder, chain.holding, chain) for chain in started.finished), self._own]
        self._ahead: tuple[_Source, Position] | None = None

    @property
    def segment(self) -> int:
        """The first segment of the own chain that still waits."""
        return self._own.position.segment

    def pending(self, limit: int = 256) -> Sequence[Entry]:
        """
        Read the oldest entries that wait, all of one chain; the same ones again until they are carried.

        Raises:
            NotReady: they cannot be read.
        """
        try:
            for source in tuple(self._sources):
                entries, position = read_on(source.folder, source.position, self._end(source), limit)
                if entries:
                    self._ahead = (source, position)
                    return entries
                self._settle(source, position)
        except OSError as problem:
            raise NotReady(f"the journal cannot be read: {problem.strerror or problem}") from problem
        return ()

    def carried(self) -> None:
        """
        Note durably that the store has what `pending` returned last, and remove what is not needed any more.

        Raises:
            NotReady: it cannot be noted; the same entries will be carried again.
        """
        if self._ahead is None:
            return
        source, position = self._ahead
        try:
            source.folder.carry(position)
            if source.finished is None:
                source.folder.forget(position.segment)
            self._settle(source, position)
        except OSError as problem:
            raise NotReady(f"the journal's position cannot be noted: {problem.strerror or problem}") from problem
        self._ahead = None

    def release(self) -> None:
        """Let go of every chain."""
        for source in self._sources:
            os.close(source.holding)
        self._sources = []

    def _end(self, source: _Source) -> Position:
        return source.finished.end if source.finished else self._durable()

    def _settle(self, source: _Source, position: Position) -> None:
        source.position = position
        if source.finished is None or position < source.finished.end:
            return
        if not source.finished.damages:
            source.folder.remove()
        self._sources.remove(source)
        os.close(source.holding)


def read_on(folder: ChainFolder, position: Position, end: Position, limit: int) -> tuple[list[Entry], Position]:
    """Read up to *limit* entries between *position* and *end*; return them and where they end."""
    entries: list[Entry] = []
    while position < end and len(entries) < limit:
        data = _stretch(folder, position, end)
        if data:
            read = _collect(data, folder.chain, entries, limit) or frames.find(data, 1)
            position = Position(position.segment, position.offset + read)
        else:
            position = min(Position(position.segment + 1, 0), end)
    return entries, position


def _stretch(folder: ChainFolder, position: Position, end: Position) -> bytes:
    """Read what follows *position* in its segment: a chunk, or everything if a chunk holds no whole frame."""
    try:
        with folder.segment(position.segment).open("rb") as file:
            size = end.offset if position.segment == end.segment else os.fstat(file.fileno()).st_size
            left = max(size - position.offset, 0)
            file.seek(position.offset)
            data = file.read(min(left, _CHUNK))
            return data if left <= _CHUNK or frames.read(data, 0) else data + file.read(left - len(data))
    except FileNotFoundError:
        return b""


def _collect(data: bytes, chain: str, entries: list[Entry], limit: int) -> int:
    """Add the entries that *data* begins with to *entries*; return how far they reach."""
    at = 0
    while len(entries) < limit and (found := frames.read(data, at)):
        frame, at = found
        if isinstance(frame, Entry):
            entries.append(frame._replace(chain=chain))
    return at
