"""
Training: from labelled texts to a classifier's artefact.

The steps are those that made the artefact that is shipped. With the same texts, the same packages and the same seed the
same model comes out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from yett.detectors.features import Features
from yett.detectors.lexicon import Lexicon, read_lexicon
from yett.detectors.linear import LinearModel
from yett.learning.calibration import scales
from yett.learning.example import Example
from yett.learning.fitting import Fit, Recipe
from yett.learning.folds import SOURCES, Division
from yett.learning.rows import table
from yett.learning.trial import held_out, learn, learning_curve

__all__ = ["BITS", "Trained", "packed", "shipped_lexicon", "train"]

BITS = 20
_Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it did on what it had not seen."""

    model: LinearModel
    examples: Sequence[Example]
    held_out: NDArray[np.float64]
    """The value of each example, judged by a model that had not seen its source."""
    curve: tuple[Sequence[int], Sequence[float]] = ((), ())
    """Numbers of texts, and how much is found after learning from as many; empty where it was not asked for."""


def shipped_lexicon() -> Lexicon:
    """Return the lexicon that belongs to the code."""
    return read_lexicon((files("yett.detectors") / "data" / "classifier" / "lexicon.yaml").read_text("utf-8"))


def train(
    examples: Sequence[Example],
    *,
    seed: int = 0,
    folds: Division = SOURCES,
    curve: bool = False,
    tell: _Told = lambda _: None,
) -> Trained:
    """
    Fit a model to *examples*, and judge each source by one that has not seen it, held out as *folds* says.

    A learning *curve* takes a dozen models more. *tell* is told what is done.
    """
    rows = table(examples, Features(shipped_lexicon(), BITS))
    tell(f"{len(examples)} texts in {len(rows)} windows")
    learner = learn(examples, rows, Recipe(seed=seed), BITS)
    found = held_out(learner, folds, tell)
    fitted, _, chosen = learner.fitted()
    tell("all sources")
    model = packed(fitted, chosen, scales(examples, found))
    return Trained(model, examples, found, learning_curve(learner, tell) if curve else ((), ()))


def packed(fitted: Fit, chosen: NDArray[np.bool_], points: NDArray[np.float64]) -> LinearModel:
    """Write the weights in eight bits; what has a weight keeps one, however small."""
    step = float(np.abs(fitted.weights).max()) / 127 or 1.0
    small = np.rint(fitted.weights / step).astype(np.int8)
    small = np.where(small == 0, np.where(fitted.weights < 0, -1, 1), small).astype(np.int8)
    weights = np.zeros(len(chosen), np.int8)
    weights[np.flatnonzero(chosen)] = small
    return LinearModel(BITS, weights, step, fitted.dense, fitted.bias, points)
