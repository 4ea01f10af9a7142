"""The stub echoes, in the shape of OpenAI's chat completions."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.adapters.upstream.stub import StubUpstream
from yett.ports.upstream import Answer, Outgoing, Upstream

USER = {"role": "user", "content": "hello there"}


async def ask(stub: Upstream, path: str = "/chat/completions", **asked: object) -> tuple[int, bytes]:
    answer = await stub.open(Outgoing(path, json.dumps({"model": "stub", "messages": [USER]} | asked).encode()))
    try:
        return answer.status, await answer.read()
    finally:
        await answer.aclose()


async def told(stub: Upstream, **asked: object) -> list[dict]:
    status, body = await ask(stub, stream=True, **asked)
    assert status == 200
    *events, last = [line.removeprefix("data: ") for line in body.decode().split("\n\n") if line]
    assert last == "[DONE]"
    return [json.loads(line) for line in events]


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([USER], "hello there"),
        ([{"role": "system", "content": "be"}, USER, {"role": "assistant", "content": "yes"}], "hello there"),
        ([USER, {"role": "user", "content": "again"}], "again"),
        ([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}], "ab"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], ""),
        ([{"role": "user", "content": None}], ""),
        ([{"role": "system", "content": "be"}], ""),
        ([], ""),
    ],
)
async def test_it_answers_with_the_text_of_the_last_user_message(messages: list[object], said: str) -> None:
    status, body = await ask(StubUpstream(), messages=messages)
    (choice,) = json.loads(body)["choices"]
    assert status == 200
    assert choice["message"] == {"role": "assistant", "content": said, "refusal": None}
    assert choice["finish_reason"] == "stop"


async def say(stub: Upstream, text: str, choices: int) -> None:
    """Check that a stream says what the whole says."""
    chunks = await told(stub, messages=[{"role": "user", "content": text}], n=choices)
    for index in range(choices):
        mine = [c for chunk in chunks for c in chunk["choices"] if c["index"] == index]
        assert "".join(c["delta"].get("content", "") for c in mine) == text
        assert [c["finish_reason"] for c in mine] == [None] * (len(mine) - 1) + ["stop"]
    assert all(len(c["delta"].get("content", "")) <= 4 for chunk in chunks for c in chunk["choices"])
    assert not any("usage" in chunk for chunk in chunks)


@given(st.text(), st.integers(1, 4))
async def test_a_stream_says_what_the_whole_says(text: str, choices: int) -> None:
    await say(StubUpstream(), text, choices)


class Forgetful(StubUpstream):
    """A mutant that forgets the end of what was said."""

    async def open(self, outgoing: Outgoing) -> Answer:
        asked = json.loads(outgoing.body)
        asked["messages"][-1]["content"] = asked["messages"][-1]["content"][:8]
        return await super().open(replace(outgoing, body=json.dumps(asked).encode()))


async def test_a_stream_that_forgets_its_end_is_noticed() -> None:
    with pytest.raises(AssertionError):
        await say(Forgetful(), "more than eight characters", 1)


async def test_usage_is_counted_and_streamed_when_asked_for() -> None:
    counted = {"prompt_tokens": 3, "completion_tokens": 6, "total_tokens": 9}
    _, body = await ask(StubUpstream(), n=2)
    assert json.loads(body)["usage"] == counted
    assert len(json.loads(body)["choices"]) == 2
    *_, last = await told(StubUpstream(), n=2, stream_options={"include_usage": True})
    assert (last["choices"], last["usage"]) == ([], counted)


async def test_identifiers_count_up() -> None:
    stub = StubUpstream()
    ids = [json.loads((await ask(stub))[1])["id"] for _ in range(2)]
    assert ids == ["chatcmpl-stub-1", "chatcmpl-stub-2"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "/embeddings"}, 404),
        ({"messages": 3}, 400),
        ({"messages": ["x"]}, 400),
        ({"messages": None}, 400),
        ({"n": 17}, 400),
        ({"n": -1}, 400),
        ({"n": "many"}, 400),
        ({"stream_options": 3}, 400),
        ({"messages": [{"role": "user", "content": ["x"]}]}, 400),
    ],
)
async def test_what_it_cannot_read_it_refuses(asked: dict, status: int) -> None:
    answered, body = await ask(StubUpstream(), **asked)
    assert answered == status
    assert json.loads(body)["error"]["code"] == "invalid_request"


async def test_it_knows_its_models() -> None:
    stub = StubUpstream("local", ("stub", "echo"))
    assert (stub.name, await stub.models()) == ("local", ("stub", "echo"))
    assert stub.serves("echo")
    assert not stub.serves("gpt-4o")


async def test_an_answer_that_is_closed_says_nothing_more() -> None:
    asked = {"messages": [USER], "stream": True}
    answer = await StubUpstream().open(Outgoing("/chat/completions", json.dumps(asked).encode()))
    pieces = answer.chunks()
    await anext(pieces)
    await answer.aclose()
    assert await answer.read() == b""
