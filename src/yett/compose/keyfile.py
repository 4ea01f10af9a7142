"""
The house's own key: what digests in records are made with.

It is made at the first start and kept beside the records, readable by their owner alone. Whoever has it can try out
whether a person or a short text stands behind a digest; so it is no part of a backup that leaves the house.
"""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from yett.model.errors import OperatorError, Place, Problem

__all__ = ["house_key"]

_SIZE = 32
_NAME = "house.key"


def house_key(folder: Path) -> bytes:
    """
    Return the key in *folder*, made if there is none.

    Raises:
        OperatorError: the folder cannot be used, or what stands there is no key.
    """
    path = folder / _NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        why = (error.strerror or "cannot be used").lower()
        problem = Problem(
            Place(str(path)),
            "unusable-folder",
            f"`records.path` cannot be used: {why}",
            "name a folder that Yett may write",
        )
        raise OperatorError(problem) from None
    if len(key) != _SIZE:
        problem = Problem(
            Place(str(path)),
            "bad-key",
            f"holds {len(key)} bytes, and a key has {_SIZE}",
            "restore it, or move it away to begin anew",
        )
        raise OperatorError(problem)
    return key


def _make(path: Path) -> None:
    """Make a key at *path*: all of it or nothing, and never in the place of one that is there."""
    fresh = path.with_name(f"{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(token_bytes(_SIZE))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # whoever comes second takes the first one's
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
