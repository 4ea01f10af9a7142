"""
A chain as it is written: segments, one after the other, without waiting for the disk.

Rules:

1. What cannot be written raises `NotReady` and leaves no trace; writing goes on when there is space again.
2. An exchange is admitted at most once and sealed at most once. A second time is a mistake of ours and raises, for the
   record that was first sealed must not be replaced, and the second must not be dropped in silence.
3. Every segment stands for itself: it begins with the chain's head and with the exchanges that are still open, so that
   a segment may go once its entries are in the store.
"""

from collections import OrderedDict
from dataclasses import dataclass

from yett.adapters.journal import frames
from yett.adapters.journal.folder import ChainFolder, Position, sync_folder
from yett.adapters.journal.segment import Segment
from yett.model.errors import NotReady, YettError
from yett.model.record import Entry
from yett.records.chain import GENESIS, link

__all__ = ["ChainWriter", "Flush"]

_REMEMBERED = 4096  # sealed exchanges whose second seal is noticed; those in flight are always known


@dataclass(frozen=True, slots=True)
class Flush:
    """What it takes to bring everything written so far to the disk."""

    reached: Position
    """Where the chain ended when the flush was asked for."""
    segment: Segment
    retired: tuple[Segment, ...]
    folder: ChainFolder

    def __call__(self) -> None:
        """Do it; this waits for the disk."""
        for old in self.retired:
            old.sync()
            old.close()
        self.segment.sync()
        if self.retired or self.reached.segment == 1:
            sync_folder(self.folder.path)


class ChainWriter:
    """One chain, in a folder that is ours."""

    def __init__(self, folder: ChainFolder, segment_size: int) -> None:
        self.folder = folder
        self._segment_size = segment_size
        self.trouble = ""
        """Why the last frame could not be written; empty when it was."""
        self.segment = 1
        """The number of the segment that is written."""
        self._sequence, self._link = 0, GENESIS
        self._open: dict[str, bytes] = {}
        self._sealed: OrderedDict[str, None] = OrderedDict()
        self._retired: list[Segment] = []
        self._file = self._begun(1)

    @property
    def reached(self) -> Position:
        """Where the chain ends now."""
        return Position(self.segment, self._file.size)

    def admit(self, id: str, note: bytes) -> None:
        """Write that exchange *id* has begun."""
        if id in self._open or id in self._sealed:
            raise YettError(f"exchange `{id}` is admitted already")
        self._append(frames.admitted(id, note))
        self._open[id] = note

    def seal(self, id: str, at: float, body: bytes) -> None:
        """Write the record *body* of exchange *id*, as the chain's next entry."""
        if id in self._sealed:
            raise YettError(f"exchange `{id}` is sealed already")
        sequence = self._sequence + 1
        entry = Entry(self.folder.chain, sequence, id, at, body, link(self._link, sequence, body))
        self._append(frames.sealed(entry))
        self._sequence, self._link = sequence, entry.link
        self._open.pop(id, None)
        self._sealed[id] = None
        if len(self._sealed) > _REMEMBERED:
            self._sealed.popitem(last=False)

    def flush(self) -> Flush:
        """Return what brings to the disk all that is written now."""
        retired, self._retired = self._retired, []
        return Flush(self.reached, self._file, tuple(retired), self.folder)

    def close(self) -> None:
        """Let go of the files."""
        for segment in (*self._retired, self._file):
            segment.close()
        self._retired = []

    def _append(self, frame: bytes) -> None:
        try:
            if self._file.size >= self._segment_size:
                self._rotate()
            self._file.append(frame)
        except OSError as problem:
            self.trouble = f"the journal cannot be written: {(problem.strerror or str(problem)).lower()}"
            raise NotReady(self.trouble) from problem
        self.trouble = ""

    def _rotate(self) -> None:
        self._file.repair()
        fresh = self._begun(self.segment + 1)
        self._retired.append(self._file)
        self._file = fresh
        self.segment += 1

    def _begun(self, number: int) -> Segment:
        segment = Segment(self.folder.segment(number))
        still_open = (frames.admitted(exchange, note) for exchange, note in self._open.items())
        try:
            segment.append(frames.begun(self._sequence, self._link) + b"".join(still_open))
        except OSError:
            segment.close()
            segment.path.unlink()
            raise
        return segment
