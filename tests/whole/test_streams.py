"""What a streamed answer lets through: read from the socket itself, byte by byte."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.whole.gate import SECRET, Gate, chunk, completion, content, events, gate, posted, said, spelled
from yett.testing.provider import Do, Provider, Step, answer, event, stream

BEFORE, AFTER = "Take this: ", " and keep it well."
TEXT = f"{BEFORE}{SECRET}{AFTER}"
ARGUMENTS = json.dumps({"note": TEXT, "n": 1})
FORBIDDEN = """
metadata: {id: no-dragons, version: 2.0.0, priority: 2000}
rules:
  - id: dragons
    stages: [response]
    condition: {operator: contains, field: response.text, value: dragon}
    action: {decision: deny, reason: "we do not talk about those"}
status: active
"""


def calling(*pieces: str) -> list[bytes]:
    """Write an answer that calls a tool with arguments in *pieces*."""
    function = {"name": "remember", "arguments": ""}
    call = {"index": 0, "id": "call_1", "type": "function", "function": function}
    return [
        chunk({"role": "assistant", "tool_calls": [call]}),
        *(chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}) for piece in pieces),
        chunk({}, "tool_calls"),
        event("[DONE]"),
    ]


def arguments(chunks: Iterable[dict[str, Any]]) -> str:
    deltas = [choice["delta"] for each in chunks for choice in each["choices"]]
    calls = [call for delta in deltas for call in delta.get("tool_calls") or []]
    return "".join(call["function"].get("arguments") or "" for call in calls)


async def streamed(gateway: Gate, provider: Provider, pieces: Iterable[Step]) -> bytes:
    provider.say(stream(pieces))
    status, headers, body = await posted(gateway.port, json.dumps(said("Hi", stream=True)).encode())
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    return body


def leaks(body: bytes, n: int = 8) -> bool:
    """Say whether *body*, or what a client would glue together of it, holds as much as *n* characters of the secret."""
    chunks = events(body)
    seen = f"{body!r}{content(chunks)}{arguments(chunks)}"
    secret = SECRET.removeprefix("sk-proj-")
    return any(secret[at : at + n] in seen for at in range(20))


async def test_a_secret_cut_in_two_anywhere_never_leaves(tmp_path: Path) -> None:
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        whole = content(events(await streamed(gateway, provider, spelled(TEXT))))
        assert whole.startswith(BEFORE)
        assert whole.endswith(AFTER)
        for at in range(1, len(TEXT)):
            body = await streamed(gateway, provider, spelled(TEXT[:at], TEXT[at:]))
            assert not leaks(body), at
            assert content(events(body)) == whole, at


async def test_a_secret_cut_into_many_pieces_never_leaves(tmp_path: Path) -> None:
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        whole = content(events(await streamed(gateway, provider, spelled(TEXT))))
        for size in (1, 2, 3, 7, 20):
            body = await streamed(
                gateway, provider, spelled(*(TEXT[at : at + size] for at in range(0, len(TEXT), size)))
            )
            assert not leaks(body), size
            assert content(events(body)) == whole, size


async def test_a_secret_in_arguments_never_leaves_and_they_stay_json(tmp_path: Path) -> None:
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        whole = arguments(events(await streamed(gateway, provider, calling(ARGUMENTS))))
        assert json.loads(whole)["note"].startswith(BEFORE)
        assert json.loads(whole)["note"].endswith(AFTER)
        for at in range(1, len(ARGUMENTS)):
            body = await streamed(gateway, provider, calling(ARGUMENTS[:at], ARGUMENTS[at:]))
            assert not leaks(body), at
            assert arguments(events(body)) == whole, at


async def test_escaped_arguments_are_read_as_what_they_mean(tmp_path: Path) -> None:
    escaped = ARGUMENTS.replace(SECRET, "".join(f"\\u{ord(char):04x}" for char in SECRET))
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        body = await streamed(gateway, provider, calling(*(escaped[at : at + 5] for at in range(0, len(escaped), 5))))
        note = json.loads(arguments(events(body)))["note"]
    assert SECRET not in note
    assert note.startswith(BEFORE)


async def test_a_secret_cut_by_the_network_never_leaves(tmp_path: Path) -> None:
    """The provider's events themselves arrive in pieces: cut inside lines, inside UTF-8, inside the end of a line."""
    sent = b"".join(spelled(f"{TEXT} \u00e9\U0001f600"))
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        whole = content(events(await streamed(gateway, provider, [sent])))
        for size in (1, 13, 50):
            body = await streamed(gateway, provider, [sent[at : at + size] for at in range(0, len(sent), size)])
            assert not leaks(body)
            assert content(events(body)) == whole


