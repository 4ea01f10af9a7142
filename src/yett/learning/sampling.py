"""Sampling: not more of a source than it can teach."""

from collections.abc import Iterable

import numpy as np

from yett.learning.example import Example

__all__ = ["sampled"]


def sampled(examples: Iterable[Example], most: int, seed: int = 0) -> list[Example]:
    """Return at most *most* attacks and as many innocent texts of each source, drawn by *seed*, each text once."""
    groups: dict[tuple[str, bool], dict[str, Example]] = {}
    for example in examples:
        groups.setdefault((example.source, example.attack), {}).setdefault(example.text, example)
    dice = np.random.default_rng(seed)
    chosen: list[Example] = []
    for key in sorted(groups):
        group = [*groups[key].values()]
        places = sorted(dice.permutation(len(group))[:most].tolist())
        chosen += [group[place] for place in places]
    return chosen
