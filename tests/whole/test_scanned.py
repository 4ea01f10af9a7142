"""
Scanned or refused: a secret is put into every place that there is, one after the other, and never comes through.

Every string and every key of rich requests, answers and chunks, and of generated ones, is tried over the real gateway.
"""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.whole.gate import SECRET, Gate, completion, gate, posted, said
from yett.testing.provider import Provider, answer, event, stream

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": ["b", {"c": "d"}]}'}}
FUNCTION = {
    "name": "f",
    "description": "Does it.",
    "strict": False,
    "parameters": {
        "type": "object",
        "title": "t",
        "properties": {"a": {"type": "string", "enum": ["x"], "default": "y", "pattern": "z", "$comment": "w"}},
        "required": ["a"],
        "$defs": {"n": {"type": "string", "examples": ["e"], "const": "c"}},
    },
}
REQUEST: dict[str, Any] = said(
    "",
    messages=[
        {"role": "system", "content": "Be brief.", "name": "boss"},
        {"role": "developer", "content": [{"type": "text", "text": "And kind."}]},
        {"role": "user", "content": "Hi", "name": "joe"},
        {"role": "assistant", "content": None, "refusal": None, "tool_calls": [CALL], "reasoning_content": "hm"},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}], "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "sun"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "See."},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "file", "file": {"file_id": "file-abc", "filename": "a.txt"}},
                {"type": "novel", "thing": {"deep": ["x"]}},
            ],
        },
    ],
    tools=[{"type": "function", "function": FUNCTION}, {"type": "custom", "custom": {"name": "c", "description": "d"}}],
    functions=[FUNCTION],
    tool_choice={"type": "function", "function": {"name": "f"}},
    function_call={"name": "f"},
    response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": FUNCTION["parameters"]}},
    prediction={"type": "content", "content": "p"},
    metadata={"a": "b"},
    stop=["END"],
    user="u",
    safety_identifier="s",
    prompt_cache_key="k",
    service_tier="auto",
    reasoning_effort="low",
    modalities=["text"],
    logit_bias={"50256": -1},
    stream_options={"include_usage": True},
    web_search_options={"user_location": {"type": "approximate", "approximate": {"city": "Oban"}}},
    context=[{"source": "kb://a", "chunks": [{"id": "1", "content": "c"}]}],
    later={"deep": [{"er": ["still", {"x": "y"}]}]},
)  # fmt: skip
ANSWER: dict[str, Any] = {
    **completion("Fine.", "Well."),
    "system_fingerprint": "fp_abc123",
    "service_tier": "default",
    "novelty": {"deep": ["x", {"a": "b"}]},
}
ANSWER["choices"][0] |= {
    "logprobs": {"content": [{"token": "Fine", "bytes": [70], "logprob": -0.1, "top_logprobs": []}]},
    "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
    "mood": "calm",
}
ANSWER["choices"][0]["message"] |= {
    "refusal": None,
    "tool_calls": [CALL],
    "function_call": {"name": "f", "arguments": '{"a": "b"}'},
    "annotations": [{"type": "url_citation", "url_citation": {"url": "http://a.test", "title": "t", "start_index": 0}}],
    "audio": {"id": "audio_1", "data": "AAAA", "transcript": "t"},
    "reasoning_content": "hm",
    "novelty": {"deep": ["x"]},
}

Place = tuple[tuple[str | int, ...], bool]


