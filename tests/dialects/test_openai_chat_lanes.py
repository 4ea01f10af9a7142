"""Where in a stream of chunks a text grows."""

from typing import Any

import pytest

from yett.dialects.openai_chat_lanes import delta_of, lane_at, pointer


def chunk(delta: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 3, "delta": delta, **fields}]}


CALLED = "/choices/0/delta/tool_calls/0"
CALL = {"index": 5, "id": "odd", "function": {"name": "f", "arguments": "{"}, "custom": {"input": "i"}}


@pytest.mark.parametrize(
    ("delta", "path", "lane", "grows", "whole"),
    [
        ({"content": "x"}, "/choices/0/delta/content", "choices/3/content", True, False),
        ({"refusal": "x"}, "/choices/0/delta/refusal", "choices/3/refusal", True, False),
        ({"new": "x"}, "/choices/0/delta/new", "choices/3/new", True, False),
        ({"new": "x"}, "/choices/0/delta/new~key", "choices/3/delta/new~key", False, False),
        ({"new": 12345678}, "/choices/0/delta/new", "choices/3/new", False, False),
        ({"new": {"a": ["x"]}}, "/choices/0/delta/new/a/0", "choices/3/new/a/0", True, False),
        (
            {"tool_calls": [CALL]},
            f"{CALLED}/function/arguments",
            "choices/3/tool_calls/5/function/arguments",
            True,
            True,
        ),
        ({"tool_calls": [CALL]}, f"{CALLED}/custom/input", "choices/3/tool_calls/5/custom/input", True, True),
        ({"tool_calls": [CALL]}, f"{CALLED}/function/name", "choices/3/tool_calls/5/function/name", False, False),
        ({"tool_calls": [CALL]}, f"{CALLED}/id", "choices/3/tool_calls/5/id", False, False),
        ({"function_call": {"arguments": "{"}}, "/choices/0/delta/function_call/arguments", None, True, True),
        ({"function_call": {"name": "f"}}, "/choices/0/delta/function_call/name", None, False, False),
        ({"role": "king"}, "/choices/0/delta/role", "choices/3/role", False, False),
        (
            {"audio": {"transcript": "x"}},
            "/choices/0/delta/audio/transcript",
            "choices/3/audio/transcript",
            True,
            False,
        ),
        ({"annotations": [{"title": "x"}]}, "/choices/0/delta/annotations/0/title", None, False, False),
        ({"reasoning_details": [{"text": "x"}]}, "/choices/0/delta/reasoning_details/0/text", None, True, False),
        ({}, "/id", "id", False, False),
        ({}, "/choices/0/index", "choices/3/index", False, False),
    ],
)
def test_a_text_finds_its_lane(delta: dict[str, Any], path: str, lane: str | None, grows: bool, whole: bool) -> None:
    found = lane_at(chunk(delta), path)
    assert (found.grows, found.whole) == (grows, whole)
    assert lane is None or found.name == lane


@pytest.mark.parametrize(
    "delta",
    [
        {"content": "x"},
        {"tool_calls": [{"index": 5, "function": {"arguments": "x"}}]},
        {"new": {"a": ["x"]}},
        {"reasoning_details": [{"index": 0, "text": "x"}]},
    ],
)
def test_a_lane_knows_the_delta_that_carries_it(delta: dict[str, Any]) -> None:
    def path(value: Any) -> str:
        if isinstance(value, list):
            return "/0" + path(value[0])
        if isinstance(value, dict):
            key = next(key for key in value if key != "index")
            return f"/{key}{path(value[key])}"
        return ""

    assert delta_of(lane_at(chunk(delta), "/choices/0/delta" + path(delta)), "x") == (3, delta)


def test_a_choice_without_an_index_goes_by_its_position() -> None:
    payload = {"choices": [{"delta": {}}, {"delta": {"content": "x"}}]}
    assert lane_at(payload, "/choices/1/delta/content").name == "choices/1/content"


def test_a_lane_has_a_place_in_a_whole_answer() -> None:
    assert pointer("choices/3/tool_calls/5/custom/input") == "/choices/3/message/tool_calls/5/custom/input"
