"""What is remembered of every exchange: exactly one sealed record, whatever ends it, and never any text."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.whole import gate as gates
from tests.whole.gate import SECRET, Gate, chunk, completion, gate, posted, records_in, said, spelled
from yett.adapters.journal.journal import FileJournal
from yett.compose.detectors import Detectors
from yett.compose.trail import verify_trail
from yett.model.errors import NotReady
from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.detector import EVERYBODY
from yett.services.asking import Asked
from yett.services.exchange import Exchange
from yett.testing.provider import Do, Provider, answer, event, stream

FINE = answer(completion("Fine."))
CANARY = "kestrel"
"""A word that stands in every place that could hold text."""


def files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in (folder / "records").rglob("*") if file.is_file())


async def ask(gateway: Gate, text: str = "Hi", **fields: object) -> tuple[int, bytes]:
    status, _, body = await posted(gateway.port, json.dumps(said(text, **fields)).encode())
    return status, body


async def test_no_text_is_remembered_from_any_place(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    asked = said(
        f"Do you know the {CANARY}? My address is {CANARY}@example.org and my key is {SECRET}.",
        user=CANARY,
        metadata={CANARY: CANARY},
        stop=[CANARY],
        tools=[{"type": "function", "function": {"name": CANARY, "description": CANARY, "parameters": {"x": CANARY}}}],
        context={"source": f"kb://{CANARY}", "chunks": [{"id": CANARY, "content": f"A {CANARY} is a falcon."}]},
        **{CANARY: {CANARY: CANARY}},
    )
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": CANARY, "arguments": f'{{"{CANARY}": "{CANARY}"}}'},
    }
    told = {**completion(f"{CANARY} {SECRET}", tool_calls=[call], refusal=CANARY), CANARY: {CANARY: CANARY}}
    pieces = [chunk({"content": f"the {CANARY} ", CANARY: CANARY}), chunk({"content": SECRET})]
    pieces += [chunk({"tool_calls": [{**call, "index": 0}]}), chunk({}, "stop"), event("[DONE]")]
    keys = {"keys": [{"id": "key-7", "subject": CANARY, "roles": [CANARY], "secret": f"{CANARY}-{CANARY}-{CANARY}"}]}
    async with (
        Provider(answer(told), stream(pieces), answer({"error": {"message": CANARY, "code": CANARY}}, 400)) as provider,
        gate(tmp_path, provider, access=keys) as gateway,
    ):
        head = {"authorization": f"Bearer {CANARY}-{CANARY}-{CANARY}", "x-request-id": CANARY, "user-agent": CANARY}
        for body in (
            asked,
            {**asked, "stream": True},
            asked,
            {**asked, "model": CANARY},
            {**asked, "messages": CANARY},
        ):
            status, _, _ = await posted(gateway.port, json.dumps(body).encode(), head=head)
            assert status in {200, 400, 404}
        await posted(gateway.port, b'{"kestrel', head=head)
        await posted(gateway.port, b'{"kestrel":1,"kestrel":2}', head=head)
        await posted(gateway.port, json.dumps({"prompt": CANARY, "user_id": CANARY}).encode(), "/api/v1/complete", head)
        await posted(gateway.port, json.dumps(asked).encode(), head={"authorization": f"Bearer {CANARY}"})
        records = await gateway.records(9)
        assert len(provider.requests) == 3
        assert CANARY in provider.requests[0].body.decode()
    assert [record.outcome for record in records] == ["served", "served", *["refused"] * 5, "served", "refused"]
    kept = files(tmp_path).lower()
    for encoded in (CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode().hex().encode(), SECRET.encode()):
        assert encoded not in kept
    assert CANARY not in caplog.text.lower()
    async with gate(tmp_path) as again:
        assert CANARY not in str((await posted(again.port, b"", "/metrics"))[2])


async def test_a_record_says_by_whom_each_place_was_read(tmp_path: Path) -> None:
    async with Provider(FINE) as provider, gate(tmp_path, provider) as gateway:
        await ask(gateway, metadata={"a": "b"}, later={"deep": ["x"]})
        await ask(gateway, "x" * 30_000)
        provider.say(stream(spelled("Once upon ", "a time.")))
        await ask(gateway, stream=True)
        plain, long, streamed = await gateway.records(3)
    assert [judgement.stage for judgement in plain.judgements] == ["request", "response"]
    request, response = plain.judgements
    receipts = {place: (origin, characters, readers) for place, origin, characters, readers in request.coverage}
    assert receipts["/messages/0/content"][:2] == ("user", 2)
    assert {place for place in receipts if place.startswith(("/metadata", "/*"))} == {
        "/metadata/*",
        "/*",
        "/*/*",
        "/*/*/0",
    }
    for _, _, readers in receipts.values():
        assert {"patterns", "hidden_text", "size"} <= set(readers.split(","))
        assert "!" not in readers
    assert ("/choices/0/message/content", "model", 5) in {receipt[:3] for receipt in response.coverage}
    assert [receipt[2] for receipt in long.judgements[0].coverage if receipt[0] == "/messages/0/content"] == [30_000]
    assert ("/choices/0/message/content", "model", 17) in {receipt[:3] for receipt in streamed.judgements[1].coverage}
    assert all(record.revision and record.request_digest and record.judgements[0].revision for record in (plain, long))
    assert plain.usage.input_tokens == 3


class Broken:
    """A detector that fails."""

    name, revision, kinds, cost = "broken", "1", frozenset({"injection"}), 0
    readings, origins, look_behind = frozenset({"raw"}), EVERYBODY, 0

    def __init__(self, *, on: Origin) -> None:
        self._on = on

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        if origin is self._on:
            raise ZeroDivisionError("kestrel")
        return ()

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        return len(text)


@pytest.mark.parametrize(("origin", "streams"), [(Origin.USER, False), (Origin.MODEL, False), (Origin.MODEL, True)])
async def test_a_detector_that_fails_has_read_nothing_and_nothing_passes(
    tmp_path: Path, origin: Origin, streams: bool
) -> None:
    class Failing(Detectors):
        def for_tests(self, tests: Any) -> Any:
            return (*super().for_tests(tests), Broken(on=origin))

    def failing(settings: Any, cache: Any) -> Detectors:
        return Failing(made(settings, cache).for_tests(()))

    made = gates._detectors
    script = stream(spelled("All is well. ", "Really.")) if streams else answer(completion("All is well."))
    with mock.patch.object(gates, "_detectors", failing):
        async with Provider(script) as provider, gate(tmp_path, provider) as gateway:
            status, body = await ask(gateway, stream=streams)
            (record,) = await gateway.records(1)
    assert b"well" not in body
    judgement = record.judgements[-1]
    assert not judgement.allowed
    assert "yett-coverage@1.0.0/detector-unavailable" in judgement.rules
    assert ("detector.unavailable", origin.value) in {finding[:2] for finding in judgement.findings}
    meant = [receipt[3].split(",") for receipt in judgement.coverage if receipt[1] == origin.value]
    assert meant
    assert all("!broken:raised" in readers and "broken" not in readers for readers in meant)
    if origin is Origin.USER:
        assert (status, record.outcome, record.status, provider.requests) == (403, "refused", 403, [])
    else:
        assert (status, record.outcome) == (200, "stopped")
        assert b"content_filter" in body


def refusing(name: str) -> Any:
    async def refuse(*_: object) -> None:
        raise NotReady("the disk is full of kestrels")

    return mock.patch.object(FileJournal, name, refuse)


@pytest.mark.parametrize("streams", [False, True])
async def test_what_cannot_be_noted_does_not_take_place(tmp_path: Path, streams: bool) -> None:
    async with Provider(FINE) as provider, gate(tmp_path, provider) as gateway:
        with refusing("admit"):
            status, body = await ask(gateway, stream=streams)
        error = json.loads(body)["error"]
        assert (status, error["code"], error["type"]) == (503, "not_ready", "server_error")
        assert "kestrel" not in error["message"]
        assert provider.requests == []
        (record,) = await gateway.records(1)
        assert (record.outcome, record.status, record.code) == ("failed", 503, "not_ready")
        assert (await ask(gateway))[0] == 200


async def test_what_cannot_be_sealed_is_not_acknowledged(tmp_path: Path) -> None:
    async with Provider(answer(completion("All is well."))) as provider, gate(tmp_path, provider) as gateway:
        with refusing("seal"):
            status, body = await ask(gateway)
            assert (status, json.loads(body)["error"]["code"]) == (503, "not_ready")
            assert b"well" not in body
            assert (await ask(gateway, model="gone"))[0] == 503
            provider.say(stream(spelled("All is well. ", "Really. ")))
            status, body = await ask(gateway, stream=True)
        assert status == 200  # it had begun
        assert b"[DONE]" not in body
        assert json.loads(body.split(b"data: ")[-1].split(b"\n\n")[0])["error"]["code"] == "not_ready"
        for connection in provider.connections[1:]:
            await asyncio.wait_for(connection.left.wait(), 60)
    async with gate(tmp_path) as again:  # what was noted and never sealed is told by the next start
        assert sorted(record.outcome for record in await again.records(2)) == ["crashed", "crashed"]


@pytest.mark.parametrize(
    ("place", "point", "streams"),
    [
        (Exchange, "_judged", False),
        (Exchange, "_judged", True),
        (Exchange, "_ask", False),
        (Exchange, "_ask", True),
        (Exchange, "_answered", False),
        (Asked, "inspected", False),
    ],
)
async def test_an_error_that_nobody_foresaw_is_sealed_and_says_nothing(
    tmp_path: Path, place: type, point: str, streams: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the kestrel divides by zero")

    async with Provider(FINE) as provider, gate(tmp_path, provider) as gateway:
        with mock.patch.object(place, point, fail):
            status, body = await ask(gateway, stream=streams)
        assert (status, json.loads(body)["error"]["code"]) == (500, "internal_error")
        assert b"kestrel" not in body
        assert "ZeroDivisionError" in caplog.text
        assert "kestrel" not in caplog.text
        (record,) = await gateway.records(1)
        assert (record.outcome, record.status) == ("failed", 0)
        assert (await ask(gateway))[0] == 200
        assert len(await gateway.records(2)) == 2


async def test_whatever_ends_them_exchanges_have_one_record_each_and_the_chain_holds(tmp_path: Path) -> None:
    scripts = [
        FINE,
        [Do.CLOSE],
        answer({"error": {"message": "no"}}, 400),
        answer({}, 200),
        stream(spelled("Once ", "upon.")),
        stream([*spelled("Once ")[:1], Do.CLOSE]),
    ]
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        expected = 0
        for script in scripts:
            for streams in (False, True):
                provider.say(script)
                await ask(gateway, stream=streams)
                expected += 1
        for text, model in ((gates.ORDER, "told"), ("Hi", "gone")):
            await ask(gateway, text, model=model)
            expected += 1
        records = await gateway.records(expected)
        settings = gateway.house.loaded.settings
    assert len(records_in(tmp_path)) == len(records) == len({record.id for record in records}) == expected
    report = await asyncio.to_thread(verify_trail, settings)
    assert report.holds
    assert report.entries == expected + report.chains
