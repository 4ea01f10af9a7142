"""Lessons: train and examine a classifier, from files of texts to a folder and a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from yett.compose.artefact import read_key, write_artefact
from yett.compose.classifier import SHIPPED, loaded_judge
from yett.compose.corpora import noise, read_corpus, surroundings, written_by_rule
from yett.compose.measuring import disguised, scored
from yett.compose.plots import draw_curves, draw_learning
from yett.compose.training import Trained, train
from yett.learning.disguises import disguised as in_disguise
from yett.learning.evaluation import evaluated, markdown
from yett.learning.example import Example
from yett.learning.folds import SOURCES, Division
from yett.learning.sampling import sampled
from yett.model.errors import OperatorError, Place, Problem
from yett.model.segment import Origin

__all__ = ["Lesson", "examined", "held_out_scores", "reported", "taught"]

_FEWEST = 20
"""Texts of each label without which there is nothing to learn."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to learn from, and how."""

    data: Sequence[Path]
    seed: int = 0
    folds: Division = SOURCES
    """Which sources are held out together."""
    most: int = 700
    """Texts of a source and a label."""
    surroundings: int = 500
    """Innocent texts that this machine has, of each kind."""
    disguises: float = 0.05
    """So many of the texts are learnt from in disguise, too, attacks and innocent ones alike."""

    def examples(self) -> list[Example]:
        """
        Gather them.

        Raises:
            OperatorError: they cannot be read, or there are too few.
        """
        given = sampled(read_corpus(self.data), self.most, self.seed)
        attacks = sum(example.attack for example in given)
        if min(attacks, len(given) - attacks) < _FEWEST or len({example.source for example in given}) < 2:  # noqa: PLR2004
            message = f"holds {attacks} attacks and {len(given) - attacks} innocent texts"
            hint = f"give {_FEWEST} of each at least, from two sources"
            raise OperatorError(Problem(Place(str(self.data[0])), "too-few", message, hint))
        made = written_by_rule(self.seed) + surroundings(self.surroundings, self.seed)
        return given + made + noise(made, self.seed) + in_disguise(given, self.disguises, self.seed)


def taught(
    lesson: Lesson,
    folder: Path,
    *,
    sign: Path | None = None,
    plots: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> str:
    """
    Train by *lesson*, write the artefact and the figures on held-out sources to *folder*, and return them as tables.

    Raises:
        OperatorError: the texts or the key cannot be read, or *folder* cannot be written to.
    """
    private = read_key(sign) if sign else None
    _made(folder)  # before hours of learning
    trained = train(lesson.examples(), seed=lesson.seed, folds=lesson.folds, curve=plots, tell=tell)
    scores = held_out_scores(trained)
    report = evaluated(trained.examples, scores)
    about = {"seed": lesson.seed, "held_out": lesson.folds, "figures": report["mean_found"]}
    write_artefact(folder, trained, about, private)
    if plots:
        draw_learning(folder, *trained.curve)
    return reported(folder, report, (scores, trained.examples) if plots else None)


def held_out_scores(trained: Trained) -> NDArray[np.float64]:
    """Return the score of each example by a model that had not seen its source."""
    model = trained.model
    judged = zip(trained.examples, trained.held_out.tolist(), strict=True)
    return np.array([model.score(value, len(each.text), trusted=each.origin is Origin.USER) for each, value in judged])


def examined(
    data: Sequence[Path],
    model: Path | None,
    *,
    disguises: int = 0,
    out: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> tuple[Mapping[str, object], str]:
    """
    Measure the classifier in the folder *model*, or the shipped one, on *data*; return the figures, and as tables.

    Raises:
        OperatorError: the texts or the model cannot be read, or *out* cannot be written to.
    """
    judge, _ = loaded_judge(model or SHIPPED)
    examples = read_corpus(data)
    scores = scored(judge, examples, tell)
    report = evaluated(examples, scores)
    if disguises:
        report["disguises"] = disguised(judge, examples, disguises)
    return report, reported(out, report, (scores, examples)) if out else markdown(report)


def reported(
    folder: Path, report: Mapping[str, object], drawn: tuple[NDArray[np.float64], Sequence[Example]] | None
) -> str:
    """
    Write *report* to *folder*, as JSON and as tables, which are returned; draw the curves of what is *drawn*.

    Raises:
        OperatorError: *folder* cannot be written to.
    """
    told = markdown(report)
    _made(folder)
    try:
        (folder / "report.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        (folder / "report.md").write_text(told, "utf-8")
    except OSError as error:
        raise _unusable(folder, error) from None
    if drawn:
        scores, examples = drawn
        draw_curves(folder, scores, np.array([example.attack for example in examples]))
    return told


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from None


def _unusable(folder: Path, error: OSError) -> OperatorError:
    why = f"cannot be written to: {(error.strerror or 'unknown').lower()}"
    return OperatorError(Problem(Place(str(folder)), "unusable-folder", why, "name a folder that can be made"))
