"""
Metrics: how well scores tell attacks from innocent texts, with the uncertainty of each figure.

An attack is *found* when its score is at or above the threshold; an innocent text that is, is a false alarm.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Curve",
    "Labels",
    "Numbers",
    "Rate",
    "area",
    "average_precision",
    "precision_recall",
    "roc",
    "threshold_at",
    "wilson",
]

Numbers = NDArray[np.float64]
Labels = NDArray[np.bool_]

_Z = 1.959963984540054  # two sides, 95 %


class Rate(NamedTuple):
    """A share with its Wilson interval of 95 %."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself; not a number when there is nothing to count."""
        return self.hits / self.total if self.total else float("nan")


class Curve(NamedTuple):
    """Points of a curve, one for each threshold at which something changes."""

    x: Numbers
    y: Numbers
    thresholds: Numbers


def wilson(hits: int, total: int) -> Rate:
    """
    Return the rate of *hits* among *total* with its interval.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    """
    if not total:
        return Rate(0, 0, 0.0, 1.0)
    share, spread = hits / total, _Z * _Z / total
    middle = share + spread / 2
    width = sqrt(spread * (share * (1 - share) + spread / 4))
    low, high = (middle - width) / (1 + spread), (middle + width) / (1 + spread)
    return Rate(hits, total, max(0.0, min(low, share)), min(1.0, max(high, share)))


def threshold_at(benign: Numbers, rate: float) -> float:
    """Return the lowest threshold at which no more than *rate* of the *benign* scores are false alarms."""
    if not len(benign):
        return 0.0
    ordered = np.sort(benign)[::-1]
    allowed = int(rate * len(ordered) + 1e-9)
    if allowed >= len(ordered):
        return float(ordered[-1])
    return float(np.nextafter(ordered[allowed], np.inf))


def _steps(scores: Numbers, attack: Labels) -> tuple[Numbers, Numbers, Numbers]:
    """Count attacks and innocent texts at or above each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    ordered, labels = scores[order], attack[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    hits = np.cumsum(labels)[last].astype(np.float64)
    return hits, last + 1.0 - hits, ordered[last]


def roc(scores: Numbers, attack: Labels) -> Curve:
    """Return false alarm rates and the shares found, by falling threshold."""
    hits, alarms, thresholds = _steps(scores, attack)
    x = np.concatenate([[0.0], alarms / max(1, int((~attack).sum()))])
    y = np.concatenate([[0.0], hits / max(1, int(attack.sum()))])
    return Curve(x, y, np.concatenate([[np.inf], thresholds]))


def precision_recall(scores: Numbers, attack: Labels) -> Curve:
    """Return the shares found and how many of the alarms are true, by falling threshold."""
    hits, alarms, thresholds = _steps(scores, attack)
    return Curve(hits / max(1, int(attack.sum())), hits / (hits + alarms), thresholds)


def area(scores: Numbers, attack: Labels) -> float:
    """Return the area under the ROC curve: how often an attack scores higher than an innocent text."""
    curve = roc(scores, attack)
    return float(np.trapezoid(curve.y, curve.x))


def average_precision(scores: Numbers, attack: Labels) -> float:
    """Return the area under the precision-recall curve, by steps."""
    curve = precision_recall(scores, attack)
    return float(np.sum(np.diff(curve.x, prepend=0.0) * curve.y))
