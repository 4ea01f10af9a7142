"""
Recording: what is remembered of one exchange, from admission to its last byte.

Rules:

1. Before an upstream is called, the journal holds a note that the exchange has begun; before the last byte is out, its
   sealed record. What cannot be journalled does not take place.
2. Every exchange is sealed exactly once, whatever ends it.
3. No text gets in: of a path only the protocol's own words are kept, of a caller only a keyed digest.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from yett.guard.detection import STREAM, UNAVAILABLE
from yett.guard.guard import Inspected
from yett.model.principal import Principal
from yett.model.rate import Grant
from yett.model.record import Judgement, Record
from yett.model.refusal import Refusal
from yett.model.risk import parts
from yett.model.stage import Stage
from yett.model.verdict import Verdict
from yett.policy.vector import Vectors, redactions_told
from yett.ports.clock import Clock
from yett.ports.records import Journal
from yett.ports.telemetry import Telemetry
from yett.records.building import digest, serialise
from yett.services.history import Remembering

__all__ = ["Recorded", "Recording", "judgement", "place"]

_WORDS = frozenset(
    [
        "messages",
        "content",
        "text",
        "choices",
        "message",
        "delta",
        "tools",
        "function",
        "functions",
        "parameters",
        "properties",
        "description",
        "arguments",
        "name",
        "tool_calls",
        "tool_call_id",
        "refusal",
        "reasoning_content",
        "context",
        "chunks",
        "source",
        "id",
        "prompt",
        "metadata",
        "stop",
        "user",
        "response_format",
        "json_schema",
        "schema",
        "input",
        "output",
        "annotations",
        "logprobs",
        "error",
        "type",
        "model",
        "role",
        "prediction",
        "audio",
        "transcript",
        "file",
        "filename",
        "image_url",
        "url",
        "system_fingerprint",
        "enum",
        "required",
        "items",
        "title",
    ],
)

_PLAIN = re.compile(rf"(?:/(?:\d+|{'|'.join(_WORDS)}))*")


class Recording:
    """Where records are made."""

    def __init__(
        self, journal: Journal, clock: Clock, key: bytes, telemetry: Telemetry, remembering: Remembering | None = None
    ) -> None:
        """Write to *journal*; digest under *key*; count in *telemetry*; note what is over in *remembering*."""
        self.journal = journal
        self.clock = clock
        self.telemetry = telemetry
        self.remembering = remembering or Remembering()
        self._key = key
        self.vectors = Vectors(self.digest)

    def begin(self, identifier: str, operation: str, revision: str) -> "Recorded":
        """Begin the record of one exchange."""
        return Recorded(self, Record(identifier, self.clock.now(), operation, revision), self.clock.elapsed())

    def digest(self, text: str | bytes) -> str:
        """Return the keyed digest of *text*."""
        return digest(self._key, text)


@dataclass(slots=True)
class Recorded:
    """The record of one exchange, being filled in."""

    recording: Recording
    record: Record
    began: float
    sealed: bool = False
    verdicts: list[Verdict] = field(default_factory=list)
    """The verdicts so far."""
    grants: Sequence[Grant] = ()
    """What the limits said."""

    def admitted(self, principal: Principal, grants: Sequence[Grant] = ()) -> None:
        """Note who it is, and what the limits said."""
        self.grants = grants
        self.record.tenant = principal.tenant
        self.record.subject = self.recording.digest(f"{principal.tenant}\0{principal.subject}")
        self.record.key = principal.key

    def judged(self, stage: Stage, inspected: Inspected) -> Verdict:
        """Note a verdict."""
        self.record.judgements.append(judgement(stage, inspected, self.recording.vectors))
        self.verdicts.append(inspected.verdict)
        return inspected.verdict

    async def note(self) -> None:
        """
        Note in the journal that the exchange has begun.

        Raises:
            NotReady: it could not be written.
        """
        await self.recording.journal.admit(self.record.id, serialise(self.record))

    async def seal(self, outcome: str, status: int = 200, refusal: Refusal | None = None) -> None:
        """
        Seal the record; what seals it first decides.

        Raises:
            NotReady: it could not be written.
        """
        if self.sealed:
            return
        self.sealed = True
        record = self.record
        record.outcome = outcome
        record.status = refusal.status if refusal else status
        record.code = refusal.code if refusal else ""
        record.duration = self.recording.clock.elapsed() - self.began
        await self.recording.remembering.note(record)
        await self.recording.journal.seal(record.id, record.at, serialise(record))
        self.recording.telemetry.exchange(record)


def judgement(stage: Stage, inspected: Inspected, vectors: Vectors | None = None) -> Judgement:
    """Tell a verdict without any text; with *vectors* also the facts that policy saw."""
    verdict = inspected.verdict
    decision = verdict.decision
    counts = Counter((finding.kind, finding.origin.value) for finding in verdict.findings) if verdict.findings else {}
    return Judgement(
        stage=stage.value,
        effect=decision.effect.value,
        allowed=decision.allowed,
        rules=tuple(f"{reason.policy}@{reason.version}/{reason.rule}" for reason in decision.reasons),
        unknown=tuple(sorted({name for reason in decision.reasons for name in reason.unknown})),
        findings=tuple((kind, origin, count) for (kind, origin), count in sorted(counts.items())),
        coverage=tuple(_receipts(verdict)),
        facts=inspected.demanded,
        revision=decision.revision,
        rewritten=verdict.rewritten,
        shadow=inspected.shadow.effect.value if inspected.shadow else "",
        risk=tuple((name, round(part, 4)) for name, part in parts(verdict.findings).items()),
        redacts=redactions_told(decision.obligations) if decision.obligations else (),
        vector=vectors.of(*inspected.seen) if vectors and inspected.seen else None,
    )


def _receipts(verdict: Verdict) -> Iterator[tuple[str, str, int, str]]:
    """Tell who read which text; of those that failed also why, where that is known."""
    failed = any(coverage.failed for coverage in verdict.coverage)
    reasons = (
        {each.detector: f":{each.rule}" for each in verdict.findings if each.kind == UNAVAILABLE and each.rule}
        if failed
        else {}
    )
    for coverage in verdict.coverage:
        missed = [f"!{name}{reasons.get(name) or reasons.get(STREAM, '')}" for name in coverage.failed]
        readers = ["opaque"] if coverage.opaque else [*coverage.read_by, *missed]
        yield place(coverage.path), coverage.origin.value, coverage.characters, ",".join(readers)


def place(path: str) -> str:
    """Return *path* with everything that is not a number or the protocol's own word as `*`."""
    if _PLAIN.fullmatch(path):
        return path
    steps = (step.removesuffix("#") for step in path.split("/"))
    return "/".join(step if not step or step.isdigit() or step in _WORDS else "*" for step in steps)
