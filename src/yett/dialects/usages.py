"""Usages: token counts out of answers, as OpenAI and Anthropic name them; an upstream's word is checked, not believed."""

from yett.model.usage import Usage

__all__ = ["MAX_TOKENS", "usage_of"]

MAX_TOKENS = 100_000_000
"""No single exchange is larger; a count above it is a mistake and is cut to it."""


def usage_of(answer: object) -> Usage:
    """Read the usage that *answer* reports; what is missing or no count is zero."""
    usage = answer.get("usage") if isinstance(answer, dict) else None
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else usage.get("cache_read_input_tokens")
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        output_tokens=_count(usage.get("completion_tokens", usage.get("output_tokens"))),
        cached_tokens=_count(cached),
    )


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:  # `not >` is true of NaN
        return 0
    return int(min(value, MAX_TOKENS))
