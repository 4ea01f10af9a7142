"""
OpenAI's chat completions: requests, answers, refusals.

Rules:

1. What is text is the table's to say (`yett.dialects.openai_chat_table`); here is what to do with a payload as a whole.
2. A choice whose text was changed loses what repeats that text or points into it: log probabilities, annotations.
3. An answer that policy blocks is made anew; nothing of the upstream's wording goes into it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yett.dialects import contexts, strict_json
from yett.dialects.dialect import Payload, Placed, Texts, Unwritable, read, write
from yett.dialects.openai_chat_table import ANSWER, IDENTIFIER, REQUEST
from yett.dialects.shapes import Shape
from yett.dialects.usages import usage_of
from yett.model.errors import CallerError, UpstreamError
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.verdict import Verdict

__all__ = ["OPENAI_CHAT", "OpenAIChat", "error_type", "filtered"]

_ANSWER_NODES = 1_000_000
"""Values in an answer: log probabilities need hundreds for each token."""
_PART = re.compile(r"(/messages/\d+/content/\d+)/.*", re.DOTALL)
_CHOICE = re.compile(r"/choices/(\d+)/")
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_SERVER_FAULT = 500
_CAPPED = {"max_tokens": ("max_tokens", "max_completion_tokens"), "n": ("n",)}


@dataclass(frozen=True, slots=True)
class OpenAIChat:
    """`POST /v1/chat/completions`."""

    request: Shape = REQUEST
    answer: Shape = ANSWER
    operation: str = "openai.chat"
    upstream_path: str = "/chat/completions"

    def parse(self, body: bytes) -> Payload:
        """Parse a request; `{"req": {…}}` is unwrapped."""
        payload = strict_json.parse(body)
        if isinstance(payload, dict) and payload.keys() == {"req"}:
            payload = payload["req"]
        if not isinstance(payload, dict):
            message = "the body must be a JSON object"
            raise CallerError(message)
        if not isinstance(payload.get("model"), str) or not payload["model"]:
            message = "`model` must be the name of a model"
            raise CallerError(message, param="/model")
        if not isinstance(payload.get("messages"), list) or not payload["messages"]:
            message = "`messages` must be a list of at least one message"
            raise CallerError(message, param="/messages")
        return payload

    def parse_answer(self, body: bytes) -> Payload:
        """Parse an answer."""
        try:
            payload = strict_json.parse(body, _ANSWER_NODES)
        except CallerError as error:
            message = f"the upstream's answer cannot be read: {error.message}"
            raise UpstreamError(message) from error
        choices = payload.get("choices") if isinstance(payload, dict) else None
        if not isinstance(payload, dict) or not isinstance(choices, list):
            message = "the upstream's answer is no chat completion: it has no list of choices"
            raise UpstreamError(message)
        if not all(isinstance(choice, dict) and isinstance(choice.get("message"), dict) for choice in choices):
            message = "the upstream's answer is no chat completion: a choice has no message"
            raise UpstreamError(message)
        return payload

    def facts(self, payload: Payload) -> dict[str, dict[str, object]]:
        """Tell what is known of a request without reading its texts; what nobody stated is left out."""
        messages = payload["messages"]
        limits = [payload[name] for name in _CAPPED["max_tokens"] if type(payload.get(name)) is int]
        llm: dict[str, object] = {
            "model": payload["model"],
            "messageCount": len(messages),
            "promptLength": sum(_length(message.get("content")) for message in messages if isinstance(message, dict)),
            "stream": self.streams(payload),
            "n": payload.get("n") or 1,
        }
        if limits:
            llm["maxTokens"] = max(limits)
        facts: dict[str, dict[str, object]] = {"llm": llm, "tool": {"names": _tool_names(payload)}}
        if sources := _sources(payload.get("context")):
            facts["context"] = {"sources": sources, "source": sources[0]}
        return facts

    def answer_facts(self, payload: Payload) -> dict[str, dict[str, object]]:
        """Tell what is known of an answer without reading its texts."""
        messages = [choice["message"] for choice in payload["choices"]]
        calls = [call for message in messages for call in _dicts(message.get("tool_calls"))]
        usage = usage_of(payload)
        return {
            "response": {
                "length": sum(_length(message.get("content")) for message in messages),
                "finishReasons": [choice.get("finish_reason") for choice in payload["choices"]],
            },
            "tool": {"names": [_name_in(call) for call in calls]},
            "usage": {
                "inputTokens": usage.input_tokens,
                "outputTokens": usage.output_tokens,
                "cachedTokens": usage.cached_tokens,
            },
        }

    def streams(self, payload: Payload) -> bool:
        """Say whether the request asks for a stream."""
        return payload.get("stream") is True

    def read(self, payload: Payload) -> Texts:
        """List the texts of a request."""
        return read(payload, self.request, Origin.DEFINITION, asking=True)

    def read_answer(self, payload: Payload) -> Texts:
        """List the texts of an answer."""
        return read(payload, self.answer, Origin.MODEL, asking=False)

    def write(
        self, payload: Payload, before: Texts, segments: Sequence[Segment], dropped: Sequence[str] = ()
    ) -> Payload:
        """Put *segments*, which were *before*, back into a request; a dropped part or chunk goes as a whole."""
        written = write(payload, before, segments, dropped, _surroundings)
        return payload if written is payload else _without_empty_lists(written)

    def write_answer(
        self, payload: Payload, before: Texts, segments: Sequence[Segment], dropped: Sequence[str] = ()
    ) -> Payload:
        """Put *segments*, which were *before*, back into an answer."""
        if (written := write(payload, before, segments, dropped)) is payload:
            return payload
        kept = set(segments)
        changed = {_CHOICE.match(segment.path) for segment in before.segments if segment not in kept}
        touched = {int(found[1]) for found in changed if found}
        choices = [_unrepeated(choice) if at in touched else choice for at, choice in enumerate(written["choices"])]
        return {**written, "choices": choices}

    def route(self, payload: Payload, model: str) -> Payload:
        """Ask *model* instead."""
        return {**payload, "model": model}

    def cap(self, payload: Payload, quantity: str, limit: int) -> Payload:
        """Let *quantity*, `max_tokens` or `n`, be at most *limit*."""
        if quantity not in _CAPPED:
            message = f"a chat completion has no `{quantity}` to cap"
            raise Unwritable(message)
        stated = [name for name in _CAPPED[quantity] if payload.get(name) is not None]
        named = stated or [_CAPPED[quantity][0]]
        # one choice is what there is without an `n`, so nothing needs to be said
        if quantity == "n" and not stated and limit >= 1:
            return payload
        return {**payload, **{name: _most(payload.get(name), limit) for name in named}}

    def place(self, payload: Payload) -> Placed:
        """Move the request's documents into its prompt."""
        return contexts.place(payload)

    def enrich_answer(self, payload: Payload, placed: Placed) -> Payload:
        """Add `answer`, `citations` and `meta` when the request brought documents."""
        if placed.citations is None:
            return payload
        contents = [choice["message"].get("content") for choice in payload["choices"]]
        citations = [{"source": citation.source, "id": citation.id} for citation in placed.citations]
        sources = list(dict.fromkeys(citation.source for citation in placed.citations))
        meta = {"model": payload.get("model"), "sources": sources, "chunks": len(citations)}
        return {**payload, "answer": contents[0] if contents else None, "citations": citations, "meta": meta}

    def blocked_answer(self, payload: Payload, reason: str) -> Payload:
        """Make the answer that stands for one that policy blocked, with the rule's *reason*."""
        identifier, created = payload.get("id"), payload.get("created")
        known = isinstance(identifier, str) and re.fullmatch(IDENTIFIER, identifier, re.ASCII)
        usage = usage_of(payload)
        return {
            "id": identifier if known else "chatcmpl-blocked",
            "object": "chat.completion",
            "created": created if type(created) is int else 0,
            "model": "",
            "choices": [_blocked(at, reason) for at in range(max(1, len(payload.get("choices") or ())))],
            "usage": {
                "prompt_tokens": usage.input_tokens,
                "completion_tokens": usage.output_tokens,
                "total_tokens": usage.input_tokens + usage.output_tokens,
            },
        }

    def tell(self, verdict: Verdict, answer: Payload) -> Payload:  # noqa: ARG002 - it travels in headers
        """Tell *answer*, and the *verdict* on its request."""
        return answer

    def dump(self, payload: Payload) -> bytes:
        """Serialise."""
        return strict_json.dump(payload)

    def error(self, refusal: Refusal, request_id: str) -> bytes:  # noqa: ARG002 - OpenAI's travels in a header
        """Serialise a refusal as OpenAI does; all four keys are required."""
        kind = error_type(refusal.status)
        told = {"message": refusal.message, "type": kind, "param": refusal.param, "code": refusal.code}
        return strict_json.dump({"error": told})


