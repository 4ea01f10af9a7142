"""Token counts out of answers."""

import pytest

from yett.dialects.usages import MAX_TOKENS, usage_of
from yett.model.usage import Usage


@pytest.mark.parametrize(
    ("answer", "usage"),
    [
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}, Usage(3, 4)),
        ({"usage": {"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}}}, Usage(3, 0, 2)),
        ({"usage": {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 1}}, Usage(3, 4, 1)),
        ({"usage": {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 1}}}, Usage(3, 0, 1)),
        ({"usage": {"prompt_tokens": -3, "completion_tokens": float("nan")}}, Usage()),
        ({"usage": {"prompt_tokens": "3", "completion_tokens": True}}, Usage()),
        ({"usage": {"prompt_tokens": 10**30, "completion_tokens": float("inf")}}, Usage(MAX_TOKENS, MAX_TOKENS)),
        ({"usage": {"prompt_tokens": 3.0, "prompt_tokens_details": []}}, Usage(3)),
        ({"usage": None}, Usage()),
        ({"usage": [1]}, Usage()),
        ({}, Usage()),
        (None, Usage()),
    ],
)
def test_what_an_answer_reports_is_checked(answer: object, usage: Usage) -> None:
    assert usage_of(answer) == usage
