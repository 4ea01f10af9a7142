"""Payloads to build on: one request and one answer with everything that the protocol documents, and any number more."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from yett.dialects.pointers import KEY, REMOVED, escaped, get, replaced

__all__ = ["ANSWER", "CANARY", "REQUEST", "answers", "counterexample", "leaves", "planted", "requests"]

CANARY = "a canary ☂ sings"
"""It has blanks and a sign beyond ASCII, so it fits no strict form."""

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "where", "enum": ["Rome", "Oslo"]}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "weather", "description": "the weather", "parameters": SCHEMA}}
GRAMMAR = {"type": "grammar", "grammar": {"syntax": "lark", "definition": 'start: "a"'}}
CALL = {
    "id": "call_abc123",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Rome", "days": [1, {"note": "x"}]}'},
}

REQUEST: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [
        {"role": "system", "content": "Be kind.", "name": "boss"},
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        {
            "role": "user",
            "name": "ann",
            "content": [
                {"type": "text", "text": "What is this?", "prompt_cache_breakpoint": {"mode": "explicit"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
                {"type": "file", "file": {"file_id": "file-abc123"}},
            ],
        },
        {"role": "assistant", "content": None, "tool_calls": [CALL], "refusal": None, "audio": {"id": "audio_1"}},
        {"role": "tool", "tool_call_id": "call_abc123", "content": [{"type": "text", "text": "sunny"}]},
        {
            "role": "assistant",
            "content": [{"type": "refusal", "refusal": "no"}],
            "reasoning_content": "hm",
            "tool_calls": [{"id": "call_2", "type": "custom", "custom": {"name": "code", "input": "print()"}}],
        },
        {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": "not JSON"}},
        {"role": "function", "name": "f", "content": "done"},
        {"role": "user", "content": "And now?"},
    ],
    "context": [
        {"source": "kb://a", "chunks": [{"id": "1", "content": "one"}, {"id": 2, "content": "two", "score": 0.5}]},
        {"source": "kb://b", "chunks": [], "owner": "bob"},
    ],
    "tools": [TOOL, {"type": "custom", "custom": {"name": "code", "description": "runs", "format": GRAMMAR}}],
    "functions": [{"name": "f", "description": "old", "parameters": SCHEMA}],
    "tool_choice": {
        "type": "allowed_tools",
        "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "weather"}}]},
    },
    "function_call": {"name": "f"},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "s", "description": "d", "schema": SCHEMA, "strict": True},
    },
    "stop": ["END", "STOP"],
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
    "temperature": 0.5,
    "top_p": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "n": 2,
    "max_tokens": 100,
    "max_completion_tokens": 90,
    "seed": 7,
    "logprobs": True,
    "top_logprobs": 3,
    "store": False,
    "parallel_tool_calls": True,
    "logit_bias": {"50256": -100},
    "user": "u-1",
    "safety_identifier": "s-1",
    "prompt_cache_key": "k-1",
    "prompt_cache_retention": "24h",
    "prompt_cache_options": {"mode": "explicit", "ttl": "30m"},
    "metadata": {"team": "blue", "a/b~c#d": "e"},
    "modalities": ["text", "audio"],
    "audio": {"format": "wav", "voice": "alloy"},
    "prediction": {"type": "content", "content": [{"type": "text", "text": "perhaps"}]},
    "reasoning_effort": "low",
    "verbosity": "low",
    "service_tier": "auto",
    "moderation": {"model": "m", "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}}},
    "web_search_options": {
        "search_context_size": "low",
        "user_location": {"type": "approximate", "approximate": {"city": "Rome", "timezone": "Europe/Rome"}},
    },
    "thinking": {"type": "enabled", "budget": 123456789},
}
"""A request with every documented field, and some that nobody has documented."""

TOKEN = {"token": "Hi", "bytes": [72, 105], "logprob": -0.1, "top_logprobs": [{"token": "Ho", "logprob": -2}]}
ANSWER: dict[str, Any] = {
    "id": "chatcmpl-abc123",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "gpt-4o-mini",
    "service_tier": "default",
    "system_fingerprint": "fp_44709d6fcb",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": {"content": [TOKEN], "refusal": None},
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
            "message": {
                "role": "assistant",
                "content": "Hi",
                "refusal": None,
                "reasoning_content": "hm",
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {"start_index": 0, "end_index": 2, "title": "t", "url": "https://example.com"},
                    }
                ],
                "audio": {"id": "audio_1", "data": "AAAA", "expires_at": 1, "transcript": "hi"},
            },
        },
        {
            "index": 1,
            "finish_reason": "tool_calls",
            "logprobs": None,
            "message": {
                "role": "assistant",
                "content": None,
                "refusal": "no",
                "tool_calls": [CALL],
                "function_call": {"name": "f", "arguments": "{}"},
                "provider_specific_fields": {"thoughts": ["a", {"b": "c"}]},
            },
        },
    ],
    "usage": {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 1},
        "completion_tokens_details": {"reasoning_tokens": 0},
    },
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {"jailbreak": {"detected": False}}}],
    "x_groq": {"id": "req_1", "note": "hello"},
}
"""An answer with every documented field, and some that nobody has documented."""

words = st.text("ab /~#é:", min_size=1, max_size=6)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | words,
    lambda below: st.lists(below, max_size=2) | st.dictionaries(words, below, max_size=2),
    max_leaves=5,
)
parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": words}),
    st.fixed_dictionaries({"type": st.just("image_url"), "image_url": st.fixed_dictionaries({"url": words})}),
    st.fixed_dictionaries({"type": words, "data": anything}),
)
contents = words | st.none() | st.lists(parts, max_size=2)
calls = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["call_1", "an odd one"]),
        "type": st.just("function"),
        "function": st.fixed_dictionaries({"name": words, "arguments": words | anything.map(json.dumps)}),
    }
)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from("system developer user assistant tool function".split()), "content": contents},
    optional={"name": words, "tool_calls": st.lists(calls, max_size=2), "refusal": words, "an extra": anything},
)
documents = st.fixed_dictionaries(
    {"chunks": st.lists(st.fixed_dictionaries({"content": words}, optional={"id": words}), max_size=2)},
    optional={"source": words, "an extra": anything},
)
requests = st.fixed_dictionaries(
    {"model": st.just("m"), "messages": st.lists(messages, min_size=1, max_size=3)},
    optional={
        "context": documents | st.lists(documents, max_size=2),
        "metadata": st.dictionaries(words, anything, max_size=2),
        "stop": words | st.lists(words, max_size=2),
        "tools": st.just([TOOL]),
        "n": st.integers(1, 3),
        "an extra": anything,
        "b": anything,
    },
)
"""Requests as a caller may write them."""

choices = st.fixed_dictionaries(
    {
        "index": st.integers(0, 3),
        "message": st.fixed_dictionaries(
            {"role": st.just("assistant"), "content": contents},
            optional={"tool_calls": st.lists(calls, max_size=2), "reasoning_content": words, "an extra": anything},
        ),
        "finish_reason": st.sampled_from(["stop", "an odd one", None]),
    },
    optional={"logprobs": st.just({"content": [TOKEN]}), "an extra": anything},
)
answers = st.fixed_dictionaries(
    {"id": st.sampled_from(["chatcmpl-1", "an odd one"]), "choices": st.lists(choices, max_size=2)},
    optional={"model": words, "usage": anything, "an extra": anything},
)
"""Answers as an upstream may write them."""


def leaves(value: object, above: str = "") -> list[str]:
    """List the pointers to every leaf and every key of *value*, those inside nested JSON included."""
    if isinstance(value, dict):
        below = {f"{above}/{escaped(key)}": item for key, item in value.items()}
        return [*(path + KEY for path in below), *(leaf for path, item in below.items() for leaf in leaves(item, path))]
    if isinstance(value, list):
        return [leaf for at, item in enumerate(value) for leaf in leaves(item, f"{above}/{at}")]
    if isinstance(value, str) and value.startswith("{") and above.endswith("arguments"):
        return [above, *leaves(json.loads(value), above + "#")]
    return [above]


def planted(payload: dict[str, Any], pointer: str, canary: str = CANARY) -> dict[str, Any]:
    """Put *canary* in the place of the leaf or of the key at *pointer*."""
    place = pointer.removesuffix(KEY)
    edits: dict[str, object] = {place: canary}
    if place != pointer:
        above, _, _ = place.rpartition("/")
        edits = {above: {**get(payload, above), canary: get(payload, place)}}  # type: ignore[dict-item]
        payload = replaced(payload, edits)  # type: ignore[assignment]
        edits = {place: REMOVED}
    return replaced(payload, edits)  # type: ignore[return-value]


def counterexample(strategy: st.SearchStrategy[Any], breaks: Callable[[Any], bool]) -> object:
    """Find an example of *strategy* that *breaks* a broken variant, as a property over it would; fail if there is none."""
    quick = settings(phases=[Phase.generate], max_examples=2_000, database=None)
    return find(strategy, breaks, settings=quick)
