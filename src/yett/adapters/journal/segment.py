"""
One segment: a file to which whole frames are appended.

Rules:

1. What `append` has returned for is with the operating system, so it survives the end of the process.
2. A frame that could be written only in part is cut off again before the next one is written. So a full disk leaves
   no damage, and the file goes on as soon as there is space.
"""

import os
from pathlib import Path

__all__ = ["Segment"]

_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class Segment:
    """A file that only grows."""

    __slots__ = ("_descriptor", "_torn", "path", "size")

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        self._torn = False
        self.path = path
        self.size = 0
        """The bytes of whole frames."""

    def append(self, frame: bytes) -> None:
        """
        Write *frame*, all of it.

        Raises:
            OSError: it could not be written; it is as if nobody had tried.
        """
        if self._torn:
            self.repair()
        try:
            written = os.write(self._descriptor, frame)
            while written < len(frame):
                written += os.write(self._descriptor, frame[written:])
        except OSError:
            self._torn = True
            raise
        self.size += len(frame)

    def repair(self) -> None:
        """Cut off what was written of a frame that could not be written whole."""
        if self._torn:
            os.ftruncate(self._descriptor, self.size)
            self._torn = False

    def sync(self) -> None:
        """Make what was appended durable."""
        _sync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)
