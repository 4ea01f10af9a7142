"""
Estimates: how many tokens a request will be, before anybody asks the model.

They are counted by OpenAI's `cl100k_base` encoding. Newer encodings make a little fewer of the same text, and other
providers' some more or fewer, so it is an estimate everywhere else; what an upstream reports is the truth.

Where the tokenizer is not installed (it has no build for every Python yet) four bytes of UTF-8 count as one token, which
is about what English prose has; other scripts have more bytes a character, and more tokens.

The work is linear in the text: a megabyte takes some 30 ms, whatever is in it.
"""

from collections.abc import Callable, Iterable
from functools import cache

__all__ = ["OVERHEAD", "bytes_per_token", "tokens_in"]

OVERHEAD = 3
"""Tokens that a message adds to its text, and that open the answer, in OpenAI's chat format."""
_BYTES = 4


def tokens_in(texts: Iterable[str], messages: int = 1) -> int:
    """Estimate the tokens of a request of *messages* that holds *texts*."""
    count = _counter()
    return sum(count(_encodable(text)) for text in texts) + OVERHEAD * (messages + 1)


def bytes_per_token(text: str) -> int:
    """Estimate the tokens of *text* without a tokenizer."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES)


@cache
def _counter() -> Callable[[str], int]:
    try:
        from rs_bpe.bpe import openai  # noqa: PLC0415 - 30 MB that only those need whose rules ask
    except ImportError:
        return bytes_per_token
    count: Callable[[str], int] = openai.cl100k_base().count
    return count


def _encodable(text: str) -> str:
    """Return *text* without halves of surrogate pairs, which no tokenizer takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
