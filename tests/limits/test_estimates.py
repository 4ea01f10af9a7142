"""How many tokens a request will be."""

import sys
from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.limits import estimates
from yett.limits.estimates import OVERHEAD, bytes_per_token, tokens_in


@pytest.fixture
def without_tokenizer() -> Iterator[None]:
    estimates._counter.cache_clear()
    with mock.patch.dict(sys.modules, {"rs_bpe": None, "rs_bpe.bpe": None}):
        yield
    estimates._counter.cache_clear()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("a" * 1000, 125),
        ("tiktoken is great!", 6),
        ("<|endoftext|>", 7),
        ("お誕生日おめでとう", 9),
    ],
)
def test_tokens_are_counted_as_cl100k_does(text: str, tokens: int) -> None:
    assert tokens_in([text]) == tokens + 2 * OVERHEAD


def test_messages_add_their_own() -> None:
    assert tokens_in(["hello world", "hello world"], 2) == 4 + 3 * OVERHEAD
    assert tokens_in([], 0) == OVERHEAD


@given(st.text(st.characters(), max_size=200))
def test_every_text_has_a_count(text: str) -> None:
    count = tokens_in([text], 0) - OVERHEAD
    assert 0 <= count <= len(text.encode("utf-8", "surrogatepass"))
    assert bool(count) is bool(text)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("éé", 1), ("中文字", 3), ("\ud800", 1)]
)
def test_without_a_tokenizer_bytes_are_counted(without_tokenizer: None, text: str, tokens: int) -> None:
    assert bytes_per_token(text) == tokens
    assert tokens_in([text], 0) == tokens + OVERHEAD
