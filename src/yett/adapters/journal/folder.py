"""
The journal's folder: one folder for each chain, whoever holds its lock owns it.

    journal/
      lock                         held while chains are taken over
      20260131T120000.000001-9f3a/
        lock                       held by the process that writes the chain, or took it over
        000001.journal …           its segments
        adopted                    its unsealed exchanges are sealed in another chain
        carried                    how far its entries are in the store
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

__all__ = ["ChainFolder", "Position", "chain_folders", "lock", "locked", "sync_folder"]

_SUFFIX = ".journal"
_CHAINS = "[0-9]*T[0-9]*-*"  # nothing else that lies there is touched


class Position(NamedTuple):
    """A place in a chain: *offset* bytes into *segment*."""

    segment: int
    offset: int


@dataclass(frozen=True, slots=True)
class ChainFolder:
    """Where one chain lies."""

    path: Path

    @property
    def chain(self) -> str:
        """The chain's identifier."""
        return self.path.name

    @property
    def lock_path(self) -> Path:
        """The file whose lock makes an owner."""
        return self.path / "lock"

    @property
    def adopted(self) -> bool:
        """Whether another chain has sealed what this one left unsealed."""
        return (self.path / "adopted").exists()

    def segment(self, number: int) -> Path:
        """Return the path of segment *number*."""
        return self.path / f"{number:06}{_SUFFIX}"

    def segments(self) -> list[int]:
        """List the numbers of the segments that are there, in order."""
        return sorted(int(path.stem) for path in self.path.glob(f"*{_SUFFIX}") if path.stem.isdigit())

    def adopt(self) -> None:
        """Note durably that another chain has sealed what this one left unsealed."""
        (self.path / "adopted").touch(mode=0o600)
        sync_folder(self.path)

    def carried(self) -> Position:
        """Return how far the entries are in the store."""
        with suppress(FileNotFoundError, ValueError, TypeError):
            return Position(*orjson.loads((self.path / "carried").read_bytes()))
        return Position(0, 0)

    def carry(self, position: Position) -> None:
        """Note durably that the entries up to *position* are in the store."""
        fresh = self.path / "carried.new"
        with fresh.open("wb") as file:
            file.write(orjson.dumps(list(position)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / "carried")
        sync_folder(self.path)

    def forget(self, before: int) -> None:
        """Remove the segments below number *before*."""
        for number in self.segments():
            if number < before:
                self.segment(number).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the chain's files, its segments first, and its folder unless somebody keeps something else in it."""
        with locked(self.path.parent):
            self.forget(before=sys.maxsize)
            for name in ("carried", "carried.new", "adopted", "lock"):
                (self.path / name).unlink(missing_ok=True)
            with suppress(OSError):
                self.path.rmdir()


def chain_folders(base: Path) -> list[ChainFolder]:
    """List the chains' folders below *base*, the oldest first."""
    return [ChainFolder(path) for path in sorted(base.glob(_CHAINS)) if path.is_dir()]


def lock(path: Path, *, wait: bool = False) -> int | None:
    """Lock the file *path*; return what holds the lock until it is closed, or None when another one holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(base: Path) -> Iterator[None]:
    """Be the only one who takes over chains below *base*."""
    descriptor = lock(base / "lock", wait=True)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in the folder *path* durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
