"""
Fitting: a logistic regression over windows, by stochastic descent.

Rules:

1. The value of a row is `bias + dense . traits + sum of weights / root of their number`.
2. A first model, fitted to a part of the windows of innocent texts, says which windows have something to teach; what is
   gone on from is such a model, too.
3. An attack is learnt from its most suspicious window only: a long attack is mostly harmless words.
4. Of innocent texts the windows are learnt from that the first model is not sure of; of the others a few, which count for
   all of them.
5. Steps are AdaGrad's (J. Duchi et al., 2011), weights shrink towards nothing, and the last epochs are averaged.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yett.detectors.linear import DAMPING
from yett.learning.rows import Rows

__all__ = ["Fit", "Recipe", "fit", "refit", "text_scores", "values"]

_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit."""

    epochs: int = 3
    step: float = 0.3
    shrink: float = 3e-6
    """How much weights are pulled towards nothing."""
    batch: int = 2048
    seed: int = 0
    part: float = 1 / 3
    """Of the windows of innocent texts of several, so many are shown to the first model."""
    sure: float = -3.0
    """Below this value a window is surely innocent."""
    easy: float = 0.1
    """So many of those that are surely innocent are learnt from."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learnt."""

    weights: NDArray[np.float32]
    """One for each bucket."""
    dense: _Numbers
    bias: float