async def test_a_leak_would_be_seen(tmp_path: Path) -> None:
    off = {"default": "none"}
    async with Provider() as provider, gate(tmp_path, provider, policies=off) as gateway:
        pieces = [TEXT[at : at + 3] for at in range(0, len(TEXT), 3)]
        assert leaks(await streamed(gateway, provider, spelled(*pieces)))
        assert leaks(await streamed(gateway, provider, calling(*pieces)))


async def test_a_denied_stream_ends_in_order_and_lets_go_of_its_provider(tmp_path: Path) -> None:
    (tmp_path / "dragons.yaml").write_text(FORBIDDEN)
    never = asyncio.Event()
    text = "Once upon a time there was a dra"
    pieces: list[Step] = [chunk({"role": "assistant", "content": ""}), *spelled(*text)[:-2]]
    pieces += [*spelled("gon", " who slept.")[:-2], never]
    async with (
        Provider() as provider,
        gate(tmp_path, provider, policies={"files": ["dragons.yaml"]}) as gateway,
    ):
        chunks = events(await streamed(gateway, provider, pieces))
        async with asyncio.timeout(60):
            await provider.connections[-1].left.wait()
        (record,) = await gateway.records(1)
    assert content(chunks) == "Once upon a time there was a "
    last = chunks[-1]["choices"][0]
    assert (last["finish_reason"], last["delta"]) == ("content_filter", {})
    assert last["content_filter_results"]["policy"]["reason"] == "we do not talk about those"
    assert [each["choices"][0]["finish_reason"] for each in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert (record.outcome, record.status, record.streamed) == ("stopped", 200, True)
    assert record.judgements[-1].rules == ("no-dragons@2.0.0/dragons",)
    assert not record.judgements[-1].allowed


async def test_a_denied_choice_ends_the_others_too(tmp_path: Path) -> None:
    (tmp_path / "dragons.yaml").write_text(FORBIDDEN)
    pieces: list[Step] = [
        chunk({"content": "Nice. "}, index=0),
        chunk({"content": "A dragon! It slept. "}, index=1),
        Do.HANG,
    ]
    async with (
        Provider() as provider,
        gate(tmp_path, provider, policies={"files": ["dragons.yaml"]}) as gateway,
    ):
        chunks = events(await streamed(gateway, provider, pieces))
    ends = {choice["index"]: choice["finish_reason"] for each in chunks for choice in each["choices"]}
    assert ends == {0: "content_filter", 1: "content_filter"}
    assert "dragon" not in str(chunks)


async def test_a_denied_answer_that_does_not_stream_is_blocked_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "dragons.yaml").write_text(FORBIDDEN)
    async with (
        Provider(answer(completion("Nice.", "A dragon!"))) as provider,
        gate(tmp_path, provider, policies={"files": ["dragons.yaml"]}) as gateway,
    ):
        status, headers, body = await posted(gateway.port, json.dumps(said("Hi", n=2)).encode())
        (record,) = await gateway.records(1)
    choices = json.loads(body)["choices"]
    assert status == 200
    assert headers["x-yett-decision"] == "deny"
    assert headers["x-yett-policy"] == "no-dragons@2.0.0"
    assert [choice["finish_reason"] for choice in choices] == ["content_filter"] * 2
    assert b"dragon" not in body.replace(b"no-dragons", b"")
    assert (record.outcome, record.status, record.code) == ("stopped", 403, "policy_violation")
