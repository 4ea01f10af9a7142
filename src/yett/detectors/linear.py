"""
Linear: what a classifier has learnt, and how it is kept.

Rules:

1. A model is a weight for each bucket, in eight bits and a scale, a weight for each thing known of a window, and a bias.
   A window's value is their sum, that of the buckets divided by the root of their number; a bucket of weight 0 is none.
2. What a value means is a matter of who wrote the text and of how long it is. A *scale* is the values at which the score
   is 0, 0.5, 0.7, 0.9 and 1. What the three in the middle stand for is a matter of calibration.
3. It is kept as numpy arrays and text, never as objects: reading it runs nothing.
"""

from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from yett.detectors.windows import DENSE

__all__ = ["DAMPING", "LONG", "POINTS", "LinearModel", "read_model", "write_model"]

DAMPING = 20.0
"""So many features more every window is taken to have, so that three words are not judged as surely as thirty."""
LONG = 1000
"""Characters from which on a text is a long one."""
POINTS = (0.0, 0.5, 0.7, 0.9, 1.0)
"""Scores between which there are straight lines."""
_SIZES = range(8, 25)
_CASES = (2, 2, len(POINTS))


@dataclass(frozen=True, slots=True)
class LinearModel:
    """What was learnt."""

    bits: int
    """There are 2 to this power buckets."""
    weights: NDArray[np.int8]
    step: float
    """What a weight of 1 stands for."""
    dense: NDArray[np.float64]
    bias: float
    scales: NDArray[np.float64]
    """The values of `POINTS`: first of what others wrote, then of what users wrote; of short texts, then of long ones."""

    def score(self, value: float, length: int, *, trusted: bool) -> float:
        """Return what a *value* means for a text of *length* characters."""
        return float(np.interp(value, self.scales[int(trusted), int(length > LONG)], POINTS))


def write_model(model: LinearModel) -> bytes:
    """Write *model* as compressed arrays."""
    file = BytesIO()
    np.savez_compressed(
        file,
        weights=model.weights,
        numbers=np.array([model.bits, model.step, model.bias]),
        dense=model.dense,
        scales=model.scales,
    )
    return file.getvalue()


def read_model(data: bytes) -> LinearModel:
    """
    Read what `write_model` wrote.

    Raises:
        ValueError: it is no model, or one of another make.
    """
    try:
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            weights, numbers, dense, scales = (arrays[name] for name in ("weights", "numbers", "dense", "scales"))
    except (BadZipFile, KeyError, OSError, EOFError, ValueError) as error:
        raise ValueError(f"is no model: {error}") from None
    if numbers.shape != (3,) or weights.dtype != np.int8 or numbers[0] not in _SIZES:
        raise ValueError("is no model of this make")
    model = LinearModel(int(numbers[0]), weights, float(numbers[1]), dense, float(numbers[2]), scales)
    if (weights.shape, dense.shape, scales.shape) != ((1 << model.bits,), (len(DENSE),), _CASES):
        raise ValueError("is no model of this make")
    if not all(np.isfinite(each).all() for each in (numbers, dense, scales)) or (np.diff(scales) <= 0).any():
        raise ValueError("has numbers that mean nothing")
    return model
