"""
Weighting: how much each example counts.

Rules:

1. A source counts with the square root of its size, so that a large collection does not drown the small ones.
2. What was written by rule (`authored_…`) counts less than what was met in the world, and so do attacks that were written
   by hand (`written_…`), many of which a sum of words cannot tell from what is innocent; innocent texts count as others.
3. Plainly harmful requests (`optional_…`) are no attacks and hardly innocent, so they count less.
4. No source is more than a part of its class, and both classes count the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yett.learning.example import Example

__all__ = ["AUTHORED", "OPTIONAL", "UNCOUNTED", "WRITTEN", "weights"]

AUTHORED, WRITTEN, OPTIONAL = "authored_", "written_", "optional_"
"""How the names of sources begin that were written by rule, by hand, and whose label is a matter of taste."""
UNCOUNTED = (AUTHORED, WRITTEN, OPTIONAL, "machine_")
"""
How the names of sources begin that say nothing of everyday texts, beside the last what any machine has: of them one can
have as much as one likes.
"""
_VEILED, _HARMFUL = 0.1, 0.3


def weights(examples: Sequence[Example], *, authored: float = 0.4, most: float = 0.3) -> NDArray[np.float64]:
    """
    Return the weight of each example; they are 1 on average.

    What was written by rule is multiplied by *authored*; no source gets more than *most* of the mass of its class.
    """
    sizes = Counter((example.source, example.attack) for example in examples)
    shares: dict[tuple[str, bool], float] = {}
    for attack in (False, True):
        masses = {
            source: size**0.5 * _factor(source, authored, attack=attack)
            for (source, label), size in sizes.items()
            if label is attack
        }
        shares |= {(source, attack): share for source, share in _capped(masses, most).items()}
    each = {key: len(examples) / 2 * share / sizes[key] for key, share in shares.items()}
    return np.array([each[example.source, example.attack] for example in examples], np.float64)


def _factor(source: str, authored: float, *, attack: bool) -> float:
    if source.startswith(AUTHORED):
        return authored
    if source.startswith(OPTIONAL):
        return _HARMFUL
    return _VEILED if attack and source.startswith(WRITTEN) else 1.0


def _capped(masses: Mapping[str, float], most: float) -> dict[str, float]:
    """Return the share of each source, none of them more than *most* while there are enough others."""
    total = sum(masses.values())
    shares = {source: mass / total for source, mass in masses.items()}
    if len(shares) * most <= 1.0:
        return shares
    capped: set[str] = set()
    while over := {source for source, share in shares.items() if share > most + 1e-12} - capped:
        capped |= over
        left = 1.0 - most * len(capped)
        rest = sum(mass for source, mass in masses.items() if source not in capped)
        shares = {source: most if source in capped else left * mass / rest for source, mass in masses.items()}
    return shares
