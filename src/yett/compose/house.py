"""
House: the one place where every part is put together.

    Settings ─▶ Builder ─▶ Snapshot ─▶ Snapshots ─┐
    Journal · Counters · Telemetry ───────────────┼─▶ Exchange ─▶ ProxyApp ┬─▶ Doors (ASGI)
                                                  └─▶ Deciding ─▶ RestApp ┘
    RecordStore ◀── Carrier ◀── Journal           ┘

Building reads and compiles; opening touches the disk and begins to watch; closing undoes opening, in reverse.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from yett.adapters.journal.journal import FileJournal, JournalOptions
from yett.adapters.memory.counters import MemoryCounters
from yett.adapters.memory.history import MemoryHistory
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.adapters.telemetry.prometheus import PrometheusTelemetry
from yett.compose.clock import SystemClock
from yett.compose.doors import doors
from yett.compose.grpc_door import opened_grpc
from yett.compose.keyfile import house_key
from yett.compose.loading import Loaded, SettingsSource
from yett.compose.policy_stores import store_beside
from yett.compose.publishing import Syncing, made_publishing
from yett.compose.renewal import Renewal
from yett.compose.settings import Settings
from yett.compose.snapshot import Builder
from yett.compose.watching import PAUSE, Watcher
from yett.doors.asgi.protocol import Asgi, Receive, Scope, Send
from yett.doors.proxy.app import Services
from yett.doors.rest import app as rest
from yett.model.errors import NotReady, OperatorError
from yett.policy.documents import Document
from yett.services.admission import Admission
from yett.services.carrying import Carrier
from yett.services.consulting import look_at
from yett.services.deciding import Deciding
from yett.services.exchange import Exchange
from yett.services.following import Following
from yett.services.health import Health
from yett.services.history import Remembering
from yett.services.inspection import Inspection
from yett.services.planning import Planning
from yett.services.publishing import Publishing
from yett.services.recording import Recording
from yett.services.repeating import Repeating
from yett.services.validating import Validating

__all__ = ["House"]

_LOOKOUT = 2.0
"""Seconds between two looks at other policy engines."""


class House:
    """A gateway; as an ASGI application it opens and closes itself."""

    def __init__(self, source: SettingsSource, documents: tuple[Document, ...] = (), *, workers: int = 1) -> None:
        """
        Read and compile what *source* says, and further *documents* made in code, as one of *workers*.

        Raises:
            OperatorError: it says something that is wrong; it carries every problem.
        """
        self.loaded: Loaded = source.load()
        # A file that was found is asked for from now on: without it the gateway would open its door to everybody.
        source = replace(source, config=self.loaded.file)
        self.clock = SystemClock()
        self._key = house_key(self.loaded.settings.records.path)
        self._builder = Builder(self.clock, self._key, documents, workers=workers)
        self.renewal = Renewal(source, self.loaded, self._builder)
        self.snapshots = self.renewal.snapshots
        self.telemetry = PrometheusTelemetry()
        self.health = Health(self.snapshots)
        self._until_closed = AsyncExitStack()
        self._repeated: list[Repeating] = []
        self._door: Asgi | None = None
        self._beside: Callable[[float], Awaitable[None]] | None = None
        self.grpc_port: int | None = None

    async def open(self) -> None:
        """
        Open the journal and the store, and begin to watch.

        Raises:
            NotReady: the journal cannot be used.
            OperatorError: the store cannot.
        """
        settings = self.loaded.settings
        options = JournalOptions(sync=settings.records.sync)
        journal = await FileJournal.open(settings.records.path / "journal", self.clock, options)
        self._until_closed.push_async_callback(journal.aclose)
        database = await Database.attached(settings.records.database)
        self._until_closed.push_async_callback(database.aclose)
        carrier = Carrier(journal.outbox, SqlRecords(database))
        carrier.start()
        self._until_closed.push_async_callback(carrier.aclose)
        self._until_closed.push_async_callback(journal.sync)  # so that the carrier takes the newest along
        self.health.watched |= {
            "store": lambda: carrier.trouble,
            "journal": lambda: journal.trouble or _aside(len(journal.damages)),
            "background": lambda: next((each.trouble for each in self._repeated if each.trouble), ""),
        }

        publishing = await self._follow(settings, database)
        admission = Admission(MemoryCounters(self.clock))
        inspection = Inspection()
        self._until_closed.callback(inspection.close)
        history = settings.security.history
        remembering = Remembering(MemoryHistory(self.clock, history.half_life) if history.enabled else None)
        recording = Recording(journal, self.clock, self._key, self.telemetry, remembering)
        exchange = Exchange(self.snapshots, admission, inspection, recording)
        self._until_closed.push_async_callback(self._builder.aclose)
        most = settings.server.max_request_size
        pondering = Inspection()  # apart, so that whoever asks long questions keeps no exchange waiting
        self._until_closed.callback(pondering.close)
        self.health.watched["detectors"] = lambda: inspection.trouble or pondering.trouble
        deciding = Deciding(self.snapshots, self.clock, pondering)
        validating = Validating(self.snapshots, pondering)
        planning = Planning(self.snapshots, pondering)
        services = Services(exchange, admission, planning, self.snapshots, self.health, self.telemetry, most)
        control = rest.Services(deciding, planning, validating, publishing, admission, self.snapshots, self.clock, most)
        self._door = doors(services, control)

        await look_at(self.snapshots)
        self._again(partial(look_at, self.snapshots), _LOOKOUT)
        self._again(Watcher(self.snapshots, self.telemetry, self.renewal.reload, self.loaded).look, PAUSE)
        await self._open_grpc(deciding, admission)

    async def _open_grpc(self, deciding: Deciding, admission: Admission) -> None:
        """Open the door beside HTTP, where a port is given for it."""
        server = self.loaded.settings.server
        if server.grpc_port is None:
            return
        called = (deciding, admission, self.snapshots, self.clock)
        self.grpc_port, self._beside = await opened_grpc(server, called, shared=self._builder.workers > 1)
        self._until_closed.push_async_callback(self.drain, 0)

    async def drain(self, seconds: float) -> None:
        """Let what did not come in by HTTP come to its end within *seconds*."""
        if self._beside is not None:
            await self._beside(seconds)

    async def _follow(self, settings: Settings, records: Database) -> Publishing:
        """Begin to follow what is published, and to publish what the sources hold; return where to publish."""
        store = await self._until_closed.enter_async_context(store_beside(settings, records))
        following = Following(store, self.renewal.release, seen=self.renewal.published)
        await following.look()
        self._again(following.look, settings.policies.poll)
        self.health.watched["releases"] = lambda: following.trouble or self.renewal.trouble
        publishing = made_publishing(settings, store, own=self._builder.documents)
        for source in settings.policies.sources:
            syncing = Syncing.configured(source, settings, publishing)
            self._again(syncing.look, syncing.every)
            self.health.watched[f"source {source.namespace}"] = lambda syncing=syncing: syncing.trouble  # type: ignore[misc]
        return publishing

    def _again(self, look: Callable[[], Awaitable[object]], pause: float) -> None:
        """Look, and again after every *pause* seconds, until all is closed."""
        repeating = Repeating(look, pause)
        repeating.start()
        self._repeated.append(repeating)
        self._until_closed.push_async_callback(repeating.aclose)

    async def aclose(self) -> None:
        """Close everything that was opened."""
        self.health.draining = True
        await self._until_closed.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the server's own start and stop."""
        if scope["type"] == "http" and self._door:
            await self._door(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Open when the server starts and close when it stops."""
        await receive()
        try:
            await self.open()
        except (NotReady, OperatorError) as error:
            await self.aclose()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.aclose()
        await send({"type": "lifespan.shutdown.complete"})


def _aside(damages: int) -> str:
    return f"{damages} damaged stretches were kept aside" if damages else ""
