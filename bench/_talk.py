"""Talk: the question that every measurement asks, and the answer that it gets."""

import json

__all__ = ["ANSWER", "NUMBER", "QUESTION"]

NUMBER = "00000000"
"""Stands once in the question; load counts it up, so that no question comes twice."""
_PROMPT = (
    f"Question {NUMBER}: please explain how compound interest works, and why it matters for savings over a long time. "
    + "I have read about it more than once and still mix up the yearly and the monthly rate. " * 6
)
QUESTION = json.dumps(
    {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "You are a helpful assistant of a bank."},
            {"role": "user", "content": _PROMPT[:500]},
        ],
    },
)
ANSWER = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "fine " * 40}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140},
    },
)
