"""
The stream side of chat completions.

A small relay stands in for the real one: it holds back what may yet become the secret, and stars the secret out. Under
every cut, and every order of choices and calls, the client must read what it would have read from a whole answer.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk

from tests.dialects.samples import CANARY, counterexample, leaves, planted
from yett.dialects import openai_chat_stream
from yett.dialects.dialect import Unwritable
from yett.dialects.events import EventParser
from yett.dialects.openai_chat_lanes import Lane
from yett.dialects.openai_chat_stream import ChatStream, Done, Event
from yett.model.errors import UpstreamError
from yett.model.segment import Segment
from yett.model.usage import Usage

SECRET = "abab"
ENVELOPE = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(delta: dict[str, Any] | None = None, index: int = 0, **fields: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta or {}, "finish_reason": None, **fields}
    return {**ENVELOPE, "choices": [choice]}


def called(arguments: str, index: int = 0, **fields: Any) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": {"arguments": arguments}, **fields}]}


def begun() -> ChatStream:
    return ChatStream("r-1", "m")


def read(stream: ChatStream, payload: dict[str, Any]) -> Event:
    event = stream.read(json.dumps(payload))
    assert isinstance(event, Event)
    return event


def all_of(event: Event) -> dict[str, str]:
    return {part.path: part.text for part in (*event.deltas, *event.standalone)}


def sent(frames: bytes) -> list[dict[str, Any]]:
    """Read *frames* as the client does; the mark of the end is left out."""
    events = EventParser().feed(frames)
    for event in events:
        if event.data != "[DONE]":
            ChatCompletionChunk.model_validate_json(event.data)
    return [json.loads(event.data) for event in events if event.data != "[DONE]"]


# A relay in small, and a client.


def safe(text: str) -> tuple[str, str]:
    """Star the secret out of *text*, and part what may be sent from what may yet become the secret."""
    text = text.replace(SECRET, "****")
    held = max((size for size in range(len(SECRET)) if text.endswith(SECRET[:size])), default=0)
    return text[: len(text) - held], text[len(text) - held :]


def relayed(payloads: list[dict[str, Any]], make: Callable[[], ChatStream] = begun) -> bytes:
    stream, held, out = make(), dict[str, str](), b""
    for payload in payloads:
        event = read(stream, payload)
        releases = {part.path: part.text.replace(SECRET, "****") for part in event.standalone}
        for delta in event.deltas:
            text = held.pop(delta.lane, "") + delta.text
            releases[delta.path], held[delta.lane] = ("", text) if delta.whole else safe(text)
        out += b"".join(stream.flush(lane, held.pop(lane, "").replace(SECRET, "****")) for lane in event.ends)
        out += stream.write(event, releases)
    return out + stream.done()


def understood(chunks: list[dict[str, Any]]) -> dict[tuple[Any, ...], str]:
    """Glue the texts of *chunks* together as a client does."""
    texts: dict[tuple[Any, ...], str] = {}
    for payload in chunks:
        for choice in payload["choices"]:
            for place, text in strings(choice["delta"], (choice["index"],)):
                texts[place] = texts.get(place, "") + text
    return {place: text for place, text in texts.items() if text}


def strings(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, (*place, key))
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, (*place, item["index"]))


pieces = st.text("ab.", max_size=4)
deltas = st.one_of(
    pieces.map(lambda text: {"content": text}),
    pieces.map(lambda text: {"refusal": text}),
    pieces.map(lambda text: {"reasoning_content": text, "content": text}),
    pieces.map(lambda text: {"new_field": text}),
    st.builds(called, pieces, st.integers(0, 1)),
    st.just({"role": "assistant"}),
)
talks = st.lists(st.tuples(st.integers(0, 1), deltas), max_size=12)


def payloads_of(talk: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    told = [] if not talk else [chunk({}, index, finish_reason="stop") for index in sorted({at for at, _ in talk})]
    # a role that came twice would be glued together by clients, so no upstream sends it twice
    spoken: set[int] = set()
    payloads = []
    for index, delta in talk:
        if "role" not in delta or index not in spoken:
            payloads.append(chunk(delta, index))
        if "role" in delta:
            spoken.add(index)
    return payloads + told


def redacted(payloads: list[dict[str, Any]]) -> dict[tuple[Any, ...], str]:
    return {place: text.replace(SECRET, "****") for place, text in understood(payloads).items()}


@given(talks)
def test_the_client_reads_what_a_whole_answer_would_have_said(talk: list[tuple[int, dict[str, Any]]]) -> None:
    payloads = payloads_of(talk)
    frames = relayed(payloads)
    assert understood(sent(frames)) == redacted(payloads)
    assert frames.endswith(b"data: [DONE]\n\n")


@given(talks)
def test_arguments_of_tools_are_sent_in_one_piece(talk: list[tuple[int, dict[str, Any]]]) -> None:
    carriers = [
        (choice["index"], call["index"])
        for payload in sent(relayed(payloads_of(talk)))
        for choice in payload["choices"]
        for call in choice["delta"].get("tool_calls", ())
        if call["function"]["arguments"]
    ]
    assert len(carriers) == len(set(carriers))


class MixesChoices(ChatStream):
    """A broken stream: one lane for all choices."""

    def _lane(self, payload: dict[str, Any], path: str) -> Lane:
        lane = super()._lane(payload, path)
        return self._kept(lane._replace(name=re.sub(r"^choices/\d+", "choices/0", lane.name)))


class SendsWhatIsHeld(ChatStream):
    """A broken stream: a text without a release is sent as it came."""

    def write(self, event: Event, releases: Any) -> bytes:
        return super().write(event, {**all_of(event), **{path: text for path, text in releases.items() if text}})


class ForgetsEnds(ChatStream):
    """A broken stream: no lane ever ends."""

    def read(self, data: str) -> Event | Done:
        event = super().read(data)
        assert isinstance(event, Event)
        return replace(event, ends=())


@pytest.mark.parametrize("broken", [MixesChoices, SendsWhatIsHeld, ForgetsEnds])
def test_a_stream_that_depends_on_cuts_is_caught(broken: type[ChatStream]) -> None:
    def differs(talk: list[tuple[int, dict[str, Any]]]) -> bool:
        payloads = payloads_of(talk)
        return understood(sent(relayed(payloads, lambda: broken("r-1", "m")))) != redacted(payloads)

    counterexample(talks, differs)


# No chunk has a hiding place.

CHUNK = {
    **ENVELOPE,
    "service_tier": "default",
    "system_fingerprint": "fp_44709d6fcb",
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    "obfuscation": "xxxx",
    "x_new": {"note": "hello"},
    "choices": [
        {
            "index": 0,
            "finish_reason": None,
            "logprobs": {"content": [{"token": "Hi", "bytes": [72], "logprob": -1, "top_logprobs": []}]},
            "delta": {
                "role": "assistant",
                "content": "Hi",
                "reasoning_details": [{"type": "reasoning.text", "text": "hm", "index": 0}],
                "tool_calls": [
                    {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
                "audio": {"id": "audio_1", "data": "AAAA", "transcript": "hi"},
                "new": [{"a": "b"}],
            },
        }
    ],
}


def passes_unseen(payload: dict[str, Any], make: Callable[[], ChatStream] = begun) -> bool:
    """Say whether the canary is sent though nothing was released."""
    stream = make()
    try:
        return CANARY.encode() in stream.write(read(stream, payload), {})
    except (UpstreamError, Unwritable):
        return False


def test_without_a_release_no_string_of_a_chunk_is_sent() -> None:
    assert [pointer for pointer in leaves(CHUNK) if passes_unseen(planted(CHUNK, pointer))] == []


def test_a_stream_that_does_not_look_everywhere_is_caught() -> None:
    def blind() -> ChatStream:
        return ChatStream("r-1", "m", lambda value, path, origin, sieve: None)

    assert [pointer for pointer in leaves(CHUNK) if passes_unseen(planted(CHUNK, pointer), blind)]


def test_a_chunk_that_is_released_in_full_is_sent_as_it_came_but_for_padding() -> None:
    stream = begun()
    event = read(stream, CHUNK)
    assert sent(stream.write(event, all_of(event))) == [{key: CHUNK[key] for key in CHUNK if key != "obfuscation"}]
    assert event.opaque == ("/choices/0/delta/audio",)
    assert stream.usage == Usage(1, 2)


# One event after another.


def test_what_stands_alone_is_asked_about_once_and_treated_alike_ever_after() -> None:
    stream = begun()
    first = read(stream, {**chunk({"content": "a"}), "id": "odd one", "model": "gpt"})
    assert {part.path for part in first.standalone} == {"/id", "/model"}
    frame = stream.write(first, {"/id": "***", "/model": "gpt", "/choices/0/delta/content": "a"})
    second = read(stream, {**chunk({"content": "b"}), "id": "odd one", "model": "gpt"})
    assert second.standalone == ()
    frame += stream.write(second, {"/choices/0/delta/content": "b"})
    third = read(stream, {**chunk({"content": "c"}), "id": "odd two", "model": "gpt"})
    assert [part.text for part in third.standalone] == ["odd two"]
    frame += stream.write(third, {"/choices/0/delta/content": "c"})
    assert [(told["id"], told["model"]) for told in sent(frame)] == [("***", "gpt"), ("***", "gpt"), ("", "gpt")]


def test_an_unknown_key_without_a_release_goes_with_its_value_and_cannot_be_rewritten() -> None:
    stream = begun()
    event = read(stream, {**chunk(), "x_new": 1})
    assert "x_new" not in sent(stream.write(event, {}))[0]
    stream = begun()
    event = read(stream, {**chunk(), "x_new": 1})
    with pytest.raises(Unwritable):
        stream.write(event, {"/x_new~key": "***"})


def test_the_first_role_goes_out_at_once_and_an_event_that_says_nothing_is_skipped() -> None:
    stream = begun()
    assert stream.write(read(stream, chunk({"role": "assistant", "content": "x"})), {"/model": "m"}) != b""
    assert stream.write(read(stream, chunk({"content": "x"})), {}) == b""
    assert stream.write(read(stream, chunk({"content": ""})), {}) != b""
    assert stream.write(read(stream, chunk(called("{"))), {}) == b""
    assert stream.write(read(stream, {**chunk({"content": "x"}), "usage": {"total_tokens": 1}}), {}) != b""
    assert stream.write(read(stream, chunk({"content": "x"}, finish_reason="stop")), {}) != b""


LOGPROBS = {"content": [{"token": "Hi", "bytes": None, "logprob": -1.0, "top_logprobs": []}]}


@pytest.mark.parametrize(
    ("releases", "kept"),
    [
        ({"/choices/0/delta/content": "Hi", "/choices/0/logprobs": "Hi"}, True),
        ({"/choices/0/delta/content": "Hi", "/choices/0/logprobs": "**"}, False),
        ({"/choices/0/delta/content": "Hi"}, False),
        ({"/choices/0/delta/content": "H", "/choices/0/logprobs": "Hi"}, False),
        ({"/choices/0/delta/content": "xHi", "/choices/0/logprobs": "Hi"}, False),
    ],
)
def test_log_probabilities_pass_only_beside_their_text(releases: dict[str, str], kept: bool) -> None:
    stream = begun()
    event = read(stream, chunk({"content": "Hi"}, logprobs=LOGPROBS))
    frames = sent(stream.write(event, releases))
    assert [told["choices"][0]["logprobs"] for told in frames] == ([LOGPROBS] if kept else [None] * len(frames))


def test_lanes_end_with_their_choice() -> None:
    stream = begun()
    for payload in (chunk({"content": "a"}), chunk({"content": "b"}, 1), chunk(called("{"))):
        read(stream, payload)
    assert not stream.complete
    assert read(stream, chunk({}, finish_reason="stop")).ends == (
        "choices/0/content",
        "choices/0/tool_calls/0/function/arguments",
    )
    assert read(stream, chunk({"content": "."}, 1, finish_reason="stop")).ends == ("choices/1/content",)
    assert stream.complete


def test_a_stop_ends_every_choice_whose_end_was_not_sent() -> None:
    stream = begun()
    stream.write(read(stream, chunk({"content": "a"}, finish_reason="stop")), {"/model": "m"})
    stream.write(read(stream, chunk({"content": "b"}, 1)), {})
    read(stream, chunk({"content": "c"}, 2, finish_reason="stop"))
    frames = stream.stop("Secrets stay home.")
    assert [(told["choices"][0]["index"], told["choices"][0]["finish_reason"]) for told in sent(frames)] == [
        (1, "content_filter"),
        (2, "content_filter"),
    ]
    assert frames.endswith(b"data: [DONE]\n\n")


def test_a_stop_before_the_first_chunk_ends_the_first_choice() -> None:
    assert [(told["id"], told["model"]) for told in sent(begun().stop("no"))] == [("chatcmpl-r-1", "m")]


def test_a_flush_of_nothing_is_nothing() -> None:
    assert begun().flush("choices/0/content", "") == b""


def test_the_end_is_the_end() -> None:
    assert begun().read("[DONE]") == Done()
    assert begun().done() == b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("lane", "text", "texts"),
    [
        ("function", '{"to":"a"}', [("#/to~key", "to"), ("#/to", "a")]),
        ("function", "no JSON", [("", "no JSON")]),
        ("custom", '{"to":"a"}', [("", '{"to":"a"}')]),
    ],
)
def test_a_whole_lane_is_read_as_in_an_answer(lane: str, text: str, texts: list[tuple[str, str]]) -> None:
    stream = begun()
    inner = {"arguments": "x"} if lane == "function" else {"input": "x"}
    name = read(stream, chunk({"tool_calls": [{"index": 2, lane: inner}]})).deltas[0].lane
    above = stream.pointer(name)
    before = stream.read_whole(name, text)
    assert [(part.path, part.text) for part in before.segments] == [(above + below, said) for below, said in texts]
    assert stream.write_whole(name, text, before, before.segments) == text
    last = before.segments[-1]
    after = [*before.segments[:-1], Segment(last.path, last.origin, "***")]
    assert stream.write_whole(name, text, before, after) in {'{"to":"***"}', "***"}
    assert stream.write_whole(name, text, before, before.segments[:-1], [last.path]) in {'{"to":""}', ""}


def test_a_key_in_arguments_cannot_be_rewritten() -> None:
    stream = begun()
    name = read(stream, chunk(called("x"))).deltas[0].lane
    before = stream.read_whole(name, '{"to":"a"}')
    key, value = before.segments
    with pytest.raises(Unwritable):
        stream.write_whole(name, '{"to":"a"}', before, [Segment(key.path, key.origin, "***"), value])


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("", "malformed"),
        ("[]", "no JSON object"),
        ("{}", "no list of choices"),
        ('{"choices":[1]}', "no list of choices"),
        ('{"choices":[],"choices":[]}', "occurs twice"),
        ('{"error":{"message":"SECRET"}}', "it reported an error$"),
        ('{"error":"SECRET","choices":[]}', "it reported an error$"),
    ],
)
def test_what_is_no_chunk_is_the_upstreams_fault(data: str, complaint: str) -> None:
    with pytest.raises(UpstreamError, match=complaint):
        begun().read(data)


@pytest.mark.parametrize(
    "payloads",
    [
        [chunk({}, finish_reason="stop"), chunk({"content": "more"})],
        [chunk({"tool_calls": [{"index": 0, "id": "call_1"}]}), chunk({"tool_calls": [{"index": 0, "id": "call_2"}]})],
        [chunk(called("", function={"name": "get"})), chunk(called("", function={"name": "_secret"}))],
        [chunk({"function_call": {"name": "get"}}), chunk({"function_call": {"name": "_secret"}})],
        [chunk({"audio": {"id": "se"}}), chunk({"audio": {"id": "cret"}})],
        [chunk({"role": "se"}), chunk({"role": "cret"})],
        [{**ENVELOPE, "choices": chunk({"content": "a"})["choices"] * 2}],
        [chunk({"tool_calls": called("a")["tool_calls"] * 2})],
    ],
)
def test_an_upstream_that_breaks_the_rules_of_a_stream_has_failed(payloads: list[dict[str, Any]]) -> None:
    stream = begun()
    with pytest.raises(UpstreamError):
        [read(stream, payload) for payload in payloads]


@pytest.mark.parametrize(
    "payloads",
    [
        [chunk({}, finish_reason="stop"), chunk({"content": ""}), {**chunk(), "choices": []}],
        [chunk({}, finish_reason=""), chunk({"content": "more"})],
        [chunk(called("{", id="call_1", type="function")), chunk(called("}", id="call_1", type="function"))],
        [{**chunk(), "id": ""}, chunk()],
        [chunk({"content": None, "tool_calls": None}), chunk(None), {**ENVELOPE, "choices": [{}]}],
        [chunk({"tool_calls": "odd"}), chunk({"tool_calls": [7]}), chunk({"tool_calls": [{"function": 7}]})],
    ],
)
def test_habits_of_real_upstreams_are_let_be(payloads: list[dict[str, Any]]) -> None:
    stream = begun()
    for payload in payloads:
        event = read(stream, payload)
        stream.write(event, all_of(event))


def test_a_number_that_becomes_a_string_grows_from_then_on() -> None:
    stream = begun()
    assert read(stream, chunk({"new": 12345678})).deltas == ()
    assert [delta.text for delta in read(stream, chunk({"new": "se"})).deltas] == ["se"]


def test_an_upstream_cannot_exhaust_us_with_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_chat_stream, "MAX_PLACES", 50)
    stream = begun()
    with pytest.raises(UpstreamError, match="too many lanes"):
        [read(stream, chunk({"content": "x"}, index)) for index in range(100)]
