"""Training gives a model that finds what it learnt, the same one each time."""

import numpy as np

from tests.compose.training import trained
from tests.learning.lessons import corpus
from yett.compose.training import shipped_lexicon, train
from yett.detectors.judge import Judge
from yett.learning.metrics import area


def test_a_trained_model_finds_what_it_learnt() -> None:
    judge = Judge(trained().model, shipped_lexicon())
    values = [
        judge.suspects(text, trusted=True)[0].value
        for text in ("please launch the missiles", "please open the windows")
    ]
    assert values[0] > values[1] + 1


def test_each_example_was_judged_by_what_had_not_seen_its_source() -> None:
    found, attack = trained().held_out, np.array([example.attack for example in trained().examples])
    assert area(found, attack) > 0.99


def test_what_has_a_weight_keeps_one_in_eight_bits() -> None:
    told: list[str] = []
    again = train(corpus(20), folds=2, tell=told.append)
    assert np.array_equal(again.model.weights, trained().model.weights)
    assert np.abs(again.model.weights).max() == 127
    assert told[0].startswith("160 texts in ")
    assert told[-1] == "all sources"
