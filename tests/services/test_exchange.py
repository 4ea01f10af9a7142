"""The story of one call, with everything around it staged: order, refusals, and one record whatever happens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.guard.toys import Broken, Rule, ToyDetector, ToyPolicy, guard_of
from tests.services.staged import (
    CURSE,
    GUARD,
    StagedAnswer,
    StagedCounters,
    StagedJournal,
    StagedTelemetry,
    StagedUpstream,
    recording,
    snapshot,
)
from tests.whole.gate import completion, said, spelled
from yett.guard.guard import Guard
from yett.guard.pseudonyms import Pseudonyms
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.model.obligation import Cap, Redact, Restore, Transform
from yett.model.obligation import Route as Routed
from yett.model.rate import Rate
from yett.model.segment import Origin, Segment
from yett.services.admission import Admission
from yett.services.calls import Call, Reply, Streamed
from yett.services.exchange import Exchange
from yett.services.inspection import Inspection
from yett.services.snapshots import Snapshots
from yett.services.upstreams import Route, Routes

RATE = Rate("requests", 60, 60.0, 10)


@dataclass(slots=True)
class Stage:
    """Everything around an exchange."""

    exchange: Exchange
    snapshots: Snapshots
    upstream: StagedUpstream
    journal: StagedJournal
    telemetry: StagedTelemetry
    counters: StagedCounters

    async def ask(self, text: str = "Hi", credential: str | None = "open", **fields: Any) -> Reply | Streamed:
        body = json.dumps(said(text, **fields)).encode()
        return await self.exchange.handle(Call("req_1", "openai.chat", body, credential, "192.0.2.1"))

    async def reply(self, text: str = "Hi", credential: str | None = "open", **fields: Any) -> tuple[Reply, Any]:
        answered = await self.ask(text, credential, **fields)
        assert isinstance(answered, Reply)
        return answered, json.loads(answered.body)


@asynccontextmanager
async def staged(
    answer: StagedAnswer | Exception | None = None, guard: Guard = GUARD, rates: tuple[Rate, ...] = ()
) -> AsyncIterator[Stage]:
    upstream = StagedUpstream(answer or StagedAnswer([json.dumps(completion("Fine.")).encode()]))
    snapshots = Snapshots(snapshot(upstream, guard, rates))
    journal, telemetry, counters = StagedJournal(), StagedTelemetry(), StagedCounters()
    inspection = Inspection()
    exchange = Exchange(snapshots, Admission(counters), inspection, recording(journal, telemetry))
    try:
        yield Stage(exchange, snapshots, upstream, journal, telemetry, counters)
    finally:
        inspection.close()
    assert len(journal.sealed) == len(telemetry.counted) <= 1


async def test_a_call_is_noted_then_asked_then_sealed_then_answered() -> None:
    async with staged() as stage:
        order: list[object] = []
        stage.upstream.before = lambda: order.append((list(stage.journal.admitted), list(stage.journal.sealed)))
        reply, told = await stage.reply(later="x")
        assert order == [(["req_1"], [])]
        assert told == completion("Fine.")
        assert (reply.status, reply.refusal, len(reply.verdicts)) == (200, None, 2)
        assert json.loads(stage.upstream.asked[0].body) == said("Hi", later="x")
        assert stage.upstream.asked[0].headers == {}
        (record,) = stage.journal.sealed
    assert (record.outcome, record.status, record.id, record.revision) == ("served", 200, "req_1", "r1")
    assert (record.tenant, record.key, record.model, record.upstream) == ("acme", "key-1", "told", "told")
    assert record.request_digest != record.response_digest != ""
    assert stage.telemetry.counted == [record]


async def test_what_goes_there_and_what_comes_back_is_rewritten() -> None:
    answer = StagedAnswer([json.dumps(completion("Take key-5678 home")).encode()])
    async with staged(answer) as stage:
        reply, told = await stage.reply("My key-1234 is here")
        assert json.loads(stage.upstream.asked[0].body)["messages"][0]["content"] == "My [TOY] is here"
        assert told["choices"][0]["message"]["content"] == "Take [TOY] home"
        assert reply.headers["x-yett-decision"] == "sanitize"
        assert answer.closed == 1


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("nobody", {"credential": None}, 401, "invalid_api_key"),
    ("somebody unknown", {"credential": "shut"}, 401, "invalid_api_key"),
    ("no such model", {"model": "gone"}, 404, "model_not_found"),
    ("a curse", {"text": "damn"}, 403, "policy_violation"),
    ("a wrong type", {"n": "two"}, 400, "invalid_request"),
    ("too long", {"text": "x" * 1_000_001}, 413, "request_too_large"),
    ("too many", {"messages": [{"role": "user", "content": ""}] * 2001}, 413, "request_too_large"),
]


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(("asked", "status", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_what_is_refused_goes_nowhere_and_is_sealed(
    asked: dict[str, Any], status: int, code: str, streams: bool
) -> None:
    async with staged() as stage:
        reply, told = await stage.reply(**asked, stream=streams)
        assert (reply.status, told["error"]["code"]) == (status, code)
        assert reply.refusal is not None
        assert reply.refusal.code == code
        assert (stage.upstream.asked, stage.journal.admitted) == ([], [])
        (record,) = stage.journal.sealed
    assert (record.outcome, record.status, record.code) == ("refused", status, code)


async def test_a_body_that_nobody_can_read_is_refused_after_its_caller_is_known() -> None:
    for credential, status in ((None, 401), ("open", 400)):
        async with staged() as stage:
            reply = await stage.exchange.handle(Call("req_1", "openai.chat", b'{"a":1,"a":2}', credential))
            assert isinstance(reply, Reply)
            assert reply.status == status


async def test_limits_are_told_with_every_answer() -> None:
    for text, allowed, status in (("Hi", True, 200), ("damn", True, 403), ("Hi", False, 429)):
        async with staged(rates=(RATE,)) as stage:
            stage.counters.allowed = allowed
            reply, _ = await stage.reply(text)
            assert reply.status == status
            assert reply.headers["x-ratelimit-limit-requests"] == "60"
            assert reply.headers["x-ratelimit-remaining-requests"] == "1"
            (record,) = stage.journal.sealed
            assert record.key == "key-1"
    assert reply.refusal
    assert reply.refusal.retry_after == 2.0


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(UpstreamError("it broke"), 502, "upstream_error"), (UpstreamTimeout("it slept"), 504, "upstream_timeout")],
)
@pytest.mark.parametrize("late", [False, True])
async def test_an_upstream_that_fails_is_told_as_such_and_let_go_of(
    error: Exception, status: int, code: str, late: bool
) -> None:
    answer = StagedAnswer([b"{", error])
    async with staged(answer if late else error) as stage:
        reply, told = await stage.reply()
        assert (reply.status, told["error"]["code"]) == (status, code)
        (record,) = stage.journal.sealed
    assert (record.outcome, record.status) == ("failed", status)
    assert answer.closed == late


async def test_a_denied_answer_is_blocked_and_its_record_says_so() -> None:
    async with staged(StagedAnswer([json.dumps(completion("Oh damn it")).encode()])) as stage:
        reply, told = await stage.reply()
        assert reply.status == 200
        assert told["choices"][0]["finish_reason"] == "content_filter"
        assert b"damn" not in reply.body
        assert reply.refusal
        (record,) = stage.journal.sealed
    assert (record.outcome, record.status, record.code) == ("stopped", 403, "policy_violation")


async def test_what_an_upstream_says_against_a_request_is_inspected() -> None:
    for said_so, told in (("no", "no"), ("damn", "the upstream refused the request"), ("key-1234", "the upstream")):
        body = json.dumps({"error": {"message": said_so, "code": "c"}}).encode()
        async with staged(StagedAnswer([body], 400)) as stage:
            reply, answered = await stage.reply()
            assert reply.status == 400
            assert answered["error"]["message"].startswith(told)
            (record,) = stage.journal.sealed
        assert (record.outcome, record.status, record.code) == ("refused", 400, "upstream_error")


@pytest.mark.parametrize("status", [100, 199, 300, 301, 304, 401, 403, 405, 418, 500, 503, 599])
@pytest.mark.parametrize("streams", [False, True])
async def test_a_status_that_is_not_about_the_request_is_the_upstreams_failure(status: int, streams: bool) -> None:
    answer = StagedAnswer([b'{"error": {"message": "secret"}}'], status)
    async with staged(answer) as stage:
        reply, told = await stage.reply(stream=streams)
    assert (reply.status, told["error"]["code"]) == (502, "upstream_error")
    assert b"secret" not in reply.body
    assert (answer.taken, answer.closed) == (0, 1)


async def test_a_stream_is_handed_over_with_everything_that_it_needs() -> None:
    answer = StagedAnswer(spelled("Take key-1234 ", "home"))
    async with staged(answer) as stage:
        answered = await stage.ask(stream=True)
        assert isinstance(answered, Streamed)
        assert (stage.journal.sealed, answer.closed) == ([], 0)
        sent = b"".join([piece async for piece in answered.pieces])
        await answered.pieces.aclose()
        assert b"1234" not in sent
        (record,) = stage.journal.sealed
    assert (record.outcome, record.streamed, answer.closed) == ("served", True, 1)


async def test_a_stream_that_nobody_reads_is_let_go_of() -> None:
    answer = StagedAnswer(spelled("Fine."))
    async with staged(answer) as stage:
        answered = await stage.ask(stream=True)
        assert isinstance(answered, Streamed)
        await answered.pieces.aclose()
        assert [record.outcome for record in stage.journal.sealed] == ["abandoned"]
    assert (answer.taken, answer.closed) == (0, 1)


@pytest.mark.parametrize("full", ["admit", "seal"])
async def test_without_a_journal_nothing_takes_place(full: str) -> None:
    async with staged() as stage:
        stage.journal.full = frozenset({full})
        reply, told = await stage.reply()
        assert (reply.status, told["error"]["code"]) == (503, "not_ready")
        assert bool(stage.upstream.asked) is (full == "seal")
        outcomes = [(record.outcome, record.status) for record in stage.journal.sealed]
        assert outcomes == ([("failed", 503)] if full == "admit" else [])


async def test_the_snapshot_is_the_one_it_began_with() -> None:
    async with staged() as stage:
        strict = snapshot(stage.upstream, guard_of(ToyPolicy(denies=lambda _: True), CURSE))
        stage.upstream.before = lambda: stage.snapshots.swap(strict)
        reply, _ = await stage.reply()
        assert reply.status == 200
        assert stage.snapshots.current is strict


@pytest.mark.parametrize(
    ("owed", "status"),
    [
        ((Cap("max_tokens", 5),), 200),
        ((Cap("bananas", 5),), 403),
        ((Routed(frozenset({"told"})),), 200),
        ((Routed(frozenset({"gone"})),), 404),
        ((Routed(frozenset()),), 403),
    ],
)
async def test_what_is_owed_is_done_or_the_call_is_refused(owed: tuple[Any, ...], status: int) -> None:
    policy = ToyPolicy(owes=tuple((lambda _: True, each) for each in owed))
    async with staged(guard=guard_of(policy, CURSE)) as stage:
        reply, _ = await stage.reply()
        assert reply.status == status
        assert bool(stage.upstream.asked) is (status == 200)


async def test_a_key_that_would_have_to_change_is_refused() -> None:
    policy = ToyPolicy(
        owes=((lambda ask: ask("content.found"), Redact("content")),), fields=frozenset({"content.found"})
    )
    async with staged(guard=guard_of(policy, CURSE)) as stage:
        reply, told = await stage.reply(metadata={"damn": "x"})
        assert (reply.status, told["error"]["code"]) == (403, "policy_violation")
        assert stage.upstream.asked == []


async def test_an_answer_that_cannot_be_rewritten_where_it_must_change_is_blocked() -> None:
    answer = StagedAnswer([json.dumps({**completion("Fine."), "novel": {"key-1234": "x"}}).encode()])
    async with staged(answer) as stage:
        reply, told = await stage.reply()
        assert (reply.status, told["choices"][0]["finish_reason"]) == (200, "content_filter")
        assert reply.headers["x-yett-decision"] == "deny"
        assert b"1234" not in reply.body
        (record,) = stage.journal.sealed
    assert (record.outcome, record.code) == ("stopped", "policy_violation")


@pytest.mark.parametrize(
    ("model", "status", "kept"),
    [
        ("told", 200, "told"),
        ("wild-7", 200, "wild-7"),
        ("wild-key-1234", 404, ""),
        ("wild-damn", 403, ""),
        ("wild one", 404, ""),
        ("wild-" + "x" * 200, 404, ""),
    ],
)
async def test_a_models_name_that_fits_a_pattern_is_inspected_and_kept_only_when_clean(
    model: str, status: int, kept: str
) -> None:
    async with staged() as stage:
        routes = Routes([Route(stage.upstream, ("told", "wild*"))])
        stage.snapshots.swap(replace(stage.snapshots.current, routes=routes))
        reply, _ = await stage.reply(model=model)
        assert reply.status == status
        assert bool(stage.upstream.asked) is (status == 200)
        (record,) = stage.journal.sealed
    assert record.model == kept
    assert ("/model" in {receipt[0] for each in record.judgements[:1] for receipt in each.coverage}) is (
        model.startswith("wild-") and len(model) < 50
    )


async def test_a_detector_that_fails_denies() -> None:
    policy = ToyPolicy(denies=lambda ask: ask("detector.found"), fields=frozenset({"detector.found"}))
    async with staged(guard=guard_of(policy, CURSE, Broken())) as stage:
        reply, _ = await stage.reply()
        assert reply.status == 403
        (record,) = stage.journal.sealed
        readers = {receipt[3] for receipt in record.judgements[0].coverage}
    assert all("!broken:raised" in each.split(",") for each in readers)


Place = Callable[[Stage], tuple[object, str]]
AWAITED: list[tuple[str, Place]] = [
    ("the directory", lambda stage: (stage.snapshots.current.directory, "principal")),
    ("the counters", lambda stage: (stage.counters, "take")),
    ("the inspection", lambda stage: (stage.exchange._inspection, "inspect")),
    ("the journal's note", lambda stage: (stage.journal, "admit")),
    ("the upstream's head", lambda stage: (stage.upstream, "open")),
    ("the upstream's body", lambda stage: (stage.upstream.answer, "read")),
]


class Unforeseen(Exception):
    """Nobody expects it."""


@pytest.mark.parametrize("way", ["left", "broken"])
@pytest.mark.parametrize("place", [row[1] for row in AWAITED], ids=[row[0] for row in AWAITED])
async def test_whatever_ends_it_wherever_it_waits_it_is_sealed_once(
    place: Place, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def stuck(*_: object) -> object:
        reached.set()
        if way == "broken":
            raise Unforeseen
        return await asyncio.Event().wait()

    async with staged(rates=(RATE,)) as stage:
        owner, name = place(stage)
        monkeypatch.setattr(type(owner), name, stuck)
        call = asyncio.create_task(stage.ask())
        await reached.wait()
        if way == "left":
            call.cancel()
        with pytest.raises((asyncio.CancelledError, Unforeseen)):
            await call
        (record,) = stage.journal.sealed
    assert (record.outcome, record.status) == ("abandoned" if way == "left" else "failed", 0)
    if isinstance(stage.upstream.answer, StagedAnswer) and name == "read":
        assert stage.upstream.answer.closed == 1


async def test_who_leaves_while_the_disk_is_awaited_leaves_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal has written before it waits for the disk; nothing is written a second time."""
    sealing = asyncio.Event()
    seal = StagedJournal.seal

    async def slow(journal: StagedJournal, id: str, at: float, body: bytes) -> None:
        await seal(journal, id, at, body)
        sealing.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(StagedJournal, "seal", slow)
    async with staged() as stage:
        call = asyncio.create_task(stage.ask())
        await sealing.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert [record.outcome for record in stage.journal.sealed] == ["served"]
        stage.telemetry.counted += stage.journal.sealed


