"""Figures say what they count, and how sure they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.learning import metrics
from yett.learning.metrics import area, average_precision, precision_recall, roc, threshold_at, wilson

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=80)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0), (1, 200, 0.0009, 0.0278)],
)
def test_an_interval_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    rate = wilson(hits, total)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


@given(st.integers(1, 5000), st.data())
def test_an_interval_holds_its_share(total: int, data: st.DataObject) -> None:
    rate = wilson(data.draw(st.integers(0, total)), total)
    assert 0.0 <= rate.low <= rate.share <= rate.high <= 1.0


def kept(benign: list[float], rate: float) -> bool:
    """The threshold keeps the rate, and the next lower score would not."""
    scores = np.array(benign)
    threshold = metrics.threshold_at(scores, rate)
    lower = scores[scores < threshold]
    beyond = not len(lower) or float(np.mean(scores >= lower.max())) > rate - 1e-9
    return bool(np.mean(scores >= threshold) <= rate + 1e-9) and beyond


@given(SCORES, st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.5, 1.0]))
def test_a_threshold_keeps_its_rate(benign: list[float], rate: float) -> None:
    assert kept(benign, rate)


def test_a_threshold_off_by_a_tie_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "threshold_at", lambda benign, rate: float(np.quantile(benign, 1 - rate)))
    assert not kept([0.5] * 10, 0.01)


def test_without_innocent_texts_everything_is_above() -> None:
    assert threshold_at(np.array([]), 0.01) == 0.0


@given(SCORES, SCORES)
def test_the_area_is_how_often_an_attack_scores_higher(attacks: list[float], benign: list[float]) -> None:
    scores = np.array(attacks + benign)
    labels = np.array([True] * len(attacks) + [False] * len(benign))
    wins = np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a in attacks for b in benign])
    assert area(scores, labels) == pytest.approx(wins)


def test_curves_have_a_point_for_every_score() -> None:
    scores, labels = np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, False, True, False])
    assert [list(each) for each in roc(scores, labels)] == [[0, 0, 0.5, 1], [0, 0.5, 1, 1], [np.inf, 0.9, 0.8, 0.1]]
    assert [list(each) for each in precision_recall(scores, labels)[:2]] == [
        [0.5, 1, 1],
        [1, pytest.approx(2 / 3), 0.5],
    ]
    assert average_precision(scores, labels) == pytest.approx(0.5 + 0.5 * 2 / 3)