def error_type(status: int) -> str:
    """Return OpenAI's word for an HTTP *status*."""
    return _TYPES.get(status, "server_error" if status >= _SERVER_FAULT else "invalid_request_error")


def filtered(reason: str) -> dict[str, object]:
    """Say, in the words of Azure's content filter, that policy blocked a choice because of *reason*."""
    return {"policy": {"filtered": True, "detected": True, "reason": reason}}


OPENAI_CHAT = OpenAIChat()
"""The dialect with its own tables."""


def _blocked(index: int, reason: str) -> dict[str, object]:
    return {
        "index": index,
        "message": {"role": "assistant", "content": None, "refusal": None},
        "logprobs": None,
        "finish_reason": "content_filter",
        "content_filter_results": filtered(reason),
    }


def _most(stated: object, limit: int) -> int:
    """Return the smaller of both; what is no positive number would mean that there is no limit, to some servers."""
    return stated if isinstance(stated, int) and 0 < stated < limit else limit


def _surroundings(path: str) -> str:
    if path.startswith("/context"):
        return contexts.surroundings(path)
    part = _PART.fullmatch(path)
    return part[1] if part else path


def _without_empty_lists(payload: Payload) -> Payload:
    """Say nothing where every part was dropped; providers refuse a message with an empty list of parts."""
    said = [
        {**message, "content": ""} if isinstance(message, dict) and message.get("content") == [] else message
        for message in payload["messages"]
    ]
    return {**payload, "messages": said}


def _unrepeated(choice: dict[str, Any]) -> dict[str, Any]:
    message = {key: value for key, value in choice["message"].items() if key != "annotations"}
    return {**choice, "message": message, "logprobs": None}


def _length(content: object) -> int:
    if isinstance(content, str):
        return len(content)
    return sum(len(part["text"]) for part in _dicts(content) if isinstance(part.get("text"), str))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _name_in(tool: dict[str, Any]) -> str:
    named = tool.get("function") or tool.get("custom") or tool
    name = named.get("name") if isinstance(named, dict) else None
    return name if isinstance(name, str) else ""


def _tool_names(payload: Payload) -> list[str]:
    tools = [*_dicts(payload.get("tools")), *_dicts(payload.get("functions"))]
    return [name for name in map(_name_in, tools) if name]


def _sources(context: object) -> list[str]:
    documents = _dicts([context] if isinstance(context, dict) else context)
    return [document["source"] for document in documents if isinstance(document.get("source"), str)]
