"""The official client against the real gateway: whatever it can ask and be told."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.whole.gate import ORDER, SECRET, chunk, completion, gate, said, spelled
from yett.testing.provider import Do, Provider, Step, answer, event, stream

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather of a town.",
        "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
    },
}
CALL = {"id": "call_abc123", "type": "function", "function": {"name": "weather", "arguments": '{"town":"Oban"}'}}
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
HELLO: list[Any] = [{"role": "user", "content": "Tell me about iron gates."}]


async def test_it_is_answered_by_the_stub(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway, gateway.client() as client:
        raw = await client.chat.completions.with_raw_response.create(model="stub", messages=HELLO)
        told = raw.parse()
        assert told.choices[0].message.content == HELLO[0]["content"]
        assert told.choices[0].finish_reason == "stop"
        assert told.usage
        assert told.usage.total_tokens > 0
        assert raw.headers["x-yett-decision"] == "allow"
        assert raw.headers["x-pii-detected"] == "false"
        assert raw.headers["x-yett-score"] == raw.headers["x-security-score"] == "0.00"
        assert told._request_id == raw.headers["x-request-id"]


async def test_the_synchronous_client_is_answered_too(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:

        def ask() -> tuple[str | None, str]:
            with OpenAI(base_url=gateway.url, api_key="dev-token") as client:
                told = client.chat.completions.create(model="stub", messages=HELLO)
                pieces = client.chat.completions.create(model="stub", messages=HELLO, stream=True)
                return told.choices[0].message.content, "".join(
                    piece.choices[0].delta.content or "" for piece in pieces if piece.choices
                )

        assert await asyncio.to_thread(ask) == (HELLO[0]["content"], HELLO[0]["content"])


async def test_it_streams_and_is_told_the_usage_when_it_asks(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway, gateway.client() as client:
        pieces = await client.chat.completions.create(
            model="stub", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = [piece async for piece in pieces]
    texts = [piece.choices[0].delta.content or "" for piece in chunks if piece.choices]
    assert "".join(texts) == HELLO[0]["content"]
    assert sum(map(bool, texts)) > 1
    assert [piece.choices[0].finish_reason for piece in chunks if piece.choices][-1] == "stop"
    (usage,) = [piece.usage for piece in chunks if piece.usage]
    assert usage.completion_tokens > 0
    assert chunks[-1].usage == usage


async def test_several_choices_come_each_as_itself_whole_and_streamed(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway, gateway.client() as client:
        told = await client.chat.completions.create(model="stub", messages=HELLO, n=2)
        assert [choice.message.content for choice in told.choices] == [HELLO[0]["content"]] * 2
        texts = {0: "", 1: ""}
        async for piece in await client.chat.completions.create(model="stub", messages=HELLO, n=2, stream=True):
            for choice in piece.choices:
                texts[choice.index] += choice.delta.content or ""
    assert texts == {0: HELLO[0]["content"], 1: HELLO[0]["content"]}


async def test_the_models_are_listed(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway, gateway.client() as client:
        assert [model.id async for model in client.models.list()] == ["stub"]


async def test_tools_go_there_and_calls_come_back_and_results_go_there_again(tmp_path: Path) -> None:
    spoken = [{**completion(None)["choices"][0], "finish_reason": "tool_calls"}]
    spoken[0]["message"]["tool_calls"] = [CALL]
    calling = {**completion(None), "choices": spoken}
    async with (
        Provider(answer(calling), answer(completion("Rain."))) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
    ):
        tools: Any = [WEATHER]
        messages: list[Any] = [{"role": "user", "content": "What is the weather in Oban?"}]
        told = await client.chat.completions.create(model="told", messages=messages, tools=tools, tool_choice="auto")
        message = told.choices[0].message
        assert message.tool_calls
        assert message.tool_calls[0].to_dict() == CALL
        assert told.choices[0].finish_reason == "tool_calls"
        messages += [message.to_dict(), {"role": "tool", "tool_call_id": "call_abc123", "content": "rain, 8 degrees"}]
        told = await client.chat.completions.create(model="told", messages=messages, tools=tools)
        assert told.choices[0].message.content == "Rain."
    first, second = (json.loads(request.body) for request in provider.requests)
    assert first == {"model": "told", "messages": messages[:1], "tools": [WEATHER], "tool_choice": "auto"}
    assert second["messages"] == messages


async def test_calls_of_tools_stream(tmp_path: Path) -> None:
    function = {"name": "weather", "arguments": ""}
    begun = {"role": "assistant", "content": None, "tool_calls": [{**CALL, "index": 0, "function": function}]}
    pieces = [
        chunk(begun),
        *(
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
            for piece in ['{"to', 'wn":"', "Ob", 'an"}']
        ),
        chunk({}, "tool_calls"),
        event("[DONE]"),
    ]
    async with (
        Provider(stream(pieces)) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
        client.chat.completions.stream(**said("What is the weather?")) as streamed,
    ):
        told = await streamed.get_final_completion()
    calls = told.choices[0].message.tool_calls
    assert calls
    assert (calls[0].id, calls[0].function.name, calls[0].function.arguments) == (
        "call_abc123",
        "weather",
        '{"town":"Oban"}',
    )
    assert told.choices[0].finish_reason == "tool_calls"


async def test_images_go_there_and_it_is_said_that_nobody_read_them(tmp_path: Path) -> None:
    parts: Any = [
        {"type": "text", "text": "What is in this picture?"},
        {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
    ]
    async with (
        Provider(answer(completion("A dot."))) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
    ):
        raw = await client.chat.completions.with_raw_response.create(
            model="told", messages=[{"role": "user", "content": parts}]
        )
        assert raw.parse().choices[0].message.content == "A dot."
        assert raw.headers["x-yett-decision"] == "warn"
        (record,) = await gateway.records(1)
    assert json.loads(provider.requests[0].body)["messages"][0]["content"] == parts
    receipts = {place: readers for place, _, _, readers in record.judgements[0].coverage}
    assert receipts["/messages/0/content/1"] == "opaque"
    assert "opaque" not in receipts["/messages/0/content/0/text"]


async def test_fields_that_nobody_knows_travel_both_ways(tmp_path: Path) -> None:
    extra = {"top_k": 40, "chat_template": {"thinking": True, "style": "brief"}, "seeds": [1, 2], "later": None}
    told = {**completion("Fine."), "novelty": {"depth": 3, "words": ["a", "b"]}, "fast": True}
    told["choices"][0]["message"]["mood"] = "calm"
    async with (
        Provider(answer(told)) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
    ):
        came = await client.chat.completions.create(**said("How are you?"), extra_body=extra)
    assert json.loads(provider.requests[0].body) == said("How are you?", **extra)
    assert came.to_dict() == told


async def test_fields_that_nobody_knows_travel_in_streams_too(tmp_path: Path) -> None:
    odd = json.loads(chunk({"content": "Fine.", "mood": "calm"}).removeprefix(b"data: "))
    odd["novelty"] = {"depth": 3, "word": "a"}
    async with (
        Provider(stream([event(odd), chunk({}, "stop"), event("[DONE]")])) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
    ):
        chunks = [piece.to_dict() async for piece in await client.chat.completions.create(**said("Hi"), stream=True)]
    seen = [piece for piece in chunks if "novelty" in piece]
    assert [piece["novelty"] for piece in seen] == [{"depth": 3, "word": "a"}]
    moods = [delta["mood"] for piece in chunks for delta in [piece["choices"][0]["delta"]] if delta.get("mood")]
    assert moods == ["calm"]


def told_off(status: int, message: str = "you cannot do that", code: str = "some_code") -> list[Any]:
    return list(answer({"error": {"message": message, "type": "x", "param": "/n", "code": code}}, status))


ERRORS: list[tuple[str, dict[str, Any], Any, type[openai.APIStatusError], int, str]] = [
    ("an order", said(ORDER), None, openai.PermissionDeniedError, 403, "policy_violation"),
    ("a model that is not there", said("Hi", model="gone"), None, openai.NotFoundError, 404, "model_not_found"),
    ("a wrong role", said("Hi", messages=[{"role": "pope", "content": "Hi"}]), None, openai.BadRequestError, 400,
     "invalid_request"),
    ("a request that the provider refuses", said("Hi"), told_off(400), openai.BadRequestError, 400, "some_code"),
    ("a model that the provider has lost", said("Hi"), told_off(404), openai.NotFoundError, 404, "some_code"),
    ("a provider that is tired", said("Hi"), told_off(429), openai.RateLimitError, 429, "some_code"),
    ("our credential is wrong there", said("Hi"), told_off(401), openai.InternalServerError, 502, "upstream_error"),
    ("our credential may not do that there", said("Hi"), told_off(403), openai.InternalServerError, 502,
     "upstream_error"),
    ("a provider that fails", said("Hi"), told_off(500), openai.InternalServerError, 502, "upstream_error"),
    ("a provider that hangs up", said("Hi"), [Do.CLOSE], openai.InternalServerError, 502, "upstream_error"),
    ("a provider that is silent", said("Hi"), [Do.HANG], openai.InternalServerError, 504, "upstream_timeout"),
]  # fmt: skip


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(("asked", "script", "kind", "status", "code"), [row[1:] for row in ERRORS],
                         ids=[row[0] for row in ERRORS])  # fmt: skip
async def test_errors_arrive_as_its_own_exceptions(  # noqa: PLR0917  # a row of the table
    tmp_path: Path,
    asked: dict[str, Any],
    script: Any,
    kind: type[openai.APIStatusError],
    status: int,
    code: str,
    streams: bool,
) -> None:
    async with (
        Provider(script or answer(completion("Fine."))) as provider,
        gate(tmp_path, provider, told={"timeout": 0.2 if status == 504 else 60}) as gateway,
        gateway.client(max_retries=0) as client,
    ):
        with pytest.raises(kind) as raised:
            await client.chat.completions.create(**asked, stream=streams)
    error = raised.value
    assert (error.status_code, error.code) == (status, code)
    assert error.request_id
    assert error.request_id.startswith("req_")
    assert isinstance(error.body, dict)
    assert set(error.body) == {"message", "type", "param", "code"}
    assert bool(provider.requests) is bool(script)


@pytest.mark.parametrize(
    ("credential", "kind"), [("nobody-knows-this-credential", openai.AuthenticationError), ("dev-token", None)]
)
async def test_a_credential_that_nobody_knows_is_an_authentication_error(
    tmp_path: Path, credential: str, kind: type[Exception] | None
) -> None:
    async with gate(tmp_path) as gateway, gateway.client(credential, max_retries=2) as client:
        if kind is None:
            await client.chat.completions.create(model="stub", messages=HELLO)
        else:
            with pytest.raises(openai.AuthenticationError) as raised:
                await client.chat.completions.create(model="stub", messages=HELLO)
            assert raised.value.code == "invalid_api_key"
            assert len(await gateway.records(1)) == 1


RETRIED: list[tuple[str, dict[str, Any], Callable[[], Any], int, int]] = [
    ("a denial is final", said(ORDER), lambda: answer(completion("Fine.")), 1, 0),
    ("a request that the provider refuses is wrong", said("Hi"), lambda: told_off(400), 1, 1),
    ("a conflict is the provider's last word", said("Hi"), lambda: told_off(409), 1, 1),
]


@pytest.mark.parametrize(("asked", "script", "came", "went"), [row[1:] for row in RETRIED], ids=[r[0] for r in RETRIED])
async def test_what_will_not_change_is_not_tried_again(
    tmp_path: Path, asked: dict[str, Any], script: Callable[[], Any], came: int, went: int
) -> None:
    async with (
        Provider(script()) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client(max_retries=2) as client,
    ):
        with pytest.raises(openai.APIStatusError) as raised:
            await client.chat.completions.create(**asked)
        assert raised.value.response.headers["x-should-retry"] == "false"
        assert len(await gateway.records(came)) == came
    assert len(provider.requests) == went


async def test_a_provider_that_asks_to_wait_is_asked_again_after_that(tmp_path: Path) -> None:
    busy = list(answer({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, 429, retry_after=1))
    async with (
        Provider(busy, answer(completion("Fine."))) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client(max_retries=0) as client,
    ):
        with pytest.raises(openai.RateLimitError) as raised:
            await client.chat.completions.create(**said("Hi"))
        assert raised.value.response.headers["retry-after"] == "1"
        assert "x-should-retry" not in raised.value.response.headers
        assert raised.value.code == "rate_limit_exceeded"


async def test_an_answer_that_is_rewritten_says_so_in_its_headers(tmp_path: Path) -> None:
    async with (
        Provider(answer(completion(f"The key is {SECRET}, keep it."))) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client() as client,
    ):
        raw = await client.chat.completions.with_raw_response.create(**said("Which key?"))
        text = raw.parse().choices[0].message.content or ""
        assert text.startswith("The key is [")
        assert SECRET not in text
        assert raw.headers["x-yett-decision"] == "sanitize"
        assert raw.headers["x-yett-policy"] == "yett-secrets@1.0.0"
        assert float(raw.headers["x-yett-score"]) > 0.5


async def test_a_stream_that_breaks_off_is_an_error_and_never_an_end(tmp_path: Path) -> None:
    pieces: list[Step] = [*spelled("Once upon a time there was a gate. ", "And then")[:2], Do.CLOSE]
    async with (
        Provider(stream(pieces)) as provider,
        gate(tmp_path, provider) as gateway,
        gateway.client(max_retries=0) as client,
    ):
        streamed = await client.chat.completions.create(**said("Tell me"), stream=True)
        with pytest.raises(openai.APIError) as raised:
            _ = [piece async for piece in streamed]
        assert raised.value.code == "upstream_error"
        (record,) = await gateway.records(1)
    assert record.outcome == "failed"