class Echo:
    """Finds, in an answer, what the operator of the request said."""

    name = "echo"
    kinds = frozenset({"leakage"})

    def about(self, asked: Sequence[Segment], fold: Callable[[str], str]) -> ToyDetector | None:
        told = [segment.text for segment in asked if segment.origin is Origin.OPERATOR]
        return ToyDetector((Rule("leakage.system_prompt", told[0]),), name="echo") if told else None


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_is_judged_by_what_was_asked(streamed: bool) -> None:
    owes = ((lambda _: True, Redact("leakage", Transform.REPLACE)),)
    guard = Guard((), ToyPolicy(owes=owes), informed=(Echo(),))
    told = [{"role": "system", "content": "open sesame"}, {"role": "user", "content": "Hi"}]
    pieces = spelled("I say open sesame") if streamed else [json.dumps(completion("I say open sesame")).encode()]
    async with staged(StagedAnswer(pieces), guard) as stage:
        answered = await stage.ask(messages=told, stream=streamed)
        sent = answered.body if isinstance(answered, Reply) else b"".join([piece async for piece in answered.pieces])
        assert b"sesame" not in sent
        assert b"[SYSTEM_PROMPT]" in sent


MAIL = ToyDetector(
    (Rule("pii.email", "jane@doe"), Rule("pii.email", "joe@doe"), Rule("pii.email", "user", "0123456789", 6, 6))
)
STAND_INS = {how: Pseudonyms((), b"key", "acme\0alice").of("pii.email", "jane@doe", how).text for how in Transform}
HELD_BACK = [(how, streams) for how in (Transform.SURROGATE, Transform.SYNTHETIC) for streams in (False, True)]


