"""
Renewal: the snapshot in force is made anew when the configuration changes or something is released.

Rules:

1. It is made of both, and of the newest of each. One is made at a time: two made side by side would each leave out what
   the other brought, and the one that came last would undo the other.
2. What cannot be made changes nothing.
3. Until it is known what is published, from the store or from what was kept, nothing passes.
4. Only what is signed as the configuration wants it is in force, whichever of the two came first.
"""

import asyncio

from yett.compose.feeds import remember_feeds
from yett.compose.loading import Loaded, SettingsSource
from yett.compose.published import keep_copy, kept_copy
from yett.compose.publishing import believed
from yett.compose.settings import Settings
from yett.compose.snapshot import Builder
from yett.model.errors import OperatorError
from yett.services.following import Published
from yett.services.snapshots import Snapshot, Snapshots
from yett.services.unread import opened, withheld

__all__ = ["Renewal"]


class Renewal:
    """Makes snapshots, and lets them come into force."""

    def __init__(self, source: SettingsSource, loaded: Loaded, builder: Builder) -> None:
        """
        Begin with what was *loaded*; *source* is read when it changes.

        Raises:
            OperatorError: it says something that is wrong.
        """
        self._source = source
        self._builder = builder
        self._settings = loaded.settings
        self.trouble = ""
        """Why this start did not begin with what was in force last, or the next one cannot; empty when all is well."""
        # What was in force last is, until the store has been asked, and as long as it cannot be.
        self.published = self._kept()
        self.snapshots = Snapshots(self._built(self._settings, self.published))
        remember_feeds(self._settings)
        self._turn = asyncio.Lock()

    async def reload(self) -> Loaded:
        """
        Let what the configuration says now come into force.

        Raises:
            OperatorError: it says something that is wrong.
        """
        async with self._turn:
            loaded, snapshot = await asyncio.to_thread(self._read)
            self._settings = loaded.settings
            self.snapshots.swap(snapshot)
        return loaded

    async def release(self, published: Published) -> None:
        """
        Let what is *published* come into force.

        Raises:
            OperatorError: it cannot, beside what is configured; or somebody signed it who is not trusted.
        """
        async with self._turn:
            believed(published, self._settings.policies)
            if self.published is None and not published.standings:  # what was built so far is all there is
                snapshot = opened(self.snapshots.current)
            else:
                snapshot = await asyncio.to_thread(self._built, self._settings, published)
            # Kept before it is in force, so that no start goes back behind what was.
            self.trouble = await asyncio.to_thread(self._keep, published)
            self.published = published
            self.snapshots.swap(snapshot)

    def _kept(self) -> Published | None:
        """Return what was in force last, if that was kept and is signed as it must be now."""
        kept = kept_copy(self._settings.records.path)
        try:
            believed(kept or Published(), self._settings.policies)
        except OperatorError as error:
            self.trouble = f"what was in force last is not: {error}"
            return None
        return kept

    def _read(self) -> tuple[Loaded, Snapshot]:
        loaded = self._source.load()
        believed(self.published or Published(), loaded.settings.policies)
        snapshot = self._built(loaded.settings, self.published)
        remember_feeds(loaded.settings)
        return loaded, snapshot

    def _built(self, settings: Settings, published: Published | None) -> Snapshot:
        snapshot = self._builder.build(settings, published or Published())
        return withheld(snapshot) if published is None else snapshot

    def _keep(self, published: Published) -> str:
        """Keep a copy of what is *published* for the next start; say why there is none."""
        try:
            keep_copy(self._settings.records.path, published)
        except OSError as error:
            return f"no copy of what is released could be kept for the next start: {error.strerror}"
        return ""
