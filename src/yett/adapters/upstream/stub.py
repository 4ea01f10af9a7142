"""
StubUpstream: the built-in model `stub`, an echo that speaks OpenAI's chat completions.

It answers with exactly the text of the last user message, so that what a model would have received can be seen. It
needs no network, does not sleep and does not roll dice: its identifiers count up, its clock stands still.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import count

import orjson

from yett.ports.upstream import Answer, Outgoing

__all__ = ["StubUpstream"]

_PIECE = 4
"""Characters in one piece of a stream: small, as real models have it."""
_TOKEN = 4
"""Characters in one token, as the stub counts."""
_CHOICES = 16


class _StubAnswer:
    """An answer that is already there."""

    def __init__(self, status: int, kind: str, pieces: Iterator[bytes]) -> None:
        self.status = status
        self.headers: Mapping[str, str] = {"content-type": kind}
        self._pieces = pieces

    async def read(self) -> bytes:
        return b"".join(self._pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        self._pieces = iter(())


class StubUpstream:
    """The built-in provider."""

    def __init__(self, name: str = "stub", models: tuple[str, ...] = ("stub",)) -> None:
        self.name = name
        self._models = models
        self._numbers = count(1)

    def serves(self, model: str) -> bool:
        """Say whether *model* is the stub's."""
        return model in self._models

    async def models(self) -> tuple[str, ...]:
        """List its models."""
        return self._models

    async def open(self, outgoing: Outgoing) -> Answer:
        """Answer *outgoing*."""
        if outgoing.path != "/chat/completions":
            return _failure(404, f"the stub does not serve `{outgoing.path}`")
        try:
            asked = orjson.loads(outgoing.body)
            said, prompt = _last_said(asked["messages"]), sum(len(_text(m)) for m in asked["messages"])
            choices, streams = int(asked.get("n") or 1), bool(asked.get("stream"))
            counted = bool((asked.get("stream_options") or {}).get("include_usage"))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _failure(400, "the stub cannot read this request")
        if not 1 <= choices <= _CHOICES:
            return _failure(400, f"`n` is from 1 to {_CHOICES}")
        head = {"id": f"chatcmpl-stub-{next(self._numbers)}", "created": 0, "model": asked.get("model") or "stub"}
        usage = _usage(prompt, len(said) * choices)
        if streams:
            return _StubAnswer(200, "text/event-stream", _events(head, said, choices, usage if counted else None))
        return _StubAnswer(200, "application/json", iter([_completion(head, said, choices, usage)]))

    async def aclose(self) -> None:
        """Let go of nothing."""


def _text(message: Mapping[str, object]) -> str:
    """Join the text of *message*, whether it is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content)
    return str(content or "")


def _last_said(messages: list[Mapping[str, object]]) -> str:
    return next((_text(message) for message in reversed(messages) if message.get("role") == "user"), "")


def _usage(prompt: int, answer: int) -> dict[str, int]:
    asked, told = -(-prompt // _TOKEN), -(-answer // _TOKEN)
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def _completion(head: Mapping[str, object], said: str, choices: int, usage: Mapping[str, int]) -> bytes:
    message = {"role": "assistant", "content": said, "refusal": None}
    told = [{"index": index, "message": message, "logprobs": None, "finish_reason": "stop"} for index in range(choices)]
    return orjson.dumps({**head, "object": "chat.completion", "choices": told, "usage": usage})


def _events(head: Mapping[str, object], said: str, choices: int, usage: Mapping[str, int] | None) -> Iterator[bytes]:
    """Tell *said* in small pieces, the choices taking turns."""

    def event(told: list[dict[str, object]], usage: Mapping[str, int] | None = None) -> bytes:
        chunk = {**head, "object": "chat.completion.chunk", "choices": told}
        return b"data: " + orjson.dumps(chunk | ({"usage": usage} if usage else {})) + b"\n\n"

    pieces = (said[start : start + _PIECE] for start in range(0, len(said), _PIECE))
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces]
    for delta, finish in [*deltas, ({}, "stop")]:
        for index in range(choices):
            yield event([{"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}])
    if usage is not None:
        yield event([], usage)
    yield b"data: [DONE]\n\n"


def _failure(status: int, message: str) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": "invalid_request"}
    return _StubAnswer(status, "application/json", iter([orjson.dumps({"error": error})]))
