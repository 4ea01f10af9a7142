"""
Snapshot: from settings to everything they mean, compiled and tried.

Nothing here starts anything: a snapshot that fails to build leaves no trace, and the one in force stays.
"""

from dataclasses import dataclass, field, replace
from hashlib import sha256

from yett.adapters.invention.people import people
from yett.adapters.memory.directory import Holder, MemoryDirectory
from yett.adapters.upstream.destination import Destination, Patience
from yett.adapters.upstream.http import HttpUpstream
from yett.adapters.upstream.stub import StubUpstream
from yett.compose.authorities import Authorities
from yett.compose.detectors import configured_detectors
from yett.compose.patterns import PatternCache
from yett.compose.policies import configured_constants, configured_documents
from yett.compose.prices import configured_prices
from yett.compose.provider import Provider
from yett.compose.published import live_documents
from yett.compose.settings import Settings
from yett.compose.trial import try_cases
from yett.dialects.completion import Completion
from yett.dialects.dialect import Dialect
from yett.dialects.openai_chat import OpenAIChat
from yett.dialects.openai_chat_stream import ChatStream
from yett.guard.guard import Guard
from yett.identity.api_keys import digest
from yett.model.interaction import Interaction
from yett.model.obligation import Cap
from yett.model.principal import ANONYMOUS, Principal
from yett.model.rate import Rate
from yett.model.release import Rollout
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document
from yett.policy.program import Program
from yett.ports.clock import Clock
from yett.ports.upstream import Upstream
from yett.services.estimating import Estimator
from yett.services.following import Published
from yett.services.snapshots import Limits, Snapshot
from yett.services.stopwatch import Deadlines
from yett.services.upstreams import Route, Routes

__all__ = ["Builder", "Compiled", "build_guard", "guard_of"]

_NOTHING = Published()
_DEVELOPER = Principal(
    tenant="development", subject="developer", roles=frozenset({"admin", "developer"}), key="dev-token"
)


def build_guard(settings: Settings, documents: tuple[Document, ...], cache: PatternCache, key: bytes = b"") -> Guard:
    """
    Compile *documents* and put the guard together, after their own cases have passed.

    Raises:
        OperatorError: a policy is wrong, or one of its cases fails.
    """
    return guard_of(Compiled.of(documents, settings), settings, cache, key)


@dataclass(frozen=True, slots=True)
class Compiled:
    """Policies as they were written, compiled, and those that are asked beside them."""

    documents: tuple[Document, ...]
    program: Program
    shadow: Program | None = None

    @classmethod
    def of(cls, documents: tuple[Document, ...], settings: Settings, shadow: tuple[Document, ...] = ()) -> "Compiled":
        """
        Compile *documents*, and *shadow* where there are any.

        Raises:
            OperatorError: one of them is wrong.
        """
        constants = configured_constants(settings)
        beside = compile_documents(shadow, constants) if shadow else None
        return cls(documents, compile_documents(documents, constants), beside)


def guard_of(compiled: Compiled, settings: Settings, cache: PatternCache, key: bytes) -> Guard:
    """
    Put the guard of *compiled* policies together, after their own cases have passed.

    Raises:
        OperatorError: one of the cases fails.
    """
    program, shadow = compiled.program, compiled.shadow
    detectors = configured_detectors(settings, cache)
    try_cases(compiled.documents, configured_constants(settings), detectors)
    tests = dict.fromkeys((*program.text_tests, *(shadow.text_tests if shadow else ())))
    looking = detectors.for_tests(tuple(tests))
    guard = Guard(looking, program, key=key, informed=detectors.informed, inventor=people())
    if shadow:
        guard.try_beside(shadow)
    _warm(guard, program)
    return guard


def _warm(guard: Guard, program: Program) -> None:
    """Let *guard* and *program* make what they make when they are first used, so that no caller waits for it."""
    for stage in Stage:
        program.knowing(stage)
        guard.inspect(Interaction(stage, (Segment("/", Origin.USER, "Hi"),)))
    lane = guard.lane(ANONYMOUS, {})
    lane.feed("Hi there, ")
    lane.finish()


