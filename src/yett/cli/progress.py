"""Progress: a count on the terminal, where something takes more than a second."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

__all__ = ["Progress"]

_PATIENCE = 1.0  # seconds until it is said that something is going on
_RHYTHM = 0.1  # seconds between two counts

_WIDTH = 24


class Progress:
    """Counts what is done, for those who watch; nothing is written where nobody does."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        """Count *what*, such as `entries`; where `whole` is set, the part of it that is done is drawn."""
        self.whole = 0
        self._what = what
        self._stream = stream or sys.stderr
        self._next = time.monotonic() + _PATIENCE
        self._count = 0
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def add(self, count: int) -> None:
        """Say that *count* more are done."""
        self._count += count
        if time.monotonic() >= self._next and self._stream.isatty():
            self._shown = True
            self._next = time.monotonic() + _RHYTHM
            self._stream.write(f"\r{self._bar()}{self._count:,} {self._what}")
            self._stream.flush()

    def _bar(self) -> str:
        if not self.whole:
            return ""
        part = min(self._count / self.whole, 1.0)
        return f"{'#' * int(part * _WIDTH):.<{_WIDTH}} {part:4.0%} "

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._shown:
            self._stream.write("\r\033[K")
            self._stream.flush()
