"""
The compiled patterns, kept between starts.

Compiling every pattern takes seconds; loading what was compiled takes a millisecond. What is kept is bound to its rules,
the library and the processor, lies in a folder of the user's own, and is made anew when it does not fit.
"""

import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import NamedTemporaryFile

from yett.detectors.patterns import revision_of
from yett.detectors.rule import Rule

__all__ = ["PatternCache"]


class PatternCache:
    """A folder with compiled patterns."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use *folder*, or the user's own folder for what can be made anew."""
        self._folder = folder or _own_folder()

    def load(self, rules: Sequence[Rule]) -> bytes:
        """Return what was kept for *rules*; nothing when there is none, or somebody else could have written it."""
        try:
            with self._path(rules).open("rb") as file:
                status = os.fstat(file.fileno())
                ours = status.st_uid == os.getuid() and not status.st_mode & 0o022
                return file.read() if ours else b""
        except OSError:
            return b""

    def keep(self, rules: Sequence[Rule], compiled: bytes) -> None:
        """Keep *compiled* for *rules*; a folder that cannot be written only costs time at the next start."""
        with suppress(OSError):
            path = self._path(rules)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as file:  # readable by its owner alone
                fresh = Path(file.name)
                try:
                    file.write(compiled)
                    file.flush()
                    fresh.replace(path)
                finally:
                    fresh.unlink(missing_ok=True)

    def _path(self, rules: Sequence[Rule]) -> Path:
        """Say where what is compiled of *rules* lies; for a user without a home, nowhere."""
        if self._folder is None:
            raise FileNotFoundError
        bound = f"{revision_of(rules)}:{_library()}:{platform.machine()}:{platform.processor()}:{_abilities()}"
        return self._folder / f"patterns-{sha256(bound.encode()).hexdigest()[:32]}"


def _own_folder() -> Path | None:
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "yett"
    try:
        return Path.home() / ".cache" / "yett"
    except RuntimeError:  # containers run under numbers that no user has
        return None


def _library() -> str:
    try:
        return version("hyperscan")
    except PackageNotFoundError:
        return ""


def _abilities() -> str:
    """Say what the processor can do, as far as the system tells: compiled patterns depend on it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
