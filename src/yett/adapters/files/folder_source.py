"""A folder of policy files."""

import asyncio
from pathlib import Path

from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.ports.sources import Checkout

__all__ = ["ENDINGS", "LARGEST", "FolderSource", "is_policy"]

ENDINGS = (".yaml", ".yml")
LARGEST = 8 * 1024 * 1024
"""Bytes of one file: as much as a policy may have."""


def is_policy(path: str) -> bool:
    """Say whether *path* is that of a policy file: YAML, no suite of tests, and nothing hidden."""
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    hidden = any(step.startswith(".") for step in path.split("/"))
    return bool(stem) and f".{ending}" in ENDINGS and not stem.endswith("_test") and not hidden


class FolderSource:
    """A `Source` that is a folder, with all that is below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self._folder)

    async def read(self) -> Checkout:
        """
        Read what is there now.

        Raises:
            NotReady: a file cannot be read.
            OperatorError: there is no such folder, or a file is not UTF-8, too large, or a link that leads out of it.
        """
        return await asyncio.to_thread(self._read)

    def _read(self) -> Checkout:
        if not self._folder.is_dir():
            problem = Problem(Place(self.name), "no-source", "there is no such folder", "name one that exists")
            raise OperatorError(problem)
        files = {}
        try:
            for file in sorted(self._folder.rglob("*")):
                path = file.relative_to(self._folder).as_posix()
                if is_policy(path) and file.is_file():
                    files[path] = self._text(file)
        except OSError as error:  # what is found may be gone, or locked away, by the time that it is read
            why = (error.strerror or "unreadable").lower()
            raise NotReady(f"`{error.filename or self._folder}` cannot be read: {why}") from None
        return Checkout(files)

    def _text(self, file: Path) -> str:
        # Links within it are how Kubernetes mounts a folder of files; one that leads out may lead to anything.
        if not file.resolve().is_relative_to(self._folder.resolve()):
            raise _wrong(file, "unreadable-file", "is a link that leads out of the folder", "put the file itself there")
        return _read(file)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise _wrong(file, "too-large", f"is larger than {LARGEST} bytes", "split it")
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(file, "encoding", "is not UTF-8", "save the file as UTF-8") from None


def _wrong(file: Path, code: str, message: str, hint: str) -> OperatorError:
    return OperatorError(Problem(Place(str(file)), code, message, hint))
