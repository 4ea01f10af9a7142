"""Measuring: what a classifier makes of labelled texts, read as the guard reads them, and of the same in disguise."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yett.detectors.judge import Judge
from yett.guard.readings import Readings
from yett.learning.disguises import DISGUISES
from yett.learning.evaluation import POINTS
from yett.learning.example import Example
from yett.learning.metrics import wilson
from yett.model.segment import Origin

__all__ = ["disguised", "scored"]

_LONGEST = 400
"""Characters of a text that is disguised; nobody hides a novel."""


def scored(
    judge: Judge, examples: Sequence[Example], tell: Callable[[int], None] = lambda _: None
) -> NDArray[np.float64]:
    """Return the score of each of *examples*, that of its worst reading; *tell* is told how many more are done."""
    readings = Readings()
    scores = np.zeros(len(examples))
    for index, example in enumerate(examples):
        scores[index] = _score(judge, readings, example.text, example.origin)
        tell(1)
    return scores


def _score(judge: Judge, readings: Readings, text: str, origin: Origin) -> float:
    trusted = origin is Origin.USER
    texts = [reading.text for reading in readings.of(text, origin)[0] if reading.family != "raw"]
    found = [(judge.suspects(each, trusted=trusted), len(each)) for each in texts]
    return max(
        (judge.model.score(worst[0].value, size, trusted=trusted) for worst, size in found if worst), default=0.0
    )


def _clear(text: str) -> str:
    return text


def disguised(
    judge: Judge, examples: Sequence[Example], count: int, seed: int = 0
) -> Mapping[str, Mapping[str, object]]:
    """
    Return, for each disguise, how many of *count* attacks are found in it and how many innocent texts are taken for one.

    The same texts as they are stand under `clear`. What counts is the operating point `balanced`.
    """
    dice = np.random.default_rng(seed)
    readings = Readings()
    short = [example for example in examples if len(example.text) <= _LONGEST and example.text.isascii()]
    drawn: dict[bool, list[Example]] = {}
    for attack in (True, False):
        group = [example for example in short if example.attack is attack]
        drawn[attack] = [group[index] for index in dice.permutation(len(group))[:count].tolist()]
    table: dict[str, Mapping[str, object]] = {}
    for name, disguise in {"clear": _clear, **DISGUISES}.items():
        row: dict[str, object] = {}
        for label, attack in (("found", True), ("alarms", False)):
            scores = [_score(judge, readings, disguise(each.text), each.origin) for each in drawn[attack]]
            rate = wilson(sum(score >= POINTS["balanced"] for score in scores), len(scores))
            row[label] = {"share": rate.share, "low": rate.low, "high": rate.high, "of": rate.total}
        table[name] = row
    return table
