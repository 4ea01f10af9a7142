"""
Calibration: what a value means, measured on sources that the model had not seen.

The scores 0.5, 0.7 and 0.9 stand where 3 %, 0.75 % and 0.1 % of the innocent texts are that were met in the world. What was
written to resemble attacks (`authored_…`, `written_…`) and plainly harmful requests (`optional_…`) do not count: how many of
them are taken for attacks is measured, and says nothing of everyday texts. No source counts with more than some hundred
texts: of what a machine holds one can have as much as one likes, too. Texts of users and of others, short and long,
each have a scale; one with too few innocent texts of its own takes what all of them have.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yett.detectors.evidence import RATES
from yett.detectors.linear import LONG, POINTS
from yett.learning.example import Example
from yett.learning.metrics import threshold_at
from yett.learning.weighting import AUTHORED, OPTIONAL, WRITTEN
from yett.model.segment import Origin

__all__ = ["scales"]

_CONTRASTS = (AUTHORED, WRITTEN, OPTIONAL)
_ENOUGH = 1500
_MOST = 700
"""Texts of a source."""
_APART = 0.25
"""Operating points are at least so far apart."""


def scales(examples: Sequence[Example], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scales of *values*, as `LinearModel` has them."""
    innocent = _counted(examples)
    trusted = np.array([example.origin is Origin.USER for example in examples])
    long = np.array([len(example.text) > LONG for example in examples])
    made = np.empty((2, 2, len(POINTS)))
    for user in (0, 1):
        for size in (0, 1):
            mine = innocent & (trusted == bool(user)) & (long == bool(size))
            if mine.sum() < _ENOUGH:
                mine = innocent & (trusted == bool(user))
            if mine.sum() < _ENOUGH:
                mine = innocent
            made[user, size] = _scale(values[mine])
    return made


def _counted(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Say which of *examples* count: innocent ones that were met in the world, the first `_MOST` of each source."""
    seen = Counter[str]()
    counted = np.zeros(len(examples), np.bool_)
    for index, example in enumerate(examples):
        if not example.attack and not example.source.startswith(_CONTRASTS):
            seen[example.source] += 1
            counted[index] = seen[example.source] <= _MOST
    return counted


def _scale(innocent: NDArray[np.float64]) -> NDArray[np.float64]:
    points = [threshold_at(innocent, rate) for rate in RATES]
    points = [float(np.median(innocent)), *points]
    points.append(points[-1] + max(1.0, points[-1] - points[1]))
    for index in range(1, len(points)):
        points[index] = max(points[index], points[index - 1] + _APART)
    return np.array(points)