def places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """List the places of *value*: the way to each string, null or number, and to each key (True)."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*above, key), True
            yield from places(item, (*above, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from places(item, (*above, at))
    else:
        yield above, False


def planted(value: Any, place: Place, text: str = SECRET) -> Any:
    """Put *text* into *place* of a copy of *value*; into a string of JSON, inside its strings."""
    way, key = place
    copy = deepcopy(value)
    inside = copy
    for step in way[:-1]:
        inside = inside[step]
    last = way[-1]
    if key:
        inside[f"{last} {text}"] = inside.pop(last)
    elif isinstance(inside[last], str) and inside[last].startswith('{"a'):
        inside[last] = inside[last].replace('"b"', json.dumps(text)).replace('"d"', json.dumps(text))
    else:
        inside[last] = f"{inside[last]} {text}" if isinstance(inside[last], str) and len(way) % 2 else text
    return copy


def hides(body: bytes) -> bool:
    """Say whether *body* holds nothing of the secret, in whatever way it is written."""
    flat = body.replace(b"\\", b"").replace(b'"', b"")
    return SECRET.encode() not in flat and SECRET[8:28].encode() not in flat


async def forwarded(gateway: Gate, provider: Provider, asked: Any) -> tuple[int, bytes | None, bytes]:
    """Ask; return the status, what the provider was given, if it was, and what was answered."""
    before = len(provider.requests)
    status, _, body = await posted(gateway.port, json.dumps(asked).encode())
    given = provider.requests[before:]
    return status, given[0].body if given else None, body


async def test_no_place_of_a_request_lets_a_secret_through(tmp_path: Path) -> None:
    seen = {"taken out": 0, "refused": 0}
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider) as gateway:
        status, given, body = await forwarded(gateway, provider, REQUEST)
        assert status == 200, body
        assert given
        for place in places(REQUEST):
            status, given, body = await forwarded(gateway, provider, planted(REQUEST, place))
            assert status in {200, 400, 403, 404}, (place, body)
            assert (given is not None) == (status == 200), place
            assert hides(body), place
            assert given is None or hides(given), place
            seen["refused" if given is None else "taken out"] += 1
    assert min(seen.values()) > 30


async def test_no_place_of_an_answer_lets_a_secret_through(tmp_path: Path) -> None:
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        for place in [((), False), *places(ANSWER)]:
            provider.say(answer(planted(ANSWER, place) if place[0] else ANSWER))
            status, _, body = await forwarded(gateway, provider, said("Hi"))
            assert status in ({200, 502} if place[0] else {200}), (place, body)
            assert hides(body), place


def chunked(told: Any) -> Any:
    """Say *told* as a chunk of a stream."""
    choices = [
        {**{name: value for name, value in choice.items() if name != "message"}, "delta": choice["message"], "finish_reason": None}
        for choice in told["choices"]
    ]  # fmt: skip
    return {**told, "object": "chat.completion.chunk", "choices": choices}


async def test_no_place_of_a_chunk_lets_a_secret_through(tmp_path: Path) -> None:
    whole = chunked(ANSWER)
    whole["choices"][0]["delta"]["tool_calls"] = [{**CALL, "index": 0}]
    ends = [{"index": at, "delta": {}, "finish_reason": "stop"} for at in range(2)]
    end = event({**whole, "choices": ends})
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        for place in [((), False), *places(whole)]:
            told = planted(whole, place) if place[0] else whole
            provider.say(stream([event(told), end, event("[DONE]")]))
            status, _, body = await forwarded(gateway, provider, said("Hi", stream=True))
            assert status == 200
            assert hides(body), place
            if not place[0]:
                assert b"[DONE]" in body


def grown(chance: random.Random, depth: int = 0) -> Any:
    """Make some JSON."""
    kind = chance.randrange(7 if depth < 4 else 4)
    word = "".join(chance.choices("abcde_$/~.- \u00e9", k=chance.randrange(1, 9)))
    if kind < 4:
        return [word, chance.randrange(-5, 10**6), chance.random() * 9, chance.choice([None, True, False])][kind]
    items = [grown(chance, depth + 1) for _ in range(chance.randrange(4))]
    return items if kind == 4 else {f"{word}{at}": item for at, item in enumerate(items)}


async def test_no_place_of_generated_requests_and_answers_lets_a_secret_through(tmp_path: Path) -> None:
    chance = random.Random(1)
    names = [*REQUEST, "novel", "x", "tools", "messages"]
    async with Provider() as provider, gate(tmp_path, provider) as gateway:
        for _ in range(150):
            asked = said("Hi") | {chance.choice(names): grown(chance) for _ in range(3)} | {"model": "told"}
            told = completion("Fine.") | {chance.choice(["novel", "usage", "model", "x"]): grown(chance)}
            told["choices"][0][chance.choice(["novel", "logprobs", "stop_reason"])] = grown(chance)
            told["choices"][0]["message"][chance.choice(["novel", "tool_calls", "audio", "content"])] = grown(chance)
            provider.say(answer(planted(told, chance.choice(list(places(told))))))
            _, given, body = await forwarded(gateway, provider, planted(asked, chance.choice(list(places(asked)))))
            assert given is None or hides(given), asked
            assert hides(body), told


async def test_a_place_that_is_not_looked_at_would_be_seen(tmp_path: Path) -> None:
    """Without policies everything comes through, so the tests above are not vacuous."""
    off = {"default": "none"}
    async with Provider(answer(completion(SECRET))) as provider, gate(tmp_path, provider, policies=off) as gateway:
        kept = 0
        for place in places(REQUEST):
            _, given, body = await forwarded(gateway, provider, planted(REQUEST, place))
            kept += given is not None and not hides(given) and not hides(body)
    assert kept > 50
