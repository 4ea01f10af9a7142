"""Plots: curves of a classifier as pictures; needs matplotlib, `pip install 'yett[train]'`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yett.learning.metrics import precision_recall, roc
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["draw_curves", "draw_learning"]

_SIZE = (5.0, 4.0)
_LEAST = 1e-4


def draw_curves(folder: Path, scores: NDArray[np.float64], attack: NDArray[np.bool_]) -> tuple[Path, ...]:
    """
    Draw the ROC and the precision-recall curve of *scores* into *folder*.

    Raises:
        OperatorError: matplotlib is not installed.
    """
    curve = roc(scores, attack)
    first = _drawn(
        folder / "roc.png", [(np.maximum(curve.x, _LEAST), curve.y)], ("false alarms", "attacks found"), log=True
    )
    curve = precision_recall(scores, attack)
    return first, _drawn(
        folder / "precision-recall.png", [(curve.x, curve.y)], ("attacks found", "alarms that are true")
    )


def draw_learning(folder: Path, sizes: Sequence[int], found: Sequence[float]) -> Path:
    """
    Draw how much is found at 1 % of false alarms after learning from *sizes* texts.

    Raises:
        OperatorError: matplotlib is not installed.
    """
    curve = (np.array(sizes, np.float64), np.array(found, np.float64))
    return _drawn(folder / "learning.png", [curve], ("texts learnt from", "attacks found at 1 % of false alarms"))


def _drawn(
    file: Path,
    curves: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    labels: tuple[str, str],
    *,
    log: bool = False,
) -> Path:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an optional library
    except ModuleNotFoundError:
        message = "plots need `matplotlib`, which is not installed"
        raise OperatorError(
            Problem(Place(str(file)), "not-installed", message, "`pip install 'yett[train]'`")
        ) from None
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel=labels[0], ylabel=labels[1], ylim=(0, 1.02))
    for x, y in curves:
        axes.plot(x, y)
    if log:
        axes.set_xscale("log")
    axes.grid(visible=True, alpha=0.3)
    figure.savefig(file, dpi=120)
    return file
