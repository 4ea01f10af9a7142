"""
Federation: sites learn one model together, and what leaves a site is a vector of numbers.

Rules:

1. An update is what a site's model became, minus the model that it was sent: the weight of each bucket, of each thing
   known of a window, and the bias, as one vector. It is as long at every site, whatever the site has seen.
2. It is scaled to a length (L2) of at most `clip`; then the site itself adds noise to every place of it, its share of
   what all sites agreed on. Nobody ever gets an update without noise, not even whoever adds them up.
3. Updates are averaged, all counting alike: one site moves the model by no more than `clip` over the number of sites,
   and how many texts it has is not told.
4. A round with fewer updates than sites is none, since noise would be missing.

Source: H. B. McMahan et al., Learning Differentially Private Recurrent Language Models, 2018 (clip the update of each
participant, average with a fixed denominator, add Gaussian noise).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from yett.learning.fitting import Fit, Recipe, refit
from yett.learning.rows import kept
from yett.learning.trial import Learner
from yett.learning.weighting import weights

__all__ = [
    "Site",
    "Terms",
    "Vector",
    "averaged",
    "clipped",
    "epsilon",
    "federated",
    "joined",
    "longest",
    "parted",
    "shared",
]

Vector = NDArray[np.float64]
_FEWEST = 3
"""Sources of a site that must have a feature, where it has so many."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What sites agree on before they share anything."""

    rounds: int
    sites: int
    clip: float
    """The length that no update exceeds."""
    noise: float = 0.0
    """The standard deviation of the noise of a whole round, as a multiple of `clip`."""

    @property
    def deviation(self) -> float:
        """The standard deviation of the noise that each site adds: independent shares add up to that of a round."""
        return self.noise * self.clip / sqrt(self.sites)


@dataclass(frozen=True, slots=True)
class Site:
    """What a site learns from, and how; the texts in it stay where they are."""

    learner: Learner
    recipe: Recipe
    """How to go on in one round."""

    def update(self, model: Vector) -> Vector:
        """Go on from *model* with the site's own texts; return by how much it changed."""
        learner, begun = self.learner, parted(model, self.learner.rows.dense.shape[1])
        enough = min(_FEWEST, len(learner.present))
        known = (learner.present.sum(axis=0, dtype=np.int16) >= enough) | (begun.weights != 0)
        mine = Fit(begun.weights[known], begun.dense, begun.bias)
        learnt = refit(kept(learner.rows, known), learner.attacks, weights(learner.examples), self.recipe, mine)
        became = begun.weights.copy()
        became[known] = learnt.weights
        return joined(Fit(became, learnt.dense, learnt.bias)) - model


def joined(fit: Fit) -> Vector:
    """Return *fit* as one vector."""
    return np.concatenate([fit.weights, fit.dense, [fit.bias]]).astype(np.float64)


def parted(vector: Vector, traits: int) -> Fit:
    """Return the fit that was joined to *vector*, of which so many *traits* of windows have a weight."""
    buckets = len(vector) - traits - 1
    return Fit(vector[:buckets].astype(np.float32), vector[buckets:-1], float(vector[-1]))


def clipped(update: Vector, length: float) -> Vector:
    """Return *update*, scaled down to *length* where it is longer."""
    norm = float(np.linalg.norm(update))
    return update * (length / norm) if norm > length else update


def shared(update: Vector, terms: Terms, dice: np.random.Generator) -> NDArray[np.float32]:
    """Return *update* as it may leave the site: clipped, and with the site's share of the noise from *dice*."""
    bounded = clipped(update, terms.clip)
    if terms.noise:
        bounded = bounded + dice.normal(0.0, terms.deviation, len(bounded))
    return bounded.astype(np.float32)


def longest(terms: Terms, size: int) -> float:
    """Return how long an honest update of *size* numbers may be, noise included, but for one in a million."""
    return terms.clip + terms.deviation * (sqrt(size) + 6.0)


def averaged(model: Vector, updates: Sequence[NDArray[np.float32]], terms: Terms) -> Vector:
    """
    Return *model* moved by the mean of *updates*; one that is longer than an honest one is shortened to that.

    Raises:
        ValueError: there are not as many updates as sites, or one is none.
    """
    if len(updates) != terms.sites:
        raise ValueError(f"{len(updates)} of {terms.sites} sites sent an update")
    if any(each.shape != model.shape or not np.isfinite(each).all() for each in updates):
        raise ValueError("a site sent what is no update of this model")
    most = longest(terms, len(model))
    # Each place is summed in order of size, so that the order in which sites answer leaves no trace in the last bits.
    moved = np.sort(np.stack([clipped(each.astype(np.float64), most) for each in updates]), axis=0)
    return np.asarray(model + moved.sum(axis=0) / terms.sites, np.float64)


def epsilon(terms: Terms, delta: float = 1e-5) -> float:
    """
    Return the ε of (ε, δ)-differential privacy that the final model gives a whole site, against whoever has the model.

    All sites take part in all rounds, so nothing is won by chance of being asked. Infinite without noise. Towards
    whoever adds the updates up a site has its own share of the noise alone.

    Source: I. Mironov, Rényi Differential Privacy, 2017 (propositions 1, 3 and 7), at the best order.
    """
    if not terms.noise:
        return float("inf")
    spent = terms.rounds / (2 * terms.noise**2)
    return spent + 2 * sqrt(spent * log(1 / delta))


def federated(teach: Sequence[Callable[[Vector], NDArray[np.float32]]], terms: Terms, model: Vector) -> Vector:
    """Return what *model* becomes when all sites *teach* it in turn, in one place: what a network of them arrives at."""
    for _ in range(terms.rounds):
        model = averaged(model, [each(model) for each in teach], terms)
    return model
