"""
Begin a chain, and take over those of processes that have ended.

Rules:

1. A chain is taken over only by whoever gets its lock; the lock of a process ends with it.
2. What follows the last whole frame of a chain was never acknowledged, and is cut off. A damaged stretch that whole
   frames follow is another matter: nothing is cut, the chain is kept for people to look at, and the damage is told.
3. An exchange that was admitted and never sealed is handed over, to be sealed as crashed; but not when any of the
   chains that are left has sealed it, as one has when its process died while it took over another.
"""

import errno
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yett.adapters.journal import frames
from yett.adapters.journal.folder import ChainFolder, Position, chain_folders, lock, locked, sync_folder
from yett.adapters.journal.writer import ChainWriter
from yett.model.errors import NotReady
from yett.model.record import Entry
from yett.records.building import crashed, serialise
from yett.records.opening import Head, Opening, write

__all__ = ["Damage", "Finished", "Start", "start"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a segment that is no whole frame, though whole frames follow."""

    chain: str
    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A chain whose process has ended, and which is ours now."""

    folder: ChainFolder
    holding: int
    """The descriptor that holds its lock."""
    end: Position
    head: Head | None
    open: Mapping[str, bytes]
    """The notes of the exchanges that it admitted and did not seal."""
    sealed: frozenset[str]
    damages: tuple[Damage, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A chain that has begun, and those that were taken over for it."""

    writer: ChainWriter
    holding: int
    """The descriptor that holds its lock."""
    finished: tuple[Finished, ...]

    @property
    def damages(self) -> tuple[Damage, ...]:
        """The damage that was met."""
        return tuple(damage for chain in self.finished for damage in chain.damages)


def start(base: Path, now: float, segment_size: int) -> Start:
    """
    Begin a chain below *base*; it is on the disk when this returns.

    Raises:
        NotReady: the folder cannot be used.
    """
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(base), ExitStack() as undo:
            finished = _take_over(base, undo)
            folder, holding = _new_chain(base, now)
            undo.callback(os.close, holding)
            writer = ChainWriter(folder, segment_size)
            undo.callback(writer.close)
            _begin(writer, finished, now)
            undo.pop_all()
            return Start(writer, holding, finished)
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        cure = "make space there" if problem.errno in _FULL else "name a folder that Yett may write"
        raise NotReady(f"`{base}`: the journal cannot begin: {why}; {cure}") from problem


def _take_over(base: Path, undo: ExitStack) -> tuple[Finished, ...]:
    taken = []
    for folder in chain_folders(base):
        holding = lock(folder.lock_path)
        if holding is not None:
            undo.callback(os.close, holding)
            taken.append(_Reading(folder).finished(holding))
    return tuple(taken)


def _new_chain(base: Path, now: float) -> tuple[ChainFolder, int]:
    began = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S.%f")
    folder = ChainFolder(base / f"{began}-{secrets.token_hex(4)}")
    folder.path.mkdir(mode=0o700)
    sync_folder(base)
    holding = lock(folder.lock_path)
    if holding is None:
        raise BlockingIOError(f"the chain `{folder.chain}` is held by another process")
    return folder, holding


def _begin(writer: ChainWriter, finished: Sequence[Finished], now: float) -> None:
    chain = writer.folder.chain
    heads = tuple(done.head for done in finished if done.head and not done.folder.adopted)
    writer.seal(chain, now, write(Opening(chain, now, chain, heads)))
    for exchange, note in _unsealed(finished).items():
        record = crashed(exchange, now, note)
        writer.seal(exchange, record.at, serialise(record))
    writer.flush()()
    for done in finished:  # only now, for should we die before, the next start must do all of it again
        done.folder.adopt()


def _unsealed(finished: Sequence[Finished]) -> dict[str, bytes]:
    sealed = frozenset().union(*(chain.sealed for chain in finished))
    left = (chain.open.items() for chain in finished if not chain.folder.adopted)
    return {exchange: note for notes in left for exchange, note in notes if exchange not in sealed}


class _Reading:
    """A chain while it is read, frame by frame."""

    def __init__(self, folder: ChainFolder) -> None:
        self._folder = folder
        self._end = Position(0, 0)
        self._head: Head | None = None
        self._open: dict[str, bytes] = {}
        self._sealed: set[str] = set()
        self._damages: list[Damage] = []

    def finished(self, holding: int) -> Finished:
        numbers = self._folder.segments()
        for number in numbers:
            self._read(number, last=number == numbers[-1])
        return Finished(
            self._folder, holding, self._end, self._head, self._open, frozenset(self._sealed), tuple(self._damages)
        )

    def _read(self, number: int, *, last: bool) -> None:
        path = self._folder.segment(number)
        data = path.read_bytes()
        whole = 0
        for frame, begin, end in _frames(data):
            self._miss(number, whole, begin)
            self._note(frame)
            whole = end
        if last and whole < len(data):
            os.truncate(path, whole)
        else:
            self._miss(number, whole, len(data))
        self._end = Position(number, whole if last else len(data))

    def _miss(self, number: int, begin: int, end: int) -> None:
        if begin < end:
            self._damages.append(Damage(self._folder.chain, number, begin, end))

    def _note(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Begun(sequence, link):
                self._head = Head(self._folder.chain, sequence, link) if sequence else self._head
            case frames.Admitted(exchange, note):
                self._open[exchange] = note
            case Entry():
                self._head = Head(self._folder.chain, frame.sequence, frame.link)
                self._open.pop(frame.id, None)
                self._sealed.add(frame.id)


def _frames(data: bytes) -> Iterator[tuple[frames.Frame, int, int]]:
    at = 0
    while at < len(data):
        found = frames.read(data, at)
        if found is None:
            at = frames.find(data, at + 1)
        else:
            frame, end = found
            yield frame, at, end
            at = end
