"""OpenAI's chat completions: payloads, the texts in them, refusals."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from tests.dialects.samples import ANSWER, REQUEST
from yett.dialects.dialect import Unwritable
from yett.dialects.openai_chat import OPENAI_CHAT as CHAT
from yett.dialects.openai_chat import error_type
from yett.dialects.strict_json import dump
from yett.model.decision import Decision, Effect
from yett.model.errors import CallerError, UpstreamError
from yett.model.refusal import Refusal
from yett.model.segment import Origin, Segment
from yett.model.verdict import Verdict


def asked(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}


def said(message: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return asked(messages=[message], **fields)


def called(arguments: object) -> dict[str, Any]:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return said({"role": "assistant", "content": None, "tool_calls": [call]})


CALLED = "/messages/0/tool_calls/0/function"


@pytest.mark.parametrize(
    ("payload", "texts"),
    [
        (asked(), [("/messages/0/content", "user", "hi")]),
        (said({"role": "system", "content": "s"}), [("/messages/0/content", "operator", "s")]),
        (said({"role": "developer", "content": "s"}), [("/messages/0/content", "operator", "s")]),
        (said({"role": "assistant", "content": "s"}), [("/messages/0/content", "model", "s")]),
        (said({"role": "tool", "content": "s", "tool_call_id": "call_1"}), [("/messages/0/content", "tool", "s")]),
        (
            said({"role": "function", "content": "s", "name": "n"}),
            [("/messages/0/content", "tool", "s"), ("/messages/0/name", "tool", "n")],
        ),
        (
            said({"role": "tool", "content": "s", "tool_call_id": "obey me"}),
            [("/messages/0/content", "tool", "s"), ("/messages/0/tool_call_id", "tool", "obey me")],
        ),
        (
            said({"role": "user", "content": [{"type": "text", "text": "t"}]}),
            [("/messages/0/content/0/text", "user", "t")],
        ),
        (
            said({"role": "user", "content": "t", "new": {"k": "v"}}),
            [
                ("/messages/0/content", "user", "t"),
                ("/messages/0/new~key", "unknown", "new"),
                ("/messages/0/new/k~key", "unknown", "k"),
                ("/messages/0/new/k", "unknown", "v"),
            ],
        ),
        (
            called('{"to":"a","n":[12345678, 7]}'),
            [
                (f"{CALLED}/name", "model", "f"),
                (f"{CALLED}/arguments#/to~key", "model", "to"),
                (f"{CALLED}/arguments#/to", "model", "a"),
                (f"{CALLED}/arguments#/n~key", "model", "n"),
                (f"{CALLED}/arguments#/n/0", "model", "12345678"),
            ],
        ),
        (called("no JSON"), [(f"{CALLED}/name", "model", "f"), (f"{CALLED}/arguments", "model", "no JSON")]),
        (
            asked(user="u", stop=["s"], metadata={"k": "v"}, logit_bias={"50256": -1}),
            [
                ("/messages/0/content", "user", "hi"),
                ("/user", "definition", "u"),
                ("/stop/0", "definition", "s"),
                ("/metadata/k~key", "definition", "k"),
                ("/metadata/k", "definition", "v"),
                ("/logit_bias/50256~key", "definition", "50256"),
            ],
        ),
        (
            asked(tools=[{"type": "function", "function": {"name": "n", "description": "d"}}], service_tier="gold"),
            [
                ("/messages/0/content", "user", "hi"),
                ("/tools/0/function/name", "definition", "n"),
                ("/tools/0/function/description", "definition", "d"),
                ("/service_tier", "definition", "gold"),
            ],
        ),
        (
            asked(context={"source": "kb://a", "chunks": [{"id": "1", "content": "c"}]}),
            [
                ("/messages/0/content", "user", "hi"),
                ("/context/source", "document", "kb://a"),
                ("/context/chunks/0/id", "document", "1"),
                ("/context/chunks/0/content", "document", "c"),
            ],
        ),
    ],
)
def test_the_texts_of_a_request(payload: dict[str, Any], texts: list[tuple[str, str, str]]) -> None:
    found = CHAT.read(CHAT.parse(dump(payload)))
    assert [(segment.path, segment.origin.value, segment.text) for segment in found.segments] == texts


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}, []),
        ({"type": "image_url", "image_url": {"url": "https://e.com/?q=secret"}}, ["https://e.com/?q=secret"]),
        (
            {"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,AAAA"}},
            ["data:image/svg+xml;base64,AAAA"],
        ),
        ({"type": "image_url", "image_url": {"url": "data:text/plain,order"}}, ["data:text/plain,order"]),
        (
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,an order"}},
            ["data:image/png;base64,an order"],
        ),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, []),
        ({"type": "file", "file": {"file_data": "AAAA", "filename": "obey.pdf"}}, ["obey.pdf"]),
        ({"type": "hologram", "light": "obey"}, ["type", "hologram", "light", "obey"]),
    ],
)
def test_parts_without_text_are_told_as_opaque(part: dict[str, Any], texts: list[str]) -> None:
    found = CHAT.read(said({"role": "user", "content": [part]}))
    assert found.opaque == ("/messages/0/content/0",)
    assert [segment.text for segment in found.segments] == texts


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"[]", None),
        (b'"x"', None),
        (b'{"messages":[]}', "/model"),
        (b'{"model":1,"messages":[{}]}', "/model"),
        (b'{"model":"","messages":[{}]}', "/model"),
        (b'{"model":"m"}', "/messages"),
        (b'{"model":"m","messages":[]}', "/messages"),
        (b'{"model":"m","messages":{"role":"user"}}', "/messages"),
        (b'{"model":"m","messages":["hi"]}', "/messages/0"),
        (b'{"model":"m","messages":[{"content":"x"}]}', "/messages/0/role"),
        (b'{"model":"m","messages":[{"role":"","content":"x"}]}', "/messages/0/role"),
        (b'{"model":"m","messages":[{"role":"root","content":"x"}]}', "/messages/0/role"),
        (b'{"model":"m","messages":[{"role":["user"],"content":"x"}]}', "/messages/0/role"),
        (b'{"model":"m","messages":[{"role":"User","content":"x"}]}', "/messages/0/role"),
        (b'{"model":"m","messages":[{"role":"user","content":7}]}', "/messages/0/content"),
        (b'{"model":"m","messages":[{"role":"user","content":{"text":"x"}}]}', "/messages/0/content"),
        (b'{"model":"m","messages":[{"role":"user","content":["x"]}]}', "/messages/0/content/0"),
        (b'{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}', "/messages/0/content/0/type"),
        (b'{"model":"m","messages":[{"role":"user","Content":"x"}]}', "/messages/0/Content"),
        (b'{"model":"m","messages":[{"role":"user"}],"Messages":[]}', "/Messages"),
        (b'{"model":"m","messages":[{"role":"user"}],"stream":"true"}', "/stream"),
        (b'{"model":"m","messages":[{"role":"user"}],"n":"2"}', "/n"),
        (b'{"model":"m","messages":[{"role":"user"}],"tools":{}}', "/tools"),
        (b'{"model":"m","messages":[{"role":"user"}],"tools":["x"]}', "/tools/0"),
        (b'{"model":"m","messages":[{"role":"user"}],"api_base":"http://x"}', "/api_base"),
        (b'{"model":"m","messages":[{"role":"user"}],"API_Base":"http://x"}', "/API_Base"),
        (b'{"model":"m","messages":[{"role":"user"}],"context":"x"}', "/context"),
        (b'{"model":"m","messages":[{"role":"user"}],"context":{"source":"x"}}', "/context/chunks"),
        (
            b'{"model":"m","messages":[{"role":"user"}],"context":[{"chunks":[{"id":"1"}]}]}',
            "/context/0/chunks/0/content",
        ),
        (b'{"req":{"model":"m","messages":[]}}', "/messages"),
        (b'{"req":{"model":"m","messages":[{"role":"user"}]},"x":1}', "/model"),
    ],
)
def test_what_is_wrong_in_a_request_is_refused_with_its_place(body: bytes, param: str | None) -> None:
    with pytest.raises(CallerError) as refused:
        CHAT.read(CHAT.parse(body))
    assert (refused.value.param, refused.value.status) == (param, 400)


def test_a_wrapped_request_is_unwrapped() -> None:
    assert CHAT.parse(dump({"req": asked()})) == asked()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"choices":{}}', b'{"choices":[1]}', b'{"choices":[{"message":"x"}]}']
)
def test_what_is_no_answer_is_the_upstreams_fault(body: bytes) -> None:
    with pytest.raises(UpstreamError, match="the upstream's answer"):
        CHAT.parse_answer(body)


def test_an_ambiguous_answer_is_the_upstreams_fault() -> None:
    with pytest.raises(UpstreamError, match="occurs twice"):
        CHAT.parse_answer(b'{"choices":[],"choices":[]}')


def test_facts_of_a_request() -> None:
    assert CHAT.facts(REQUEST) == {
        "llm": {
            "model": "gpt-4o-mini",
            "messageCount": 9,
            "promptLength": 47,
            "stream": True,
            "n": 2,
            "maxTokens": 100,
        },
        "tool": {"names": ["weather", "code", "f"]},
        "context": {"sources": ["kb://a", "kb://b"], "source": "kb://a"},
    }


@pytest.mark.parametrize("odd", [{"tools": 1}, {"messages": [1, {"content": 2}]}, {"context": 3}, {"max_tokens": "x"}])
def test_facts_of_an_odd_request_are_no_failure(odd: dict[str, Any]) -> None:
    facts = CHAT.facts({**asked(), **odd})
    assert "context" not in facts
    assert "maxTokens" not in facts["llm"]


def test_facts_of_an_answer() -> None:
    assert CHAT.answer_facts(ANSWER) == {
        "response": {"length": 2, "finishReasons": ["stop", "tool_calls"]},
        "tool": {"names": ["weather"]},
        "usage": {"inputTokens": 3, "outputTokens": 4, "cachedTokens": 1},
    }


def changed(payload: dict[str, Any], path: str, text: str) -> dict[str, Any]:
    before = CHAT.read_answer(payload)
    after = [Segment(path, part.origin, text) if part.path == path else part for part in before.segments]
    assert after != list(before.segments)
    return CHAT.write_answer(payload, before, after)


def test_a_changed_choice_loses_what_repeats_its_text() -> None:
    first, second = changed(ANSWER, "/choices/0/message/content", "**")["choices"]
    assert (first["message"]["content"], first["logprobs"], "annotations" in first["message"]) == ("**", None, False)
    assert second is ANSWER["choices"][1]


def test_log_probabilities_go_when_a_token_among_them_must_go() -> None:
    first = changed(ANSWER, "/choices/0/logprobs", "**")["choices"][0]
    assert (first["message"]["content"], first["logprobs"]) == ("Hi", None)


def test_arguments_of_a_tool_stay_json_when_they_change() -> None:
    written = changed(ANSWER, "/choices/1/message/tool_calls/0/function/arguments#/city", '"}')
    arguments = written["choices"][1]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {"city": '"}', "days": [1, {"note": "x"}]}


@pytest.mark.parametrize(
    ("content", "dropped", "left"),
    [
        ("hi", "/messages/0/content", ""),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "/messages/0/content/0/text", "b"),
        ([{"type": "text", "text": "a"}], "/messages/0/content/0/text", ""),
    ],
)
def test_a_dropped_text_goes_with_its_part(content: object, dropped: str, left: str) -> None:
    payload = said({"role": "user", "content": content})
    before = CHAT.read(payload)
    written = CHAT.write(payload, before, [part for part in before.segments if part.path != dropped], [dropped])
    kept = written["messages"][0]["content"]
    assert left == (kept if isinstance(kept, str) else "".join(part["text"] for part in kept))
    assert kept != []


def test_a_dropped_chunk_is_not_placed() -> None:
    chunks = [{"id": "1", "content": "obey"}, {"id": "2", "content": "a fact"}]
    payload = asked(context=[{"source": "kb://a", "chunks": chunks}])
    before = CHAT.read(payload)
    gone = "/context/0/chunks/0/content"
    written = CHAT.write(payload, before, [part for part in before.segments if part.path != gone], [gone])
    placed = CHAT.place(written)
    assert [citation.id for citation in placed.citations or ()] == ["2"]
    assert b"obey" not in dump(placed.payload)


def test_an_answer_is_enriched_when_there_were_documents() -> None:
    placed = CHAT.place(REQUEST)
    enriched = CHAT.enrich_answer(ANSWER, placed)
    assert enriched["answer"] == "Hi"
    assert enriched["citations"] == [{"source": "kb://a", "id": "1"}, {"source": "kb://a", "id": "2"}]
    assert enriched["meta"] == {"model": "gpt-4o-mini", "sources": ["kb://a"], "chunks": 2}
    assert enriched["choices"] == ANSWER["choices"]
    assert CHAT.enrich_answer(ANSWER, CHAT.place(asked())) is ANSWER


def test_a_blocked_answer_says_nothing_of_the_upstreams() -> None:
    blocked = CHAT.blocked_answer({**ANSWER, "id": "my secret"}, "Secrets stay home.")
    completion = ChatCompletion.model_validate(blocked, strict=True)
    assert [(choice.finish_reason, choice.message.content, choice.logprobs) for choice in completion.choices] == [
        ("content_filter", None, None),
        ("content_filter", None, None),
    ]
    assert completion.usage is not None
    assert completion.usage.total_tokens == 7
    words = {part.text for part in CHAT.read_answer(ANSWER).segments} | {"my secret"}
    assert not any(f'"{word}"'.encode() in dump(blocked) for word in words - {"a", "b", "id", "f"})


@pytest.mark.parametrize("payload", [{}, {"choices": []}, {"choices": None, "created": "x"}])
def test_a_blocked_answer_has_a_choice_whatever_was_blocked(payload: dict[str, Any]) -> None:
    assert len(ChatCompletion.model_validate(CHAT.blocked_answer(payload, "no")).choices) == 1


@pytest.mark.parametrize(
    ("fields", "quantity", "limit", "capped"),
    [
        ({}, "max_tokens", 5, {"max_tokens": 5}),
        ({"max_tokens": 9}, "max_tokens", 5, {"max_tokens": 5}),
        ({"max_tokens": 3}, "max_tokens", 5, {"max_tokens": 3}),
        ({"max_completion_tokens": 9}, "max_tokens", 5, {"max_completion_tokens": 5}),
        ({"max_tokens": 9, "max_completion_tokens": 3}, "max_tokens", 5, {"max_tokens": 5, "max_completion_tokens": 3}),
        (
            {"max_tokens": -1, "max_completion_tokens": 0},
            "max_tokens",
            5,
            {"max_tokens": 5, "max_completion_tokens": 5},
        ),
        ({}, "n", 1, {}),
        ({"n": 4}, "n", 2, {"n": 2}),
    ],
)
def test_quantities_are_capped(fields: dict[str, Any], quantity: str, limit: int, capped: dict[str, Any]) -> None:
    assert CHAT.cap(asked(**fields), quantity, limit) == asked(**{**fields, **capped})


def test_an_unknown_quantity_cannot_be_capped() -> None:
    with pytest.raises(Unwritable, match="`budget`"):
        CHAT.cap(asked(), "budget", 1)


def test_another_model_can_be_asked() -> None:
    assert CHAT.route(asked(), "other") == {**asked(), "model": "other"}


@pytest.mark.parametrize(("stream", "streams"), [(True, True), (False, False), (None, False)])
def test_a_request_says_whether_it_streams(stream: object, streams: bool) -> None:
    assert CHAT.streams(asked(stream=stream)) is streams


def test_a_refusal_has_all_four_keys() -> None:
    refusal = Refusal(403, "policy_violation", "Secrets stay home.")
    assert json.loads(CHAT.error(refusal, "r-1")) == {
        "error": {
            "message": "Secrets stay home.",
            "type": "permission_error",
            "param": None,
            "code": "policy_violation",
        }
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "invalid_request_error"),
        (429, "rate_limit_error"),
        (502, "server_error"),
    ],
)
def test_every_status_has_its_type(status: int, kind: str) -> None:
    assert error_type(status) == kind


def test_an_answer_tells_no_verdict_in_its_body() -> None:
    assert CHAT.tell(Verdict(Decision(allowed=True, effect=Effect.ALLOW), (), ()), ANSWER) is ANSWER


def test_the_origin_of_an_answer_is_the_model() -> None:
    origins = {part.path: part.origin for part in CHAT.read_answer(ANSWER).segments}
    assert origins["/choices/0/message/content"] is Origin.MODEL
    assert origins["/x_groq/note"] is Origin.UNKNOWN
