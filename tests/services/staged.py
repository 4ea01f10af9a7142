"""A stage for the services: a journal, an upstream, a clock and a guard that do as they are told, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.guard.toys import Rule, ToyDetector, ToyPolicy, guard_of
from yett.dialects.completion import Completion
from yett.dialects.dialect import Placed
from yett.dialects.openai_chat import OPENAI_CHAT
from yett.dialects.openai_chat_stream import ChatStream
from yett.guard.guard import Guard
from yett.model.decision import Decision, Effect, Reason
from yett.model.errors import NotReady
from yett.model.obligation import Redact, Transform
from yett.model.principal import Principal
from yett.model.rate import Grant, Rate
from yett.model.record import Record
from yett.ports.upstream import Outgoing
from yett.records.building import parse
from yett.services.asking import Asked
from yett.services.inspection import Inspection
from yett.services.recording import Recorded, Recording
from yett.services.snapshots import Snapshot
from yett.services.upstreams import Route, Routes

__all__ = [
    "CALLER",
    "GUARD",
    "StagedAnswer",
    "StagedAuthority",
    "StagedClock",
    "StagedCounters",
    "StagedDirectory",
    "StagedJournal",
    "StagedTelemetry",
    "StagedUpstream",
    "asked",
    "recording",
    "snapshot",
]

CALLER = Principal("acme", "alice", key="key-1")

SECRET = ToyDetector((Rule("secret.toy", "key-", "0123456789", least=4, most=12),), name="secrets")
CURSE = ToyDetector((Rule("content.curse", "damn"),), name="curses")
GUARD = guard_of(
    ToyPolicy(
        name="no-curses",
        denies=lambda ask: ask("content.found") or ask("detector.found"),
        owes=((lambda ask: ask("secrets.found"), Redact("secret", Transform.REPLACE)),),
        fields=frozenset({"content.found", "secrets.found", "detector.found"}),
    ),
    SECRET,
    CURSE,
)
"""It takes keys out (`key-1234`) and denies curses (`damn`)."""


@dataclass(slots=True)
class StagedClock:
    """It stands still."""

    time: float = 1000.0

    def now(self) -> float:
        return self.time

    def elapsed(self) -> float:
        return self.time


@dataclass(slots=True)
class StagedJournal:
    """It keeps everything; while it is *full* it refuses what that names."""

    admitted: list[str] = field(default_factory=list)
    sealed: list[Record] = field(default_factory=list)
    full: frozenset[str] = frozenset()

    async def admit(self, id: str, note: bytes) -> None:
        await self._write("admit")
        self.admitted.append(id)

    async def seal(self, id: str, at: float, body: bytes) -> None:
        await self._write("seal")
        record = parse(body)
        assert record is not None
        assert id not in {each.id for each in self.sealed}
        self.sealed.append(record)

    async def _write(self, what: str) -> None:
        await asyncio.sleep(0)
        if what in self.full:
            raise NotReady("the journal is full")


class StagedTelemetry:
    """It counts."""

    def __init__(self) -> None:
        self.counted: list[Record] = []

    def exchange(self, record: Record) -> None:
        self.counted.append(replace(record))

    def reload(self, *, well: bool) -> None:
        """Count nothing."""

    def render(self) -> bytes:
        return b""


@dataclass(slots=True)
class StagedDirectory:
    """It knows one credential."""

    known: str = "open"

    async def principal(self, credential: str) -> Principal | None:
        await asyncio.sleep(0)
        return CALLER if credential == self.known else None


@dataclass(slots=True)
class StagedCounters:
    """It grants, or not."""

    allowed: bool = True

    async def take(self, key: str, rates: Sequence[Rate], cost: int = 1) -> Sequence[Grant]:
        await asyncio.sleep(0)
        return [Grant(rate, self.allowed, 1, 1.0, 0.0 if self.allowed else 2.0) for rate in rates]


@dataclass(slots=True)
class StagedAnswer:
    """An answer of *pieces*: bytes, events to wait for, errors to raise."""

    pieces: Sequence[bytes | asyncio.Event | Exception]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: int = 0
    closed: int = 0

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            await asyncio.sleep(0)
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, asyncio.Event):
                await piece.wait()
            else:
                yield piece

    async def aclose(self) -> None:
        self.closed += 1


@dataclass(slots=True)
class StagedUpstream:
    """It gives *answer*, or raises it."""

    answer: StagedAnswer | Exception
    name: str = "told"
    asked: list[Outgoing] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    """What happens when it is asked."""

    async def open(self, outgoing: Outgoing) -> StagedAnswer:
        self.asked.append(outgoing)
        self.before()
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def models(self) -> tuple[str, ...]:
        return ("told",)

    async def aclose(self) -> None:
        """Let go of nothing."""


@dataclass(slots=True)
class StagedAuthority:
    """It says what it is told to, and keeps what it was asked."""

    allows: bool = True
    name: str = "elsewhere"
    mode: str = "OPA"
    trouble: str = "not asked yet"
    asked: list[Mapping[str, object]] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self) -> None:
        self.trouble = ""
        self.looked.set()
        await asyncio.sleep(0)

    async def decide(self, facts: Mapping[str, object]) -> Decision:
        await asyncio.sleep(0)
        self.asked.append(facts)
        effect = Effect.ALLOW if self.allows else Effect.DENY
        return Decision(self.allows, effect, (Reason(self.name, "v1", "all", effect, "because"),))


def recording(journal: StagedJournal, telemetry: StagedTelemetry | None = None) -> Recording:
    return Recording(journal, StagedClock(), b"key", telemetry or StagedTelemetry())


def snapshot(upstream: StagedUpstream, guard: Guard = GUARD, rates: tuple[Rate, ...] = ()) -> Snapshot:
    dialects = (OPENAI_CHAT, Completion(model="told"))
    return Snapshot(
        revision="r1",
        guard=guard,
        dialects={dialect.operation: dialect for dialect in dialects},
        streams={dialect.operation: ChatStream for dialect in dialects},
        routes=Routes([Route(upstream, ("told",))]),
        directory=StagedDirectory(),
        rates=rates,
    )


def asked(journal: StagedJournal, guard: Guard = GUARD) -> Asked:
    """Be at the point where an upstream has been asked."""
    upstream = StagedUpstream(StagedAnswer([]))
    recorded: Recorded = recording(journal).begin("req_1", "openai.chat", "r1")
    recorded.record.model = "told"
    payload = {"model": "told", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    facts = OPENAI_CHAT.facts(payload)
    return Asked(
        snapshot(upstream, guard), OPENAI_CHAT, CALLER, recorded, facts, Placed(payload), upstream, Inspection()
    )
