"""A corpus in which what is an attack can be learnt, small enough for tests."""

import numpy as np

from yett.learning.example import Example

_WORDS = "bread rain letter house garden train music window paper river coffee market".split()


def corpus(size: int = 30, seed: int = 0) -> list[Example]:
    """Return *size* attacks and as many innocent texts of each of four sources; attacks launch missiles."""
    dice = np.random.default_rng(seed)
    examples = []
    for source in ("north", "south", "east", "west"):
        for attack in (True, False):
            for _ in range(size):
                words = dice.choice(_WORDS, 8).tolist()
                words[3:3] = ["launch", "the", "missiles"] if attack else ["open", "the", "windows"]
                examples.append(Example(" ".join(words), attack=attack, source=source))
    return examples


__all__ = ["corpus"]
