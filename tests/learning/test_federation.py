"""What leaves a site is bounded, noisy, as long everywhere, and made of numbers; what comes of it can be learnt from."""

from collections.abc import Callable
from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.models import BITS, LEXICON
from tests.learning.lessons import corpus
from yett.detectors.features import Features
from yett.detectors.windows import DENSE
from yett.learning import federation
from yett.learning.federation import (
    Site,
    Terms,
    Vector,
    averaged,
    clipped,
    epsilon,
    federated,
    joined,
    longest,
    parted,
    shared,
)
from yett.learning.fitting import Fit, Recipe, text_scores, values
from yett.learning.metrics import area
from yett.learning.rows import table
from yett.learning.trial import learn

FEATURES = Features(LEXICON, BITS)
RECIPE = Recipe(epochs=1, step=0.1, batch=64)
SIZE = (1 << BITS) + len(DENSE) + 1
numbers = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20).map(lambda each: np.array(each, np.float64))
lengths = st.floats(0.01, 1000)


def site(seed: int, source: str = "") -> Site:
    examples = [each for each in corpus(20, seed) if source in {"", each.source}]
    return Site(learn(examples, table(examples, FEATURES), RECIPE, BITS), RECIPE)


def bounded(update: Vector, length: float) -> bool:
    return bool(np.linalg.norm(federation.clipped(update, length)) <= length * (1 + 1e-9))


@given(numbers, lengths)
def test_what_is_clipped_is_no_longer_than_agreed(update: Vector, length: float) -> None:
    assert bounded(update, length)


def test_a_clip_of_each_number_alone_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(federation, "clipped", lambda update, length: np.clip(update, -length, length))
    assert not bounded(np.array([1.0, 1.0]), 1.0)


@given(numbers, lengths)
def test_clipping_keeps_the_direction_and_what_is_short(update: Vector, length: float) -> None:
    found = clipped(update, length)
    assert np.allclose(found * np.linalg.norm(update), update * np.linalg.norm(found))
    if np.linalg.norm(update) <= length:
        assert np.array_equal(found, update)


def alike(updates: list[Vector], mean: Callable[..., Vector]) -> bool:
    """The order in which sites answer does not matter, to the last bit."""
    terms, model = Terms(1, len(updates), 1e9), np.zeros(len(updates[0]))
    sent = [each.astype(np.float32) for each in updates]
    return np.array_equal(mean(model, sent, terms), mean(model, sent[::-1], terms))


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3).map(np.array), min_size=1, max_size=5))
def test_the_order_of_sites_does_not_matter(updates: list[Vector]) -> None:
    assert alike(updates, averaged)


def test_a_mean_that_favours_the_first_would_be_seen() -> None:
    assert not alike(
        [np.ones(3), np.zeros(3)], lambda model, sent, terms: model + sum(each / (n + 1) for n, each in enumerate(sent))
    )


def test_the_mean_is_one_of_all_sites_alike() -> None:
    sent = [np.array([3.0, 0.0], np.float32), np.array([0.0, 6.0], np.float32), np.zeros(2, np.float32)]
    assert averaged(np.array([1.0, 1.0]), sent, Terms(1, 3, 100.0)).tolist() == [2.0, 3.0]


