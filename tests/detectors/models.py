"""A classifier that fears a few words, for tests of what is built around one."""

import numpy as np

from yett.detectors.features import Features
from yett.detectors.judge import Judge
from yett.detectors.lexicon import read_lexicon
from yett.detectors.linear import LinearModel
from yett.detectors.windows import DENSE

BITS = 16
LEXICON = read_lexicon("override: [ignore, vergiss*]\ninstruction: [instructions, anweis*, 指 令]\n")


def feared(*phrases: str, trusted: bool = True) -> LinearModel:
    """Return a model in whose opinion what *phrases* have speaks for an attack, and nothing else does."""
    weights = np.zeros(1 << BITS, np.int8)
    features = Features(LEXICON, BITS)
    for phrase in phrases:
        weights[features.of(phrase, trusted=trusted).buckets] = 100
    scale = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    return LinearModel(BITS, weights, 0.02, np.zeros(len(DENSE)), -10.0, np.tile(scale, (2, 2, 1)))


def fearful(*phrases: str) -> Judge:
    """Return a judge by that model."""
    return Judge(feared(*phrases), LEXICON)


__all__ = ["BITS", "LEXICON", "feared", "fearful"]