def restoring(how: Transform, *, restores: bool = True) -> Guard:
    owed = [Redact("pii", how), *([Restore("pii")] if restores else [])]
    return guard_of(ToyPolicy(owes=tuple((lambda _: True, each) for each in owed)), MAIL)


async def told(stage: Stage, text: str, *, streams: bool) -> tuple[str, str]:
    """Return what the upstream was told, and what its caller was told in return."""
    answered = await stage.ask(text, stream=streams)
    asked = json.loads(stage.upstream.asked[0].body)["messages"][0]["content"]
    if isinstance(answered, Reply):
        return asked, json.loads(answered.body)["choices"][0]["message"]["content"]
    sent = b"".join([piece async for piece in answered.pieces]).decode()
    chunks = [json.loads(each[6:]) for each in sent.split("\n\n") if each.startswith("data: {")]
    return asked, "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks)


@pytest.mark.parametrize(("how", "streams"), HELD_BACK)
async def test_a_caller_is_told_again_what_the_upstream_never_saw(how: Transform, *, streams: bool) -> None:
    name = STAND_INS[how]
    text = f"I wrote to {name} and joe@doe; see https://x.example/?{name}"
    pieces = spelled(*text) if streams else [json.dumps(completion(text)).encode()]
    async with staged(StagedAnswer(pieces), restoring(how)) as stage:
        asked, back = await told(stage, "Write to jane@doe", streams=streams)
        assert asked == f"Write to {name}"
        assert back.startswith("I wrote to jane@doe and ")
        assert "joe@doe" not in back  # what the model made up by itself is judged
        assert back.endswith(f"?{name}")
        (record,) = stage.journal.sealed
    assert record.judgements[0].rewritten == (("pii.email", how.value, 1),)
    assert record.judgements[1].rewritten == (("pii.email", "restore", 1), ("pii.email", how.value, 1))
    assert record.judgements[1].findings == (("pii.email", "model", 1),)


@pytest.mark.parametrize("streams", [False, True])
async def test_nothing_comes_back_that_this_call_did_not_hide_or_policy_keeps(*, streams: bool) -> None:
    name = STAND_INS[Transform.SURROGATE]
    pieces = spelled(name) if streams else [json.dumps(completion(name)).encode()]
    for guard, text in (
        (restoring(Transform.SURROGATE), "Who is behind it?"),
        (restoring(Transform.SURROGATE), f"Who is behind {name}? Not jane@doe."),
        (restoring(Transform.SURROGATE, restores=False), "Write to jane@doe"),
    ):
        async with staged(StagedAnswer(pieces), guard) as stage:
            assert (await told(stage, text, streams=streams))[1] == name


async def test_the_arguments_of_a_tool_name_the_value_again() -> None:
    name = STAND_INS[Transform.SURROGATE]
    call = {"id": "call_1", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": name})}}
    answer = completion("")
    answer["choices"][0]["message"] |= {"content": None, "tool_calls": [call]}
    async with staged(StagedAnswer([json.dumps(answer).encode()]), restoring(Transform.SURROGATE)) as stage:
        _, back = await stage.reply("Write to jane@doe")
    assert json.loads(back["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]) == {"to": "jane@doe"}
