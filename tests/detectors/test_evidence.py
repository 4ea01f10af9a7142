"""Two judges together are as rare as they say, among innocent texts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors import evidence
from yett.detectors.evidence import RATES, together

SCORE = st.floats(0, 1)
POINTS = (0.5, 0.7, 0.9)


@given(SCORE, SCORE)
def test_the_second_judge_counts_more(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert together(high, low) <= together(low, high) + 1e-12
    assert 0.0 <= together(first, second) <= 1.0


@given(SCORE, SCORE, SCORE)
def test_more_suspicion_is_never_less(first: float, second: float, third: float) -> None:
    low, high = sorted((second, third))
    assert together(first, low) <= together(first, high) + 1e-12
    assert together(low, first) <= together(high, first) + 1e-12


def reached(judged: np.ndarray) -> list[float]:
    return [float(np.mean(judged >= point)) for point in POINTS]


def erfc(values: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erfc)(values)


def scores(rates: np.ndarray) -> np.ndarray:
    return np.interp(-np.log(rates), evidence._RARE, evidence._SCORES)


def innocents(alike: float) -> list[list[float]]:
    """Return how often two judges reach the points together, as their mean and as the worse of both, err they *alike*."""
    shared, *apart = np.random.default_rng(1).normal(size=(3, 200_000))
    one, other = (scores(erfc((alike**0.5 * shared + (1 - alike) ** 0.5 * each) / 2**0.5) / 2) for each in apart)
    both = np.array([together(*pair) for pair in zip(one, other, strict=True)])
    return [reached(judged) for judged in (both, (one + other) / 2, np.maximum(one, other))]


def test_judges_who_err_together_now_and_then_are_together_as_rarely_wrong_as_they_say() -> None:
    both, mean, worse = innocents(0.15)
    assert both == pytest.approx(RATES, rel=0.2)
    assert mean != pytest.approx(RATES, rel=0.6)
    assert worse != pytest.approx(RATES, rel=0.6)


def test_judges_who_err_independently_are_wrong_together_even_more_rarely() -> None:
    assert all(share < rate for share, rate in zip(innocents(0.0)[0], RATES, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (0.7, 0.7, 0.75, 0.9),
        (0.69, 0.0, 0.2, 0.4),
        (0.0, 0.69, 0.5, 0.7),
        (0.5, 0.5, 0.55, 0.65),
        (0.05, 0.05, 0.0, 0.05),
        (1.0, 1.0, 1.0, 1.0),
        (0.0, 0.0, 0.0, 0.0),
        (0.3, 0.9, 0.85, 0.95),
    ],
    ids=str,
)
def test_how_they_weigh(first: float, second: float, low: float, high: float) -> None:
    assert low <= together(first, second) <= high
