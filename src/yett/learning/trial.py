"""
Trial: how well what would be learnt does on sources that it has not seen.

Every group of sources is judged by a model that was fitted to all others. A feature counts only if several of these
others have it: what a single collection is full of says more about the collection than about attacks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yett.learning.example import Example
from yett.learning.fitting import Fit, Recipe, fit, text_scores, values
from yett.learning.folds import SOURCES, Division, folds
from yett.learning.metrics import threshold_at
from yett.learning.rows import Rows, kept, numbered, presence
from yett.learning.weighting import weights

__all__ = ["Learner", "held_out", "learn", "learning_curve"]

_Numbers = NDArray[np.float64]
_LOWEST = -20.0
_FEWEST = 3
"""Sources that must have a feature."""
_SHARES = (0.125, 0.25, 0.5, 1.0)
_GROUPS, _RATE = 3, 0.01
"""How a learning curve is measured."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Examples with their rows, ready to be fitted to."""

    examples: Sequence[Example]
    rows: Rows
    present: NDArray[np.bool_]
    """Which source has which feature."""
    recipe: Recipe

    @property
    def attacks(self) -> NDArray[np.bool_]:
        """Which examples are attacks."""
        return np.array([example.attack for example in self.examples])

    def fitted(self, held: NDArray[np.intp] | None = None, share: float = 1.0) -> tuple[Fit, Rows, NDArray[np.bool_]]:
        """
        Fit to a *share* of the examples without those that are *held* out.

        Return with it the rows of what it knows, and what that is.
        """
        counts, sources = weights(self.examples), numbered(self.examples)
        known = np.ones(len(self.present), np.bool_)
        if held is not None:
            counts[held] = 0.0
            known[np.unique(sources[held])] = False
        if share < 1.0:
            counts[np.random.default_rng(self.recipe.seed).random(len(counts)) >= share] = 0.0
        enough = min(_FEWEST, int(known.sum()))
        chosen = self.present[known].sum(axis=0, dtype=np.int16) >= enough
        rows = kept(self.rows, chosen)
        return fit(rows, self.attacks, counts, self.recipe, buckets=int(chosen.sum())), rows, chosen


def held_out(
    learner: Learner, division: Division = SOURCES, tell: Callable[[str], None] = lambda _: None, *, share: float = 1.0
) -> _Numbers:
    """
    Return the value of each example, judged by a model that has seen nothing of its source.

    Sources are held out as *division* says, and of the others a *share* is learnt from; *tell* is told which are done.
    """
    found = np.full(len(learner.examples), _LOWEST)
    for fold in folds(learner.examples, division):
        learnt, rows, _ = learner.fitted(fold.held, share)
        mine = np.flatnonzero(np.isin(rows.texts, fold.held))
        part = Rows(rows.buckets, rows.offsets, rows.dense, rows.texts)
        each = np.full(len(rows), -np.inf)
        each[mine] = values(part, learnt, mine)
        scores = text_scores(rows, each, len(learner.examples))
        found[fold.held] = np.maximum(scores[fold.held], _LOWEST)
        tell(", ".join(fold.sources))
    return found


def learning_curve(learner: Learner, tell: Callable[[str], None] = lambda _: None) -> tuple[list[int], list[float]]:
    """Return numbers of texts, and the shares of attacks that are found at 1 % of false alarms after learning from as many."""
    sizes, found = [], []
    for share in _SHARES:
        scores = held_out(learner, _GROUPS, share=share)
        at = threshold_at(scores[~learner.attacks], _RATE)
        sizes.append(round(share * len(learner.examples) * (1 - 1 / _GROUPS)))
        found.append(float(np.mean(scores[learner.attacks] >= at)))
        tell(f"{sizes[-1]} texts learnt from: {found[-1]:.1%} found")
    return sizes, found


def learn(examples: Sequence[Example], rows: Rows, recipe: Recipe, bits: int) -> Learner:
    """Prepare to learn from *examples*, whose rows have 2 to the power of *bits* buckets."""
    return Learner(examples, rows, presence(rows, numbered(examples), 1 << bits), recipe)
