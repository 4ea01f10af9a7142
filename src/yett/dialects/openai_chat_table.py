"""
The table of OpenAI's chat completions: what is structure in a request, an answer and a chunk of a stream.

Rules:

1. Whoever adds a field here says that no text can hide in it, in no value that its shape lets pass.
2. Origins follow the role: system and developer messages are the operator's, assistant messages the model's. Tools,
   schemas, stop words, names and labels are definitions.
3. What would choose an address, a credential, a further model or a guard for the upstream is refused.
"""

from collections.abc import Mapping

from yett.dialects.openai_schemas import schema
from yett.dialects.shapes import (
    Shape,
    a_list,
    an_object,
    any_of,
    by,
    choice,
    fields,
    flag,
    form,
    free,
    integer,
    items,
    lump,
    mapping,
    nested,
    number,
    one_or_many,
    opaque,
    refused,
    required,
    text,
    untyped,
    word,
)
from yett.model.segment import Origin

__all__ = ["ANSWER", "CHUNK", "IDENTIFIER", "MESSAGE", "REQUEST", "STEERING", "request_shape"]

IDENTIFIER = (
    r"(?!.*\d{13})(?:chatcmpl|cmpl|call|msg|resp|gen|fc|req|run|file|audio|tool|toolu)[-_]"
    r"(?:[A-Za-z0-9]{1,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""A known prefix and one run of letters and digits, or a UUID: no separate words, and no digits enough for a card."""

STEERING = (
    *("api_base", "api_key", "api_type", "api_version", "base_url", "custom_llm_provider", "organization"),
    *("extra_body", "extra_headers", "extra_query", "headers", "user_config", "model_list", "litellm_params"),
    *("fallbacks", "context_window_fallbacks", "models", "route", "provider", "mock_response", "mock_tool_calls"),
    *("guardrails", "guardrail_config", "callbacks", "success_callback", "failure_callback", "no-log"),
)
"""Fields by which proxies and routers let a request choose its destination, its credential or its guards."""

_ID = form(IDENTIFIER)
_BASE64 = r"[A-Za-z0-9+/]*+={0,2}"
_MEDIA = r"(?:image/(?:png|jpe?g|gif|webp|bmp|tiff|avif|heic)|(?:audio|video)/[a-z0-9]{2,8}|application/pdf)"
_DATA = form(rf"(?:data:{_MEDIA};base64,)?{_BASE64}")
_DATA_URI = form(rf"data:{_MEDIA};base64,{_BASE64}")
_CALL_TYPE = word("function", "custom")
_TIER = word("auto", "default", "flex", "scale", "priority", "fast", "standard")
_BREAKPOINT = fields({"mode": word("explicit"), "ttl": word("30m", "12h")})
_ANY_STRING = form(r"(?s:.*)")


# Parts of a message.

_PART_TYPE = word("text", "refusal", "thinking", "image_url", "video_url", "input_audio", "file")
_URL = any_of(_DATA_URI, fields({"url": _DATA_URI, "detail": word("auto", "low", "high", "original")}))
_AUDIO = fields({"data": _DATA, "format": word("wav", "mp3", "flac", "opus", "pcm16")})
_FILE = fields({"file_id": _ID, "filename": free, "file_data": _DATA})


def _part(known: Mapping[str, Shape]) -> Shape:
    return fields({"type": _PART_TYPE, "prompt_cache_breakpoint": _BREAKPOINT, **known})


_PART = choice(
    "type",
    {
        "text": _part({"text": text}),
        "refusal": _part({"refusal": text}),
        "thinking": _part({"thinking": free}),
        "image_url": opaque(_part({"image_url": _URL})),
        "video_url": opaque(_part({"video_url": _URL})),
        "input_audio": opaque(_part({"input_audio": _AUDIO})),
        "file": opaque(_part({"file": _FILE})),
    },
    otherwise=opaque(untyped),
)
_CONTENT = any_of(text, a_list(items(an_object(required(("type",), _PART)))))


# Calls of tools, and messages.

_CALLED = an_object(fields({"name": text, "arguments": nested}))
_CUSTOM_CALLED = an_object(fields({"name": text, "input": text}))
_CALL = an_object(
    fields({"id": _ID, "index": integer, "type": _CALL_TYPE, "function": _CALLED, "custom": _CUSTOM_CALLED})
)
_SAID: Mapping[str, Shape] = {
    "role": word("system", "developer", "user", "assistant", "tool", "function"),
    "content": _CONTENT,
    "refusal": text,
    "reasoning_content": text,
    "reasoning": free,
    "tool_calls": by(Origin.MODEL, a_list(items(_CALL))),
    "function_call": by(Origin.MODEL, _CALLED),
}
MESSAGE: Mapping[str, Shape] = {**_SAID, "name": text, "tool_call_id": _ID, "audio": opaque(fields({"id": _ID}))}
"""The fields of a message in a request."""

_ROLES = {
    "system": Origin.OPERATOR,
    "developer": Origin.OPERATOR,
    "user": Origin.USER,
    "assistant": Origin.MODEL,
    "tool": Origin.TOOL,
    "function": Origin.TOOL,
}
_UNKNOWN_ROLE = refused(f"the role is missing or unknown; use one of {', '.join(_ROLES)}", "/role")


# Definitions and settings.

_DEFINED = an_object(
    required(("name",), fields({"name": text, "description": text, "parameters": schema, "strict": flag}))
)
_GRAMMAR = fields({"definition": free, "syntax": word("lark", "regex")})
_CUSTOM_FORMAT = fields({"type": word("text", "grammar"), "grammar": _GRAMMAR})
_CUSTOM_DEFINED = an_object(fields({"name": text, "description": text, "format": _CUSTOM_FORMAT}))
_TOOL = an_object(fields({"type": _CALL_TYPE, "function": _DEFINED, "custom": _CUSTOM_DEFINED}))
_NAMED = fields({"name": text})
_TOOL_NAMED = {"type": word("function", "custom", "allowed_tools"), "function": _NAMED, "custom": _NAMED}
_ALLOWED_TOOLS = fields({"mode": word("auto", "required"), "tools": items(fields(_TOOL_NAMED))})
_JSON_SCHEMA = fields({"name": text, "description": text, "schema": schema, "strict": flag})
_MODERATED = fields({"mode": word("score", "block")})
_LOCATION = fields({"type": word("approximate"), "approximate": free})
_VOICES = word("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")

_SETTINGS: Mapping[str, Shape] = {
    **dict.fromkeys(("temperature", "top_p", "frequency_penalty", "presence_penalty"), number),
    **dict.fromkeys(("n", "max_tokens", "max_completion_tokens", "seed", "top_logprobs"), integer),
    **dict.fromkeys(("stream", "logprobs", "store", "parallel_tool_calls"), flag),
    **dict.fromkeys(("user", "safety_identifier", "prompt_cache_key"), text),
    "stream_options": an_object(fields({"include_usage": flag, "include_obfuscation": flag})),
    "logit_bias": an_object(mapping(number)),
    "stop": any_of(text, a_list(items(text))),
    "metadata": an_object(free),
    "modalities": a_list(items(word("text", "audio"))),
    "audio": fields({"format": word("wav", "aac", "mp3", "flac", "opus", "pcm16"), "voice": _VOICES}),
    "prediction": by(Origin.USER, an_object(fields({"type": word("content"), "content": _CONTENT}))),
    "reasoning_effort": word("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "verbosity": word("low", "medium", "high"),
    "service_tier": _TIER,
    "prompt_cache_retention": word("in_memory", "24h"),
    "prompt_cache_options": fields({"mode": word("implicit", "explicit"), "ttl": word("30m")}),
    "moderation": fields({"model": text, "policy": fields({"input": _MODERATED, "output": _MODERATED})}),
    "web_search_options": fields({"search_context_size": word("low", "medium", "high"), "user_location": _LOCATION}),
    "tools": a_list(items(_TOOL)),
    "functions": a_list(items(_DEFINED)),
    "tool_choice": any_of(word("none", "auto", "required"), fields({**_TOOL_NAMED, "allowed_tools": _ALLOWED_TOOLS})),
    "function_call": any_of(word("none", "auto"), _NAMED),
    "response_format": an_object(
        fields({"type": word("text", "json_object", "json_schema"), "json_schema": _JSON_SCHEMA})
    ),
}
_CHUNKS = a_list(items(an_object(required(("content",), fields({"id": free, "content": text})))))
_CONTEXT = an_object(required(("chunks",), fields({"source": text, "chunks": _CHUNKS})))


def request_shape(message: Mapping[str, Shape] = MESSAGE) -> Shape:
    """Build the table of a request whose messages have the fields of *message*."""
    shape = fields(message)
    spoken = {role: by(origin, shape) for role, origin in _ROLES.items()}
    return fields(
        {
            **_SETTINGS,
            **dict.fromkeys(STEERING, refused("a request may not choose this; the operator does")),
            "model": _ANY_STRING,  # the exchange compares it with the models that exist
            "messages": a_list(items(an_object(choice("role", spoken, otherwise=_UNKNOWN_ROLE)))),
            "context": by(Origin.DOCUMENT, one_or_many(_CONTEXT)),
        }
    )


REQUEST = request_shape()
"""The table of a request."""


# Answers.

_TOKENS = fields(
    dict.fromkeys(
        (
            *("audio_tokens", "cached_tokens", "cache_write_tokens", "image_tokens", "text_tokens", "reasoning_tokens"),
            *("accepted_prediction_tokens", "rejected_prediction_tokens"),
        ),
        number,
    )
)
_USAGE = fields(
    {
        **dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), number),
        **dict.fromkeys(("queue_time", "prompt_time", "completion_time", "total_time", "cost"), number),
        **dict.fromkeys(("prompt_tokens_details", "completion_tokens_details"), _TOKENS),
    }
)
_JUDGED = fields(
    {"filtered": flag, "detected": flag, "severity": word("safe", "low", "medium", "high"), "citation": free}
)
_FILTERED = fields(
    dict.fromkeys(
        (
            *("hate", "self_harm", "sexual", "violence", "profanity", "jailbreak", "indirect_attack"),
            *("protected_material_text", "protected_material_code"),
        ),
        _JUDGED,
    )
)
_PROMPT_FILTERED = items(fields({"prompt_index": integer, "content_filter_results": _FILTERED}))
_LOGPROBS = lump("content", "refusal", "token", "bytes", "logprob", "top_logprobs")
_CITATION = fields({"start_index": integer, "end_index": integer, "title": text, "url": text})
_ANNOTATION = fields({"type": word("url_citation"), "url_citation": _CITATION})
_SPOKEN = opaque(fields({"id": _ID, "data": _DATA, "expires_at": integer, "transcript": text}))
_ANSWERED = fields({**_SAID, "annotations": items(_ANNOTATION), "audio": _SPOKEN})
_CHOICE: Mapping[str, Shape] = {
    "index": integer,
    "finish_reason": word("stop", "length", "tool_calls", "content_filter", "function_call", ""),
    "logprobs": _LOGPROBS,
    "content_filter_results": _FILTERED,
    "stop_reason": free,
}
_ENVELOPE: Mapping[str, Shape] = {
    "id": _ID,
    "object": word("chat.completion", "chat.completion.chunk"),
    "created": integer,
    "model": by(Origin.DEFINITION, text),
    "service_tier": _TIER,
    "system_fingerprint": form(r"fp_[a-z0-9]{4,32}|"),
    "usage": _USAGE,
    "prompt_filter_results": _PROMPT_FILTERED,
}

ANSWER = fields({**_ENVELOPE, "choices": items(fields({**_CHOICE, "message": _ANSWERED}))})
"""The table of an answer."""

_CALLED_DELTA = fields({"name": text, "arguments": text})
_CALL_DELTA = fields(
    {
        "index": integer,
        "id": _ID,
        "type": _CALL_TYPE,
        "function": _CALLED_DELTA,
        "custom": fields({"name": text, "input": text}),
    }
)
_REASONED = fields(
    {
        "type": word("reasoning.text", "reasoning.summary", "reasoning.encrypted"),
        "format": word("unknown", "openai-responses-v1", "anthropic-claude-v1", "google-gemini-v1"),
        "index": integer,
        "id": _ID,
        "text": text,
        "summary": text,
    }
)
_DELTA = fields(
    {
        **_SAID,
        "tool_calls": items(_CALL_DELTA),
        "function_call": _CALLED_DELTA,
        "audio": _SPOKEN,
        "reasoning_details": items(_REASONED),
        "annotations": items(_ANNOTATION),
    }
)

CHUNK = fields({**_ENVELOPE, "choices": items(fields({**_CHOICE, "delta": _DELTA}))})
"""The table of one chunk of a stream."""
