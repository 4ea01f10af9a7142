"""Callers who hang up, at every point: the provider is let go of, and the record says how it ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.whole.gate import Gate, chunk, completion, gate, said, spelled
from yett.model.record import Record
from yett.testing.provider import Do, Provider, Step, answer, head, stream

BODY = completion("Fine.")


@asynccontextmanager
async def caller(gateway: Gate, **fields: object) -> AsyncIterator[asyncio.StreamReader]:
    """Ask, and hang up at the end of the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    body = json.dumps(said("Hi", **fields)).encode()
    top = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer dev-token\r\n"
    writer.write(f"{top}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    try:
        yield reader
    finally:
        writer.close()


async def let_go(provider: Provider, gateway: Gate) -> Record:
    """Wait until the provider sees that it was let go of, a second at most; return the one record that there is."""
    async with asyncio.timeout(60):
        await provider.connections[0].left.wait()
    (record,) = await gateway.records(1)
    return record


@pytest.mark.parametrize("streams", [False, True])
async def test_who_leaves_before_the_first_byte_has_abandoned_the_exchange(tmp_path: Path, streams: bool) -> None:
    async with Provider([Do.HANG]) as provider, gate(tmp_path, provider) as gateway:
        async with caller(gateway, stream=streams):
            await provider.heard()
        record = await let_go(provider, gateway)
    assert (record.outcome, record.upstream, record.key) == ("abandoned", "told", "dev-token")
    assert record.judgements[0].stage == "request"


async def test_who_leaves_while_the_answer_arrives_has_abandoned_the_exchange(tmp_path: Path) -> None:
    begun = head(content_length=10_000, content_type="application/json") + b'{"id":"chatcmpl-1",'
    async with Provider([begun, Do.HANG]) as provider, gate(tmp_path, provider) as gateway:
        async with caller(gateway):
            await provider.heard()
        record = await let_go(provider, gateway)
    assert record.outcome == "abandoned"


@pytest.mark.parametrize("pieces", [1, 2, 20])
async def test_who_leaves_in_the_middle_of_a_stream_has_abandoned_the_exchange(tmp_path: Path, pieces: int) -> None:
    steps: list[Step] = [*spelled(*["All is well in this house. "] * pieces)[:-2], Do.HANG]
    async with Provider(stream(steps)) as provider, gate(tmp_path, provider) as gateway:
        async with caller(gateway, stream=True) as reader:
            await reader.readuntil(b"All is")
        record = await let_go(provider, gateway)
    assert (record.outcome, record.streamed) == ("abandoned", True)
    assert [judgement.stage for judgement in record.judgements] == ["request", "response"]
    assert record.judgements[1].coverage[0][2] > 0


async def test_who_leaves_while_text_is_held_back_has_abandoned_the_exchange(tmp_path: Path) -> None:
    async with (
        Provider(stream([chunk({"content": "sk-proj-"}), Do.HANG])) as provider,
        gate(tmp_path, provider) as gateway,
    ):
        async with caller(gateway, stream=True) as reader:
            await reader.readuntil(b"\r\n\r\n")
        record = await let_go(provider, gateway)
    assert record.outcome == "abandoned"


@pytest.mark.parametrize("streams", [False, True])
async def test_who_leaves_after_the_last_byte_was_served(tmp_path: Path, streams: bool) -> None:
    script = stream(spelled("Fine.")) if streams else answer(BODY)
    async with Provider(script) as provider, gate(tmp_path, provider) as gateway:
        async with caller(gateway, stream=streams) as reader:
            await reader.readuntil(b"[DONE]\n\n" if streams else b'"total_tokens":5}}')
        (record,) = await gateway.records(1)
    assert (record.outcome, record.status) == ("served", 200)


async def test_who_leaves_before_the_body_is_whole_has_asked_nothing(tmp_path: Path) -> None:
    async with Provider(answer(BODY)) as provider, gate(tmp_path, provider) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        top = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer dev-token\r\n"
        writer.write(f"{top}content-type: application/json\r\ncontent-length: 500\r\n\r\n".encode() + b'{"model":')
        await writer.drain()
        writer.close()
        assert await reader.read() == b""
        async with caller(gateway) as other:
            await other.readuntil(b'"total_tokens":5}}')
        assert len(await gateway.records(1)) == 1
    assert len(provider.requests) == 1


async def test_many_who_leave_at_all_moments_leave_one_record_each(tmp_path: Path) -> None:
    """A crowd hangs up after 0, 1, 2, … bytes of the answer: each exchange is sealed once, however it ended."""
    whole = stream(spelled(*["All is well in this house. "] * 3))
    count = 40

    async def leave(gateway: Gate, after: int) -> None:
        async with caller(gateway, stream=True) as reader:
            await reader.read(1)
            if after:
                await reader.readexactly(after * 20)

    async with Provider(whole) as provider, gate(tmp_path, provider) as gateway:
        await asyncio.gather(*(leave(gateway, at) for at in range(count)))
        records = await gateway.records(count)
    assert len({record.id for record in records}) == len(records) == count
    assert {record.outcome for record in records} <= {"served", "abandoned"}


async def test_the_house_serves_on_after_a_crowd_has_left(tmp_path: Path) -> None:
    async with Provider([Do.HANG]) as provider, gate(tmp_path, provider) as gateway:
        for _ in range(10):
            async with caller(gateway):
                await provider.heard(len(provider.connections) or 1)
        provider.say(answer(BODY))
        async with gateway.client() as client:
            told = await client.chat.completions.create(**said("Hi"))
        assert told.choices[0].message.content == "Fine."
        assert not [thread for thread in await gateway.records(2) if thread.outcome == "failed"]
