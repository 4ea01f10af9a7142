"""
Exchange: the story of one call, top to bottom.

Rules:

1. The snapshot is pinned until the last byte is out.
2. Nothing goes to an upstream that was not inspected as it goes, and nothing comes back that was not inspected as it
   comes; what is sent is our own serialisation of what was inspected.
3. The journal knows of the exchange before the upstream does, and its record is sealed whatever happens.
4. A refusal is a value. Errors are told by whose fault they are.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from yett.dialects.dialect import Dialect, Payload, Texts
from yett.dialects.usages import usage_of
from yett.guard.correspondence import Correspondence
from yett.guard.guard import Inspected
from yett.model.errors import NotReady, UpstreamError, YettError
from yett.model.principal import Principal
from yett.model.refusal import Refusal
from yett.model.stage import Stage
from yett.model.verdict import Verdict
from yett.ports.upstream import Answer, Outgoing, Upstream
from yett.services.admission import Admission, Admitted, limit_headers
from yett.services.asking import (
    Asked,
    Facts,
    held,
    interaction_of,
    obliged,
    passing,
    request_facts,
    to_inspect,
    too_much,
    unfit,
    upstream_for,
)
from yett.services.calls import Call, Reply, Streamed
from yett.services.consulting import asked_about, consulted
from yett.services.inspection import Inspection
from yett.services.recording import Recorded, Recording
from yett.services.relay import Relay
from yett.services.snapshots import Snapshot, Snapshots
from yett.services.telling import denied, failure, told_by_upstream, verdict_headers

__all__ = ["Exchange"]

_ABOUT_THE_REQUEST = frozenset({400, 404, 409, 413, 422, 429})
"""What an upstream may say about the caller's request; everything else is between the upstream and us."""
_OK, _ELSEWHERE = 200, 300
_OURS = 500
_DECISION = "x-yett-decision"
_CIRCLE = Refusal(403, "policy_violation", "policy sends the request to a model, and from there to another")


@dataclass(frozen=True, slots=True)
class _Considered:
    """A request that was judged once, and may pass."""

    payload: Payload
    """As it may go."""
    facts: Facts
    upstream: Upstream
    verdict: Verdict
    shared: Correspondence | None
    is_routed: bool
    """It goes to another model than it asked for."""


