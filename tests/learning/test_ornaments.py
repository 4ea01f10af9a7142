"""Ornaments are drawn by a seed, and are of many kinds."""

import numpy as np

from yett.learning.ornaments import ornament

WORDS = ("how", "do", "I", "bake", "bread")


def drawn(count: int, seed: int = 0) -> list[str]:
    dice = np.random.default_rng(seed)
    return [ornament(WORDS, dice) for _ in range(count)]


def test_the_seed_says_which_are_drawn() -> None:
    assert drawn(20) == drawn(20) != drawn(20, seed=1)


def test_they_are_of_many_kinds() -> None:
    made = drawn(300)
    assert len(set(made)) > 250
    for sign in ("----", "....", "| ", "  |", "0x", "\\-\\-", "bake", "\n"):
        assert any(sign in each for each in made), sign
