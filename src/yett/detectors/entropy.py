"""
Entropy: how random a string looks.

Used only for what stands beside a keyword such as `api_key =`: alone, digests, identifiers and minified code look as
random as keys do.
"""

from collections import Counter
from math import log2

__all__ = ["looks_random", "shannon"]

# A string of n characters cannot have more than log2(n) bits a character, so short ones are asked for less.
_ENOUGH = 0.72
_MOST = 3.5
_SHORTEST = 8


def shannon(text: str) -> float:
    """Return the bits that a character of *text* carries (Shannon), 0 for the empty text."""
    if not text:
        return 0.0
    # Most characters of what looks random occur once, and the logarithm of that is nothing.
    repeated = sum([count * log2(count) for count in Counter(text).values() if count > 1])
    return log2(len(text)) - repeated / len(text)


def looks_random(text: str) -> bool:
    """Say whether *text* mixes letters and digits, and repeats itself as little as a generated value does."""
    if len(text) < _SHORTEST or text.isalpha() or not any(map(str.isdigit, text)):
        return False
    return shannon(text) >= min(_MOST, _ENOUGH * log2(len(text)))
