"""
Snapshots: the current meaning of configuration and policy; pin, swap, fall back.

Rules:

1. A snapshot is immutable and complete. An exchange pins the one it began with until its last byte is out.
2. A new snapshot takes the place of the old one by one assignment, and only when it could be built and tried. When it
   could not, the old one stays, and the failure can be seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from yett.dialects.dialect import Dialect
from yett.dialects.openai_chat_stream import ChatStream
from yett.guard.guard import Guard
from yett.model.rate import Rate
from yett.policy.documents import Document
from yett.policy.interpreter import lookup
from yett.policy.program import Program
from yett.ports.authority import Authority
from yett.ports.directory import Directory
from yett.services.estimating import Estimator
from yett.services.stopwatch import Deadlines
from yett.services.upstreams import Routes

__all__ = ["Limits", "Snapshot", "Snapshots"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring."""

    prompt_characters: int = 1_000_000
    messages: int = 2_000
    deadlines: Deadlines = field(default_factory=Deadlines)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that configuration and policy mean, at one revision."""

    revision: str
    guard: Guard
    dialects: Mapping[str, Dialect]
    streams: Mapping[str, Callable[[str, str], ChatStream]]
    """By the dialect's operation, what makes its streamed answers: from an identifier and a model's name."""
    routes: Routes
    directory: Directory
    rates: tuple[Rate, ...] = ()
    limits: Limits = field(default_factory=Limits)
    policies: tuple[str, ...] = ()
    """The policies in force, as `id@version`."""
    program: Program = field(default_factory=lambda: Program((), (), ""))
    """The policies, compiled: what the decision point decides by."""
    documents: tuple[Document, ...] = ()
    """The policies as they were written."""
    estimator: Estimator = field(default_factory=Estimator)
    """What requests will take, in tokens and in money."""
    releases: tuple[str, ...] = ()
    """The releases that put published policies in force, by name."""
    authorities: tuple[Authority, ...] = ()
    """Other policy engines, which must consent to every request."""
    canaries: "tuple[tuple[int, Snapshot], ...]" = ()
    """What serves shares of the callers, each in percent, from the smallest: a caller is served by the first it is in."""

    def serving(self, tenant: str, subject: str) -> "Snapshot":
        """Return what serves the caller *subject* of *tenant*: always the same, in every gateway."""
        if not self.canaries:
            return self
        drawn = int.from_bytes(sha256(f"{tenant}\0{subject}".encode("utf-8", "surrogatepass")).digest()[:8]) % 100
        return next((canary for share, canary in self.canaries if drawn < share), self)

    def answering(self, context: Mapping[str, object]) -> "Snapshot":
        """Return what serves the caller whom *context* names, by `team.id` and `user.id`; itself where it names nobody."""
        if not self.canaries:
            return self
        tenant, subject = (lookup(context, name) for name in ("team.id", "user.id"))
        named = [each if isinstance(each, str) else "" for each in (tenant, subject)]
        return self.serving(*named) if any(named) else self


class Snapshots:
    """Where the current snapshot stands."""

    def __init__(self, first: Snapshot) -> None:
        """Begin with *first*."""
        self.current = first
        self.failure = ""
        """Why the newest configuration did not come into force; empty when it did. What is released changes nothing in it."""

    def swap(self, snapshot: Snapshot) -> None:
        """Let *snapshot* take the current one's place, for every exchange that begins from now on."""
        self.current = snapshot
