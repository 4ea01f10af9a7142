"""What a request may ask a provider for at most: over the real gateway, as the provider sees it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from yett.compose.house import House
from yett.compose.loading import SettingsSource
from yett.compose.serving import serving
from yett.testing.provider import Provider, answer, event, stream

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Fine."}, "finish_reason": "stop"}],
}
CHUNK = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "Fine."}, "finish_reason": "stop"}],
}
POLICY = """
metadata: {{id: thrift, version: 1.0.0, priority: 100}}
rules:
  - id: thrift
    condition: {{operator: exists, field: llm.model}}
    action: {action}
status: active
"""
QUANTITIES = ("max_tokens", "max_completion_tokens")


def configured(folder: Path, url: str, action: str = "") -> SettingsSource:
    """Configure two providers, one of which takes at most 100 tokens; *action* is what a policy does to every request."""
    (folder / "policy.yaml").write_text(POLICY.format(action=action))
    (folder / "yett.yaml").write_text(f"""
server: {{mode: development}}
llm_providers:
  thrifty: {{kind: openai, base_url: "{url}", models: ["thrifty*"], max_tokens: 100}}
  lavish: {{kind: openai, base_url: "{url}", models: ["lavish"]}}
policies: {{files: [{"policy.yaml" if action else ""}]}}
records: {{path: "."}}
""")
    return SettingsSource(folder / "yett.yaml", environment={}, folder=folder)


async def ask(port: int, **fields: object) -> int:
    """Ask the gateway; return the status of the answer."""
    body = orjson.dumps({"messages": [{"role": "user", "content": "How are you?"}], **fields})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer dev-token\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    told = await reader.read()
    writer.close()
    return int(told.split()[1])


async def forwarded(folder: Path, action: str = "", **fields: object) -> dict[str, object]:
    """Return what a provider is asked for when the gateway is asked for *fields*."""
    script = stream([event(CHUNK), event("[DONE]")]) if fields.get("stream") else answer(ANSWER)
    async with Provider(script) as provider, serving(House(configured(folder, provider.url, action))) as port:
        assert await ask(port, **{"model": "thrifty", **fields}) == 200
        sent = orjson.loads(provider.requests[0].body)
    return {name: sent[name] for name in QUANTITIES if name in sent}


def caps(folder: Path) -> list[object]:
    """Return what the records say that requests were held to."""
    with closing(sqlite3.connect(folder / "records.db")) as database:
        bodies = [orjson.loads(body) for (body,) in database.execute("SELECT body FROM yett_entries ORDER BY at")]
    return [body["caps"] for body in bodies if body["kind"] == "record"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({}, {"max_tokens": 100}),
        ({"max_tokens": None}, {"max_tokens": 100}),
        ({"max_tokens": 101}, {"max_tokens": 100}),
        ({"max_tokens": 99}, {"max_tokens": 99}),
        ({"max_tokens": -1}, {"max_tokens": 100}),
        ({"max_completion_tokens": 5000}, {"max_completion_tokens": 100}),
        ({"max_tokens": 7, "max_completion_tokens": 5000}, {"max_tokens": 7, "max_completion_tokens": 100}),
        ({"max_tokens": 5000, "stream": True}, {"max_tokens": 100}),
        ({"model": "thrifty-large", "max_tokens": 5000}, {"max_tokens": 100}),
        ({"model": "lavish", "max_tokens": 5000}, {"max_tokens": 5000}),
        ({"model": "lavish"}, {}),
    ],
)
async def test_a_provider_is_asked_for_no_more_than_it_may_be(
    tmp_path: Path, asked: dict[str, object], given: dict[str, object]
) -> None:
    assert await forwarded(tmp_path, **asked) == given
    assert caps(tmp_path) == [{} if asked.get("model") == "lavish" else {"max_tokens": 100}]


@pytest.mark.parametrize(
    ("action", "asked", "given", "told"),
    [
        ("{decision: limit, limit: {max_tokens: 50}}", {}, 50, {"max_tokens": 50}),
        ("{decision: limit, limit: {max_tokens: 500}}", {}, 100, {"max_tokens": 100}),
        ("{decision: limit, limit: {max_tokens: 50, n: 1}}", {}, 50, {"max_tokens": 50, "n": 1}),
        ("{decision: limit, limit: {max_tokens: 50}}", {"model": "lavish"}, 50, {"max_tokens": 50}),
        (
            "{decision: route, route: {models: [thrifty]}}",
            {"model": "lavish", "max_tokens": 5000},
            100,
            {"max_tokens": 100},
        ),
        ("{decision: route, route: {models: [lavish]}}", {"model": "thrifty", "max_tokens": 5000}, 5000, {}),
    ],
)
async def test_policy_and_the_provider_are_both_kept_and_the_provider_is_the_one_that_is_asked_in_the_end(
    tmp_path: Path, action: str, asked: dict[str, object], given: int, told: dict[str, int]
) -> None:
    assert await forwarded(tmp_path, action, **asked) == {"max_tokens": given}
    assert caps(tmp_path) == [told]
