"""Entropy: generated values look random, words and counters do not."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.entropy import looks_random, shannon
from yett.detectors.rules import expanded


@pytest.mark.parametrize(("text", "bits"), [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcdefgh", 3.0)])
def test_shannon_counts_bits(text: str, bits: float) -> None:
    assert shannon(text) == pytest.approx(bits)


@given(st.text("ab1é", max_size=60))
def test_they_are_those_of_each_character(text: str) -> None:
    shares = [text.count(character) / len(text) for character in set(text)]
    assert shannon(text) == pytest.approx(-sum(share * log2(share) for share in shares))


@given(st.text(max_size=60))
def test_entropy_lies_between_none_and_that_of_all_different_characters(text: str) -> None:
    assert -1e-9 <= shannon(text) <= len(text).bit_length() + 1


@pytest.mark.parametrize("value", ["{alnum*32}", "{hex*40}", "{lower*20}"])
def test_generated_values_look_random(value: str) -> None:
    assert looks_random(expanded(value))


@pytest.mark.parametrize("value", ["correcthorsebattery", "aaaaaaaa1111", "a1b2", "1111111111111111", ""])
def test_words_and_repetitions_do_not(value: str) -> None:
    assert not looks_random(value)
