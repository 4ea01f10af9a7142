"""Gibberish is an attack, tokens are not, and both are drawn by a seed."""

import pytest

from yett.learning.gibberish import gibberish, tokens

REQUESTS = ("how do I bake bread", "what is the weather like")
TEXTS = ("def join(parts: list[str]) -> str:\n    return '/'.join(parts)", "Installation: run the following command.")


def test_gibberish_is_an_attack_around_a_request() -> None:
    made = gibberish(REQUESTS, TEXTS, 60)
    assert all(each.attack and each.source == "authored_gibberish" for each in made)
    assert sum(any(request in each.text for request in REQUESTS) for each in made) > 30
    assert len({each.text for each in made}) > 55


def test_tokens_are_innocent() -> None:
    made = tokens(REQUESTS, 60)
    assert not any(each.attack for each in made)
    assert {each.kind for each in made} == {"tokens"}
    assert len({each.text for each in made}) > 55


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_says_what_is_drawn(seed: int) -> None:
    assert gibberish(REQUESTS, TEXTS, 5, seed) == gibberish(REQUESTS, TEXTS, 5, seed)
    assert gibberish(REQUESTS, TEXTS, 5, seed) != gibberish(REQUESTS, TEXTS, 5, seed + 2)
    assert tokens(REQUESTS, 5, seed) == tokens(REQUESTS, 5, seed)