class Exchange:
    """Where calls walk through the house."""

    def __init__(
        self, snapshots: Snapshots, admission: Admission, inspection: Inspection, recording: Recording
    ) -> None:
        """Use what compose has put together."""
        self._snapshots = snapshots
        self._admission = admission
        self._inspection = inspection
        self._recording = recording

    async def handle(self, call: Call) -> Reply | Streamed:
        """Answer *call*."""
        snapshot = self._snapshots.current
        recorded = self._recording.begin(call.id, call.dialect, snapshot.revision)
        answered: Reply | Streamed | Refusal | None = None
        try:
            answered = await self._walk(call, snapshot, recorded)
            if isinstance(answered, Reply):
                await recorded.seal("stopped" if answered.refusal else "served", answered.status, answered.refusal)
        except YettError as error:
            answered = failure(error)
        finally:
            if answered is None:
                await recorded.seal("abandoned" if _cancelled() else "failed", 0)
        if isinstance(answered, Refusal):
            return await self._refused(answered, recorded, snapshot.dialects[call.dialect])
        return answered

    async def _refused(self, refusal: Refusal, recorded: Recorded, dialect: Dialect) -> Reply:
        try:
            await recorded.seal("failed" if refusal.status >= _OURS else "refused", refusal=refusal)
        except NotReady as error:
            refusal = failure(error)
        headers = _headers(recorded)
        body = dialect.error(refusal, recorded.record.id)
        return Reply(refusal.status, body, headers, refusal, tuple(recorded.verdicts))

    async def _walk(self, call: Call, snapshot: Snapshot, recorded: Recorded) -> Reply | Streamed | Refusal:
        dialect = snapshot.dialects[call.dialect]
        admitted = await self._admission.admit(call.credential, snapshot)
        if isinstance(admitted, Refusal):
            return admitted
        recorded.admitted(admitted.principal, admitted.grants)
        snapshot = snapshot.serving(admitted.principal.tenant, admitted.principal.subject)
        recorded.record.releases = snapshot.releases
        if refusal := admitted.refusal:
            return refusal
        principal = await self._recording.remembering.stated(recorded.record.subject, admitted.principal)
        admitted = replace(admitted, principal=principal)
        recorded.record.request_digest = self._recording.digest(call.body)
        asked = await self._judged(call, snapshot, recorded, dialect, admitted)
        if isinstance(asked, Refusal):
            return asked
        await recorded.note()
        return await self._ask(asked)

    async def _judged(
        self, call: Call, snapshot: Snapshot, recorded: Recorded, dialect: Dialect, admitted: Admitted
    ) -> Asked | Refusal:
        """Judge a request; return it as it may go to its upstream."""
        request = dialect.parse(call.body)
        asked = first = await self._considered(request, call, snapshot, recorded, admitted.principal)
        if isinstance(first, Refusal):
            return first
        if first.is_routed:
            # Policy says something about the model that is asked, too, not only about the one that was asked for.
            asked = await self._considered(first.payload, call, snapshot, recorded, admitted.principal)
        if isinstance(asked, Refusal):
            return asked
        if asked is not first and asked.is_routed:
            return _CIRCLE
        if snapshot.authorities:
            going = dialect.facts(asked.payload)
            going["llm"]["provider"] = asked.upstream.name
            if refusal := await _refused_elsewhere(snapshot, recorded, admitted, asked.facts | going):
                return refusal
        owed = (*first.verdict.decision.obligations, *asked.verdict.decision.obligations)
        placed = dialect.place(held(dialect, asked.payload, owed, snapshot, recorded))
        principal, sent = admitted.principal, asked.verdict.segments
        return Asked(
            snapshot,
            dialect,
            principal,
            recorded,
            asked.facts,
            placed,
            asked.upstream,
            self._inspection,
            sent,
            first.shared,
        )

    async def _considered(
        self, request: Payload, call: Call, snapshot: Snapshot, recorded: Recorded, principal: Principal
    ) -> "_Considered | Refusal":
        """Judge *request* and carry out what that obliges to."""
        dialect = snapshot.dialects[call.dialect]
        texts = dialect.read(request)
        facts = request_facts(dialect, request, call, recorded.record.at)
        if refusal := too_much(texts, facts, snapshot):
            return refusal
        upstream = upstream_for(facts, snapshot, recorded)
        if isinstance(upstream, Refusal):
            return upstream
        facts["llm"]["provider"] = upstream.name

        texts = to_inspect(texts, facts, snapshot)
        interaction = interaction_of(texts, facts, principal, snapshot)
        inspected = await self._inspection.inspect(snapshot.guard, interaction, snapshot.limits.deadlines)
        verdict = recorded.judged(Stage.REQUEST, inspected)
        if refusal := unfit(verdict, recorded):
            return refusal
        written = dialect.write(request, texts, verdict.segments, verdict.dropped)
        payload = obliged(dialect, written, verdict, snapshot)
        is_routed = payload is not written and dialect.facts(payload)["llm"].get("model") != facts["llm"].get("model")
        return _Considered(payload, facts, upstream, verdict, inspected.shared, is_routed)

    async def _ask(self, asked: Asked) -> Reply | Streamed | Refusal:
        """Ask the upstream; the connection is let go of here, or by the relay that it is handed to."""
        dialect, payload = asked.dialect, asked.placed.payload
        async with AsyncExitStack() as until_done:
            answer = await asked.upstream.open(Outgoing(dialect.upstream_path, dialect.dump(payload)))
            until_done.push_async_callback(answer.aclose)
            if not _OK <= answer.status < _ELSEWHERE:
                return await self._turned_down(asked, answer)
            if not dialect.streams(payload):
                return await self._answered(asked, await answer.read())
            asked.recorded.record.streamed = True
            return Streamed(Relay(asked, answer, until_done.pop_all()), _headers(asked.recorded))

    async def _answered(self, asked: Asked, body: bytes) -> Reply:
        dialect, recorded = asked.dialect, asked.recorded
        answer = dialect.parse_answer(body)
        texts = dialect.read_answer(answer)
        inspected = await asked.inspected(texts, dialect.answer_facts(answer), asked.shared)
        verdict = recorded.judged(Stage.RESPONSE, inspected)
        usage = recorded.record.usage = usage_of(answer)
        recorded.record.cost = asked.snapshot.estimator.spent(recorded.record.model, usage)
        passed = passing(asked, answer, texts, verdict)
        refusal = passed if isinstance(passed, Refusal) else None
        if isinstance(passed, Refusal):
            passed = dialect.blocked_answer(answer, passed.message)
        sent = dialect.dump(dialect.tell(recorded.verdicts[0], passed))
        recorded.record.response_digest = self._recording.digest(sent)
        headers = _headers(recorded) | ({_DECISION: "deny"} if refusal else {})
        return Reply(200, sent, headers, refusal, tuple(recorded.verdicts))

    async def _turned_down(self, asked: Asked, answer: Answer) -> Refusal:
        """Pass on what an upstream says about the request, once inspected; keep the rest to ourselves."""
        if answer.status not in _ABOUT_THE_REQUEST:
            return failure(UpstreamError(f"the upstream answered with status {answer.status}"))
        refusal, texts = told_by_upstream(answer.status, await answer.read(), answer.headers)
        verdict = asked.recorded.judged(Stage.RESPONSE, await asked.inspected(Texts(texts)))
        ours = Refusal(
            answer.status, "upstream_error", "the upstream refused the request", retry_after=refusal.retry_after
        )
        await asked.recorded.seal("refused", refusal=ours)  # the code, too, is the upstream's wording
        return refusal if verdict.allowed and verdict.segments == texts else ours


async def _refused_elsewhere(
    snapshot: Snapshot, recorded: Recorded, admitted: Admitted, facts: Mapping[str, object]
) -> Refusal | None:
    """Ask the other policy engines about the request as it would go; refuse what one of them denies."""
    question = asked_about(Stage.REQUEST, admitted.principal, recorded.record.model, facts)
    for decision in await consulted(snapshot.authorities, question):
        recorded.judged(Stage.REQUEST, Inspected(Verdict(decision, (), ()), ()))
    return next((denied(verdict) for verdict in recorded.verdicts if not verdict.allowed), None)


def _headers(recorded: Recorded) -> dict[str, str]:
    """Tell what the limits and the verdicts so far say."""
    return {**verdict_headers(recorded.verdicts), **limit_headers(recorded.grants)}


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