@dataclass(slots=True)
class Builder:
    """Makes snapshots; it keeps what must outlive one: the upstreams' connections."""

    clock: Clock
    key: bytes
    documents: tuple[Document, ...] = ()
    """Further documents, made in code."""
    cache: PatternCache = field(default_factory=PatternCache)
    workers: int = 1
    """How many processes serve together; limits are kept in memory, so each grants its share of them."""
    _upstreams: dict[tuple[str, Provider], Upstream] = field(default_factory=dict)
    _authorities: Authorities = field(default_factory=Authorities)

    def build(self, settings: Settings, published: Published = _NOTHING) -> Snapshot:
        """
        Return what *settings* mean, with the policies that are *published*.

        Raises:
            OperatorError: they mean nothing that could be served.
        """
        own = (*configured_documents(settings), *self.documents)
        documents = (*own, *live_documents(published))
        tried = published.candidates(Rollout.SHADOW)
        shadow = (*own, *live_documents(published, tried)) if tried else ()
        compiled = Compiled.of(documents, settings, shadow)
        guard = guard_of(compiled, settings, self.cache, self.key)
        routes = self._routes(settings)
        dialects: tuple[Dialect, ...] = (OpenAIChat(), Completion(model=routes.default))
        revision = sha256(
            f"{settings.model_dump_json()}\n{guard.decider.revision}\n{guard.detection.revision}".encode()
        )
        serving = Snapshot(
            revision=revision.hexdigest(),
            guard=guard,
            dialects={dialect.operation: dialect for dialect in dialects},
            streams={dialect.operation: ChatStream for dialect in dialects},
            routes=routes,
            directory=self._directory(settings),
            rates=tuple(_share(rate, self.workers) for rate in settings.security.rate_limiting.rates),
            limits=Limits(settings.server.max_prompt_length, settings.server.max_messages, _deadlines(settings)),
            policies=tuple(f"{document.id}@{document.version}" for document in documents),
            program=compiled.program,
            documents=documents,
            estimator=Estimator(configured_prices(settings.prices)),
            releases=tuple(release.name for release in published.live),
            authorities=self._authorities.of(settings.policies),
        )
        canaries = []
        candidates = published.candidates(Rollout.CANARY)
        for share in sorted({each.share for each in candidates}):
            # Whoever is in this share is in the larger ones, too.
            wide = [each for each in candidates if each.share >= share]
            canary = replace(serving, releases=tuple(each.name for each in published.deciding(wide)))
            together = Compiled.of((*own, *live_documents(published, wide)), settings)
            canaries.append((share, self._judging(canary, replace(together, shadow=compiled.shadow), settings)))
        return replace(serving, canaries=tuple(canaries))

    def _judging(self, snapshot: Snapshot, compiled: Compiled, settings: Settings) -> Snapshot:
        """Return *snapshot* as one in which *compiled* policies judge."""
        return replace(
            snapshot,
            guard=guard_of(compiled, settings, self.cache, self.key),
            policies=tuple(f"{document.id}@{document.version}" for document in compiled.documents),
            program=compiled.program,
            documents=compiled.documents,
        )

    def _routes(self, settings: Settings) -> Routes:
        routes = []
        for name, provider in settings.providers.items():
            upstream = self._upstreams.setdefault((name, provider), _upstream(name, provider))
            caps = (Cap("max_tokens", provider.max_tokens),) if provider.max_tokens else ()
            routes.append(Route(upstream, provider.patterns, provider.model or "", caps))
        return Routes(routes, settings.allowed_models)

    def _directory(self, settings: Settings) -> MemoryDirectory:
        holders = {
            digest(self.key, key.secret.get_secret_value()): Holder(
                Principal(key.tenant, key.subject or key.id, frozenset(key.roles), key.id, key.attributes),
            )
            for key in settings.access.keys
        }
        developer = _DEVELOPER if settings.server.mode == "development" else None
        return MemoryDirectory(self.clock, self.key, holders, developer)

    async def aclose(self) -> None:
        """Let go of every upstream and every other policy engine that any snapshot used."""
        for upstream in self._upstreams.values():
            await upstream.aclose()
        await self._authorities.aclose()


def _share(rate: Rate, workers: int) -> Rate:
    """Return what one of *workers* may grant of *rate*: at least 1, or nobody could ever call."""
    return replace(rate, amount=max(rate.amount // workers, 1), burst=max(rate.burst // workers, 1))


def _deadlines(settings: Settings) -> Deadlines:
    written = settings.security.deadlines
    return Deadlines(written.inspection, written.usual, {str(name): most for name, most in written.detectors.items()})


def _upstream(name: str, provider: Provider) -> Upstream:
    if provider.kind == "stub" or provider.base_url is None:
        return StubUpstream(name, provider.patterns)
    return HttpUpstream(
        Destination(
            name=name,
            base_url=provider.base_url,
            models=provider.patterns,
            credential=provider.api_key.get_secret_value() if provider.api_key else "",
            patience=Patience(provider.connect_timeout, provider.timeout, provider.idle_timeout, 3 * provider.timeout),
        ),
    )
