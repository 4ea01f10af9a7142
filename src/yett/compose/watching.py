"""
Watching: a changed configuration or policy file takes effect without a restart.

A change is built beside what is in force and swapped in when it stands. One that does not stand changes nothing but the
log, the readiness page and a count; the files that it names and that are wrong are watched, too, until it stands.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from yett.compose.loading import Loaded
from yett.model.errors import OperatorError, YettError
from yett.ports.telemetry import Telemetry
from yett.services.snapshots import Snapshots

__all__ = ["PAUSE", "Watcher", "watched_files"]

_LOG = logging.getLogger("yett.reload")
PAUSE = 0.5
"""Seconds between two looks at the files: a stat call for each."""

_Stamp = tuple[tuple[str, int, int, int], ...]


class Watcher:
    """Has the configuration reloaded when files have changed."""

    def __init__(
        self, snapshots: Snapshots, telemetry: Telemetry, reload: Callable[[], Awaitable[Loaded]], first: Loaded
    ) -> None:
        """Call *reload*, which swaps, when a file that *first*, or what came after it, names has changed."""
        self._snapshots = snapshots
        self._telemetry = telemetry
        self._reload = reload
        self._watched = watched_files(first)
        self._stamp = _stamp(self._watched)

    async def look(self) -> bool:
        """Look once; say whether something had changed."""
        stamp = _stamp(self._watched)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            loaded = await self._reload()
        except YettError as error:
            self._watch((*self._watched, *_accused(error)))
            self._snapshots.failure = str(error)
            self._telemetry.reload(well=False)
            _LOG.error("the changed configuration was refused, the running one stays:\n%s", error)
            return True
        self._watch(watched_files(loaded))
        self._snapshots.failure = ""
        self._telemetry.reload(well=True)
        _LOG.info("configuration %s is in force", self._snapshots.current.revision[:12])
        return True

    def _watch(self, files: Iterable[Path]) -> None:
        """Watch *files* from now on; one that changed while it was read was seen before, so it is read again."""
        seen = {each[0]: each for each in self._stamp}
        self._watched = tuple(dict.fromkeys(files))
        self._stamp = tuple(seen.get(str(file)) or _stamped(file) for file in self._watched)


def watched_files(loaded: Loaded) -> tuple[Path, ...]:
    """Name the files that a configuration is made of."""
    settings = loaded.settings
    security = settings.security
    feeds = tuple(feed.path for feed in security.threat_feeds)
    rego = settings.policies.rego.files if settings.policies.rego else ()
    named = (*settings.policies.files, *rego, *security.banned_terms.files, *security.pii_protection.custom, *feeds)
    return (loaded.file, *named) if loaded.file else named


def _accused(error: YettError) -> tuple[Path, ...]:
    """Name the files in which *error* lies."""
    return tuple(Path(problem.place.file) for problem in error.problems) if isinstance(error, OperatorError) else ()


def _stamp(files: Iterable[Path]) -> _Stamp:
    return tuple(_stamped(file) for file in files)


def _stamped(file: Path) -> tuple[str, int, int, int]:
    try:
        status = file.stat()
    except OSError:
        return (str(file), 0, 0, 0)
    return (str(file), status.st_mtime_ns, status.st_size, status.st_ino)
