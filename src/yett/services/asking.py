"""Asking: a request that was judged and may go to an upstream, with everything that its answer will need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from yett.dialects.dialect import Dialect, Payload, Placed, Texts, Unwritable
from yett.guard.correspondence import Correspondence
from yett.guard.guard import Inspected
from yett.model.interaction import Interaction
from yett.model.obligation import Cap, Obligation, Route, join
from yett.model.principal import Principal
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.model.verdict import Verdict
from yett.ports.upstream import Upstream
from yett.services.calls import Call
from yett.services.inspection import Inspection
from yett.services.moment import clock_facts
from yett.services.recording import Recorded
from yett.services.snapshots import Snapshot
from yett.services.telling import denied, failure

__all__ = [
    "Asked",
    "Facts",
    "held",
    "interaction_of",
    "obliged",
    "passing",
    "request_facts",
    "to_inspect",
    "too_much",
    "unfit",
    "upstream_for",
]

Facts = dict[str, dict[str, object]]
_MODEL = "/model"
_NONE: Mapping[str, object] = MappingProxyType({})
_NO_MODEL = Refusal(404, "model_not_found", "the model is not configured here, or not allowed", "model")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may go to an upstream."""

    snapshot: Snapshot
    dialect: Dialect
    principal: Principal
    recorded: Recorded
    facts: Facts
    placed: Placed
    upstream: Upstream
    inspection: Inspection
    segments: tuple[Segment, ...] = ()
    """Its texts, as they are sent."""
    shared: Correspondence | None = None
    """What its answers begin with."""

    def interaction(self, texts: Texts, facts: Mapping[str, object]) -> Interaction:
        """Ask about the *texts* of its answer, of which *facts* are known."""
        known = {**self.facts, **facts}
        return Interaction(Stage.RESPONSE, texts.segments, self.principal, known, texts.opaque, asked=self.segments)

    async def inspected(
        self, texts: Texts, facts: Mapping[str, object] = _NONE, shared: Correspondence | None = None
    ) -> Inspected:
        """Judge *texts* of its answer, of which *facts* are known and which has *shared* stand-ins, within the deadline."""
        snapshot, interaction = self.snapshot, self.interaction(texts, facts)
        return await self.inspection.inspect(snapshot.guard, interaction, snapshot.limits.deadlines, shared)


def request_facts(dialect: Dialect, payload: Payload, call: Call, now: float) -> Facts:
    """Tell what is known at *now* of a request without reading its texts."""
    facts = dialect.facts(payload)
    facts["request"] = {"ip": call.client, **clock_facts(now), **call.facts}
    return facts


def upstream_for(facts: Facts, snapshot: Snapshot, recorded: Recorded) -> Upstream | Refusal:
    """Find who serves the model that a request of these *facts* asks for, and note it."""
    model = facts["llm"].get("model")
    upstream = snapshot.routes.find(model) if isinstance(model, str) else None
    if upstream is None:
        return _NO_MODEL
    recorded.record.model = str(model)
    recorded.record.upstream = upstream.name
    return upstream


def to_inspect(texts: Texts, facts: Facts, snapshot: Snapshot) -> Texts:
    """Add the model's name to *texts* of a request, unless it is the operator's own word."""
    model = facts["llm"].get("model")
    if not isinstance(model, str) or snapshot.routes.names(model):
        return texts
    return replace(texts, segments=(*texts.segments, Segment(_MODEL, Origin.DEFINITION, model)))


def interaction_of(texts: Texts, facts: Facts, principal: Principal, snapshot: Snapshot) -> Interaction:
    """Ask about a request of *texts*, of which *facts* are known; what it will take is estimated when policy asks."""
    caps = [cap.limit for cap in snapshot.routes.caps(str(facts["llm"].get("model"))) if cap.quantity == "max_tokens"]
    estimates = snapshot.estimator.of(facts, texts.segments, min(caps, default=None)) or {}
    return Interaction(Stage.REQUEST, texts.segments, principal, facts, texts.opaque, estimates)


def unfit(verdict: Verdict, recorded: Recorded) -> Refusal | None:
    """Refuse a request that may not pass, or whose model's name holds something; that is no name to be remembered."""
    found = any(finding.span.path == _MODEL for finding in verdict.findings)
    if found:
        recorded.record.model = ""
    if not verdict.allowed:
        return denied(verdict)
    return _NO_MODEL if found else None


def too_much(texts: Texts, facts: Facts, snapshot: Snapshot) -> Refusal | None:
    """Refuse a request that brings more than the limits allow."""
    limits = snapshot.limits
    if sum(len(segment.text) for segment in texts.segments) > limits.prompt_characters:
        return Refusal(413, "request_too_large", f"the texts have more than {limits.prompt_characters} characters")
    messages = facts["llm"].get("messageCount")
    if isinstance(messages, int) and messages > limits.messages:
        return Refusal(413, "request_too_large", f"there are more than {limits.messages} messages", "messages")
    return None


def obliged(dialect: Dialect, payload: Payload, verdict: Verdict, snapshot: Snapshot) -> Payload:
    """
    Carry out the obligations that concern the request as a whole.

    Raises:
        Unwritable: one of them cannot be carried out.
    """
    for obligation in verdict.decision.obligations:
        match obligation:
            case Cap(quantity=quantity, limit=limit):
                payload = dialect.cap(payload, quantity, limit)
            case Route(models=models):
                asked = dialect.facts(payload)["llm"].get("model")
                fit = [model for model in sorted(models) if snapshot.routes.find(model)]
                if asked not in models and fit:
                    payload = dialect.route(payload, fit[0])
                elif asked not in models:
                    payload = dialect.route(payload, min(models))  # nobody serves it, which will be told
            case _:
                pass
    return payload


def held(
    dialect: Dialect, payload: Payload, owed: Sequence[Obligation], snapshot: Snapshot, recorded: Recorded
) -> Payload:
    """
    Hold a request to what its upstream may be asked for at most, and note all that it is held to, what policy *owed* included.

    Raises:
        Unwritable: the protocol does not know such a quantity.
    """
    caps = snapshot.routes.caps(recorded.record.model)
    for cap in caps:
        payload = dialect.cap(payload, cap.quantity, cap.limit)
    told = join([each for each in (*owed, *caps) if isinstance(each, Cap)])
    recorded.record.caps = {each.quantity: each.limit for each in told if isinstance(each, Cap)}
    return payload


def passing(asked: Asked, answer: Payload, texts: Texts, verdict: Verdict) -> Payload | Refusal:
    """Return *answer* as it may pass, or why it may not."""
    if not verdict.allowed:
        return denied(verdict)
    try:
        written = asked.dialect.write_answer(answer, texts, verdict.segments, verdict.dropped)
    except Unwritable as error:
        return failure(error)
    return asked.dialect.enrich_answer(written, asked.placed)
