"""
The compiled patterns, kept between starts.

Compiling every pattern takes a second; loading what was compiled takes a millisecond. What is kept is bound to its rules,
the library and the processor, lies in a folder of the user's own, and is made anew when it does not fit.
"""

import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

from yett.detectors.patterns import revision_of
from yett.detectors.rule import Rule

__all__ = ["PatternCache"]


class PatternCache:
    """A folder with compiled patterns."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use *folder*, or the user's own folder for what can be made anew."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._folder = folder or home / "yett"

    def load(self, rules: Sequence[Rule]) -> bytes:
        """Return what was kept for *rules*; nothing when there is none, or somebody else could have written it."""
        path = self._path(rules)
        try:
            status = path.stat()
            ours = status.st_uid == os.getuid() and not status.st_mode & 0o022
            return path.read_bytes() if ours else b""
        except OSError:
            return b""

    def keep(self, rules: Sequence[Rule], compiled: bytes) -> None:
        """Keep *compiled* for *rules*; a folder that cannot be written only costs time at the next start."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(compiled)
            Path(file.name).chmod(0o600)
            Path(file.name).replace(self._path(rules))

    def _path(self, rules: Sequence[Rule]) -> Path:
        bound = (
            f"{revision_of(rules)}:{version('hyperscan')}:{platform.machine()}:{platform.processor()}:{_abilities()}"
        )
        return self._folder / f"patterns-{sha256(bound.encode()).hexdigest()[:32]}"


def _abilities() -> str:
    """Say what the processor can do, as far as the system tells: compiled patterns depend on it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith("flags")), "")
