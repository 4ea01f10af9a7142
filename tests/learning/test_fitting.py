"""What can be learnt is learnt, the same way each time, and weighs nothing where it does not count."""

from dataclasses import replace

import numpy as np

from tests.detectors.models import BITS, LEXICON
from tests.learning.lessons import corpus
from yett.detectors.features import Features
from yett.learning.example import Example
from yett.learning.fitting import Recipe, fit, text_scores, values
from yett.learning.metrics import area
from yett.learning.rows import table

FEATURES = Features(LEXICON, BITS)
EXAMPLES = corpus()
ROWS = table(EXAMPLES, FEATURES)
ATTACK = np.array([example.attack for example in EXAMPLES])
EVEN = np.ones(len(EXAMPLES))
RECIPE = Recipe(epochs=2, batch=64)


def test_what_can_be_learnt_is_learnt() -> None:
    learnt = fit(ROWS, ATTACK, EVEN, RECIPE, buckets=1 << BITS)
    fresh = corpus(10, seed=5)
    rows = table(fresh, FEATURES)
    scores = text_scores(rows, values(rows, learnt), len(fresh))
    assert area(scores, np.array([example.attack for example in fresh])) > 0.99


def test_chance_has_a_seed() -> None:
    one, same, other = (fit(ROWS, ATTACK, EVEN, replace(RECIPE, seed=seed), buckets=1 << BITS) for seed in (1, 1, 2))
    assert np.array_equal(one.weights, same.weights)
    assert not np.array_equal(one.weights, other.weights)


def test_a_text_of_no_weight_teaches_nothing() -> None:
    counts = np.where(np.arange(len(EXAMPLES)) % 2, 1.0, 0.0)
    flipped = np.where(counts > 0, ATTACK, ~ATTACK)
    one, other = (fit(ROWS, labels, counts, RECIPE, buckets=1 << BITS) for labels in (ATTACK, flipped))
    assert np.allclose(one.weights, other.weights)


def test_an_attack_is_learnt_from_its_worst_window() -> None:
    harmless = "Bread and rain and letters in the garden. "
    long = [replace(each, text=f"{harmless}{each.text}. {harmless}") if each.attack else each for each in EXAMPLES]
    long += [Example(harmless.strip(), attack=False, source="north")] * 5
    rows = table(long, FEATURES)
    labels = np.array([example.attack for example in long])
    learnt = fit(rows, labels, np.ones(len(long)), RECIPE, buckets=1 << BITS)
    found = text_scores(rows, values(rows, learnt), len(long))
    assert found[labels].min() > found[~labels].max()


def test_some_rows_have_the_values_that_all_have() -> None:
    learnt = fit(ROWS, ATTACK, EVEN, RECIPE, buckets=1 << BITS)
    some = np.array([3, 0, 7])
    assert np.allclose(values(ROWS, learnt, some), values(ROWS, learnt)[some])
