"""
Calibration: what a value means, measured on sources that the model had not seen.

The scores 0.5, 0.7 and 0.9 stand where 3 %, 0.75 % and 0.1 % of the innocent texts are that were met in the world. What was
written to resemble attacks (`authored_…`, `written_…`) and plainly harmful requests (`optional_…`) do not count: how many of
them are taken for attacks is measured, and says nothing of everyday texts. Nor does what a machine holds (`machine_…`), of
which one can have as much as one likes, and whose kinds are unlike anything else once they are held out. Texts of users and
of others, short and long, each have a scale; one with too few innocent texts of its own takes what all of them have.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yett.detectors.evidence import RATES
from yett.detectors.linear import LONG, POINTS
from yett.learning.example import Example
from yett.learning.metrics import threshold_at
from yett.learning.weighting import UNCOUNTED
from yett.model.segment import Origin

__all__ = ["scales"]

_ENOUGH = 1500
_APART = 0.25
"""Operating points are at least so far apart."""


def scales(examples: Sequence[Example], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scales of *values*, as `LinearModel` has them."""
    innocent = np.array([not example.attack and not example.source.startswith(UNCOUNTED) for example in examples])
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


def _scale(innocent: NDArray[np.float64]) -> NDArray[np.float64]:
    points = [threshold_at(innocent, rate) for rate in RATES]
    points = [float(np.median(innocent)), *points]
    points.append(points[-1] + max(1.0, points[-1] - points[1]))
    for index in range(1, len(points)):
        points[index] = max(points[index], points[index - 1] + _APART)
    return np.array(points)