@given(st.floats(1, 2.0**99, width=32))
def test_one_site_moves_the_model_no_further_than_an_honest_one(strength: float) -> None:
    terms = Terms(1, 4, 2.0, 0.5)
    sent = [np.full(9, strength, np.float32), *[np.zeros(9, np.float32)] * 3]
    assert np.linalg.norm(averaged(np.zeros(9), sent, terms)) <= longest(terms, 9) / 4 * (1 + 1e-9)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([np.zeros(2, np.float32)], "1 of 2 sites"),
        ([np.zeros(2, np.float32)] * 3, "3 of 2 sites"),
        ([np.zeros(2, np.float32), np.zeros(3, np.float32)], "no update of this model"),
        ([np.zeros(2, np.float32), np.array([0, np.nan], np.float32)], "no update of this model"),
        ([np.zeros(2, np.float32), np.array([0, np.inf], np.float32)], "no update of this model"),
    ],
)
def test_what_is_no_round_is_none(sent: list[np.ndarray], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        averaged(np.zeros(2), sent, Terms(1, 2, 1.0))


def test_noise_is_as_strong_as_agreed_and_everywhere() -> None:
    terms = Terms(1, 4, 3.0, 0.5)
    quiet = np.zeros(20_000)
    sent = [shared(quiet, terms, np.random.default_rng(seed)) for seed in range(4)]
    assert all(each.std() == pytest.approx(3.0 * 0.5 / 2, rel=0.03) for each in sent)
    assert averaged(quiet, sent, terms).std() == pytest.approx(3.0 * 0.5 / 4, rel=0.03)
    assert all((each != 0).all() for each in sent)


def test_honest_updates_are_not_shortened() -> None:
    terms = Terms(1, 1, 1.0, 2.0)
    update = np.zeros(4096)
    update[0] = 1.0
    sent = shared(update, terms, np.random.default_rng(3))
    assert np.allclose(averaged(np.zeros(4096), [sent], terms), sent)


def test_chance_is_what_it_is_given() -> None:
    terms, update = Terms(1, 3, 1.0, 1.0), np.ones(50)
    one, same, other = (shared(update, terms, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_without_noise_nothing_is_promised() -> None:
    assert epsilon(Terms(1, 3, 1.0)) == inf


@given(st.floats(0.1, 50), st.integers(1, 100))
def test_the_promise_is_the_best_over_all_orders(noise: float, rounds: int) -> None:
    orders = 1 + np.logspace(-4, 5, 4000)
    each = rounds * orders / (2 * noise**2) + log(1e5) / (orders - 1)
    assert epsilon(Terms(rounds, 3, 1.0, noise)) == pytest.approx(float(each.min()), rel=1e-3)


def test_a_promise_in_numbers() -> None:
    assert epsilon(Terms(1, 3, 1.0, 1.0)) == pytest.approx(0.5 + sqrt(2 * log(1e5)))


@given(st.integers(1, 30))
def test_a_fit_is_a_vector_and_back(buckets: int) -> None:
    dice = np.random.default_rng(buckets)
    fit = Fit(dice.normal(size=buckets).astype(np.float32), dice.normal(size=4), 0.5)
    again = parted(joined(fit), 4)
    assert np.array_equal(again.weights, fit.weights)
    assert np.array_equal(again.dense, fit.dense)
    assert again.bias == fit.bias


def judged(model: Vector) -> float:
    fresh = corpus(10, seed=9)
    rows = table(fresh, FEATURES)
    return area(
        text_scores(rows, values(rows, parted(model, len(DENSE))), len(fresh)), np.array([e.attack for e in fresh])
    )


def test_sites_learn_together_what_each_has_seen() -> None:
    terms, dice = Terms(3, 2, 30.0, 0.001), np.random.default_rng(0)
    sites = [site(seed) for seed in (1, 2)]
    teach = [lambda model, each=each: shared(each.update(model), terms, dice) for each in sites]
    assert judged(federated(teach, terms, np.zeros(SIZE))) > 0.99


def test_equal_seeds_give_equal_models() -> None:
    one, same = (site(1).update(np.zeros(SIZE)) for _ in range(2))
    assert np.array_equal(one, same)


def test_what_leaves_is_an_array_as_long_whatever_was_seen() -> None:
    terms, dice = Terms(1, 2, 1.0, 0.1), np.random.default_rng(0)
    sent = [shared(each.update(np.zeros(SIZE)), terms, dice) for each in (site(1), site(2, "north"))]
    assert {(type(each), each.dtype.name, each.shape) for each in sent} == {(np.ndarray, "float32", (SIZE,))}


def test_a_site_goes_on_from_what_it_is_sent() -> None:
    mine = site(1)
    first = mine.update(np.zeros(SIZE))
    assert not np.array_equal(mine.update(first), first)
    assert judged(first + mine.update(first)) > 0.99
