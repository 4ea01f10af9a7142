"""
Every string of a request and of an answer is seen, refused, or not sent on.

A canary takes the place of every leaf and every key, one at a time; a table that wrongly calls a field structure dies.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.samples import ANSWER, CANARY, REQUEST, answers, leaves, planted, requests
from yett.dialects import strict_json
from yett.dialects.dialect import Texts
from yett.dialects.openai_chat import OpenAIChat
from yett.dialects.openai_chat_table import ANSWER as ANSWER_SHAPE
from yett.dialects.openai_chat_table import CHUNK, IDENTIFIER, MESSAGE, STEERING, request_shape
from yett.dialects.shapes import Shape, Sieve, form
from yett.model.errors import CallerError, UpstreamError
from yett.model.segment import Origin

CHAT = OpenAIChat()
ROUTED = {"/model"}
"""The exchange compares the model with those that exist, so it needs no reading."""
ANYTHING_GOES = form("(?s:.*)")


def says(texts: Texts, canary: str) -> bool:
    return any(canary in segment.text for segment in texts.segments)


def request_hides(dialect: OpenAIChat, payload: dict[str, Any], canary: str = CANARY) -> bool:
    """Say whether *canary* goes out with a request though nobody has seen it."""
    try:
        parsed = dialect.parse(strict_json.dump(payload))
        texts = dialect.read(parsed)
    except CallerError:
        return False
    return not says(texts, canary) and canary.encode() in dialect.dump(dialect.place(parsed).payload)


def answer_hides(dialect: OpenAIChat, payload: dict[str, Any], canary: str = CANARY) -> bool:
    """Say whether *canary* goes out with an answer though nobody has seen it."""
    try:
        parsed = dialect.parse_answer(strict_json.dump(payload))
    except UpstreamError:
        return False
    return not says(dialect.read_answer(parsed), canary) and canary.encode() in dialect.dump(parsed)


def hiding_places(
    hides: Callable[[OpenAIChat, dict[str, Any]], bool], dialect: OpenAIChat, payload: dict[str, Any]
) -> set[str]:
    return {pointer for pointer in leaves(payload) if hides(dialect, planted(payload, pointer))} - ROUTED


def test_a_request_has_no_hiding_place() -> None:
    assert len(leaves(REQUEST)) > 250
    assert hiding_places(request_hides, CHAT, REQUEST) == set()


def test_an_answer_has_no_hiding_place() -> None:
    assert len(leaves(ANSWER)) > 100
    assert hiding_places(answer_hides, CHAT, ANSWER) == set()


@given(requests, st.data())
def test_no_request_has_a_hiding_place(payload: dict[str, Any], data: st.DataObject) -> None:
    pointer = data.draw(st.sampled_from([leaf for leaf in leaves(payload) if leaf not in ROUTED]))
    assert not request_hides(CHAT, planted(payload, pointer))


@given(answers, st.data())
def test_no_answer_has_a_hiding_place(payload: dict[str, Any], data: st.DataObject) -> None:
    pointer = data.draw(st.sampled_from(leaves(payload)))
    assert not answer_hides(CHAT, planted(payload, pointer))


@pytest.mark.parametrize("field", ["name", "content", "tool_call_id", "refusal", "tool_calls", "reasoning_content"])
def test_a_table_that_calls_a_field_structure_is_caught(field: str) -> None:
    broken = OpenAIChat(request=request_shape({**MESSAGE, field: ANYTHING_GOES if field != "tool_calls" else blind}))
    assert any(f"/{field}" in pointer for pointer in hiding_places(request_hides, broken, REQUEST))


def blind(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """A shape that sees nothing."""


def without(shape: Shape, pattern: str) -> Shape:
    """Make *shape* blind to what it should keep at the places that *pattern* describes."""

    def walk(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
        shape(value, path, origin, sieve)
        sieve.segments = [segment for segment in sieve.segments if not re.fullmatch(pattern, segment.path)]

    return walk


@pytest.mark.parametrize(
    "pattern",
    [
        "/choices/0/logprobs",
        r".*/annotations/.*/title",
        r".*/arguments#/city",
        r".*~key",
        r".*/transcript",
        "/model",
        r"/choices/\d/finish_reason",
    ],
)
def test_a_table_that_misses_a_place_of_an_answer_is_caught(pattern: str) -> None:
    broken = OpenAIChat(answer=without(ANSWER_SHAPE, pattern))
    found = {pointer for pointer in leaves(ANSWER) if answer_hides(broken, planted(ANSWER, pointer))}
    assert found


@pytest.mark.parametrize("field", STEERING)
def test_what_would_steer_us_is_refused(field: str) -> None:
    with pytest.raises(CallerError, match="may not choose") as refused:
        CHAT.read({**REQUEST, field: "x"})
    assert refused.value.param == f"/{field}"


@pytest.mark.parametrize(
    ("identifier", "known"),
    [
        ("call_abc123", True),
        ("chatcmpl-9f86d081884c7d659a2feaa0c55ad015", True),
        ("chatcmpl-123e4567-e89b-12d3-a456-426614174000", True),
        ("file-abc", True),
        ("call_4111111111111111", False),
        ("call_ignore all", False),
        ("call_ignore-all-previous", False),
        ("other_abc", False),
        ("call_" + "a" * 65, False),
        ("call_١٢٣", False),
        ("call_abc\n", False),
    ],
)
def test_identifiers_say_nothing(identifier: str, known: bool) -> None:
    assert bool(re.fullmatch(IDENTIFIER, identifier, re.ASCII)) is known


def test_the_everyday_answer_and_chunk_hold_nothing_but_their_texts() -> None:
    plain = {key: ANSWER[key] for key in ("id", "object", "created", "model", "usage", "system_fingerprint")}
    message = {"role": "assistant", "content": "Hi", "refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    texts = CHAT.read_answer({**plain, "choices": [choice]})
    assert [segment.path for segment in texts.segments] == ["/model", "/choices/0/message/content"]
    sieve = Sieve(asking=False)
    delta = {"role": "assistant", "content": "Hi", "tool_calls": [{"index": 0, "id": "call_1", "type": "function"}]}
    CHUNK({**plain, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}, "", Origin.MODEL, sieve)
    assert [segment.path for segment in sieve.segments] == ["/model", "/choices/0/delta/content"]