def _flat(rows: Rows, chosen: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the features of the *chosen* rows are, one row after the other, and where each row begins among them."""
    lengths = rows.offsets[chosen + 1] - rows.offsets[chosen]
    begins = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(lengths, out=begins[1:])
    return np.repeat(rows.offsets[chosen] - begins[:-1], lengths) + np.arange(begins[-1]), begins


def values(rows: Rows, fit: Fit, chosen: NDArray[np.intp] | None = None) -> _Numbers:
    """Return the value of each row, or of the *chosen* ones."""
    chosen = np.arange(len(rows)) if chosen is None else chosen
    found = np.empty(len(chosen))
    for start in range(0, len(chosen), 4096):
        part = chosen[start : start + 4096]
        places, begins = _flat(rows, part)
        each = fit.weights[rows.buckets[places]]
        sums = np.add.reduceat(np.append(each, np.float32(0)), begins[:-1], dtype=np.float64)
        counts = np.diff(begins)
        sums[counts == 0] = 0.0
        found[start : start + 4096] = sums / np.sqrt(counts + DAMPING) + rows.dense[part] @ fit.dense + fit.bias
    return found


def text_scores(rows: Rows, found: _Numbers, count: int) -> _Numbers:
    """Return, for each of *count* texts, the highest of the values *found* for its rows."""
    scores = np.full(count, -np.inf)
    np.maximum.at(scores, rows.texts, found)
    return scores


def fit(rows: Rows, attack: NDArray[np.bool_], weights: _Numbers, recipe: Recipe, *, buckets: int) -> Fit:
    """Fit to *rows*, given of each text whether it is an *attack* and how much it counts; a text of weight 0 does not."""
    dice = np.random.default_rng(recipe.seed)
    nothing = np.zeros(buckets + rows.dense.shape[1] + 1, np.float32)
    label = attack[rows.texts]
    shown = _shown(rows, (attack, weights), recipe, dice)
    first = _descend(rows, label, shown, replace(recipe, epochs=2), nothing)
    return _descend(rows, label, _telling(rows, (attack, weights), recipe, dice, first), recipe, nothing)


def refit(rows: Rows, attack: NDArray[np.bool_], weights: _Numbers, recipe: Recipe, begun: Fit) -> Fit:
    """Go on from what was *begun*, which says which windows teach something unless it knows nothing yet."""
    dice = np.random.default_rng(recipe.seed)
    texts = (attack, weights)
    knows = begun.weights.any()
    counts = _telling(rows, texts, recipe, dice, begun) if knows else _shown(rows, texts, recipe, dice)
    start = np.concatenate([begun.weights, begun.dense, [begun.bias]]).astype(np.float32)
    return _descend(rows, attack[rows.texts], counts, recipe, start)


def _shown(
    rows: Rows, texts: tuple[NDArray[np.bool_], _Numbers], recipe: Recipe, dice: np.random.Generator
) -> _Numbers:
    """Return how much each row counts while nothing is known."""
    attack, weights = texts
    per_text = np.bincount(rows.texts, minlength=len(attack))[rows.texts]
    label, counts = attack[rows.texts], weights[rows.texts]
    return np.where(label, counts / np.sqrt(per_text), _drawn(counts, ~label & (per_text > 1), recipe.part, dice))


def _telling(
    rows: Rows,
    texts: tuple[NDArray[np.bool_], _Numbers],
    recipe: Recipe,
    dice: np.random.Generator,
    first: Fit,
) -> _Numbers:
    """Return how much each row counts once *first* has said which have something to teach."""
    attack, weights = texts
    label, counts = attack[rows.texts], weights[rows.texts]
    judged = np.flatnonzero(counts > 0)
    found = np.full(len(rows), -np.inf)
    found[judged] = values(rows, first, judged)
    best = text_scores(rows, found, len(attack))[rows.texts]
    telling = np.where(found >= best, counts, 0.0)
    return np.where(label, telling, _drawn(counts, ~label & (found < recipe.sure), recipe.easy, dice))


def _drawn(counts: _Numbers, some: NDArray[np.bool_], share: float, dice: np.random.Generator) -> _Numbers:
    """Return *counts* with a *share* of *some* of them left, which count for all of these."""
    left = np.where(dice.random(len(counts)) < share, counts / share, 0.0)
    return np.where(some, left, counts)


def _descend(rows: Rows, label: NDArray[np.bool_], counts: _Numbers, recipe: Recipe, begun: NDArray[np.float32]) -> Fit:
    dice = np.random.default_rng(recipe.seed)
    used = np.flatnonzero(counts > 0)
    size = len(begun)
    buckets = size - rows.dense.shape[1] - 1
    weights, squares = begun.copy(), np.full(size, 1e-6, np.float32)
    mean, averaged = np.zeros(size), 0
    pulled = weights[:buckets]
    for epoch in range(recipe.epochs):
        order = dice.permutation(used)
        for start in range(0, len(order), recipe.batch):
            part = order[start : start + recipe.batch]
            gradient = _gradient(rows, part, (label[part], counts[part]), weights, buckets)
            gradient[:buckets] += np.float32(recipe.shrink * len(part)) * pulled
            squares += gradient * gradient
            gradient /= np.sqrt(squares)
            gradient *= np.float32(recipe.step)
            weights -= gradient
        if epoch >= recipe.epochs - 2:
            mean += weights
            averaged += 1
    mean /= averaged
    return Fit(mean[:buckets].astype(np.float32), mean[buckets:-1], float(mean[-1]))


def _gradient(
    rows: Rows,
    part: NDArray[np.intp],
    wanted: tuple[NDArray[np.bool_], _Numbers],
    weights: NDArray[np.float32],
    buckets: int,
) -> NDArray[np.float32]:
    label, counts = wanted
    places, begins = _flat(rows, part)
    found = rows.buckets[places]
    lengths = np.diff(begins)
    scale = 1.0 / np.sqrt(lengths + DAMPING)
    sums = np.add.reduceat(np.append(weights[found], np.float32(0)), begins[:-1])
    sums[lengths == 0] = 0.0
    dense = rows.dense[part]
    value = sums * scale + dense @ weights[buckets:-1] + weights[-1]
    error = counts * (1.0 / (1.0 + np.exp(-np.clip(value, -30, 30))) - label)
    gradient = np.empty(len(weights), np.float32)
    gradient[:buckets] = np.bincount(found, np.repeat(error * scale, lengths), buckets)
    gradient[buckets:-1] = error @ dense
    gradient[-1] = error.sum()
    return gradient
