"""Each source is judged by what has not seen it."""

import numpy as np
import pytest

from tests.detectors.models import BITS, LEXICON
from tests.learning.lessons import corpus
from yett.detectors.features import Features
from yett.learning import trial
from yett.learning.example import Example
from yett.learning.fitting import Recipe
from yett.learning.metrics import area
from yett.learning.rows import table
from yett.learning.trial import Learner, held_out, learn, learning_curve

RECIPE = Recipe(epochs=2, batch=64)


def learner(examples: list[Example]) -> Learner:
    return learn(examples, table(examples, Features(LEXICON, BITS)), RECIPE, BITS)


def test_what_holds_in_all_sources_is_found_in_one_that_was_not_seen() -> None:
    examples = corpus()
    told: list[str] = []
    found = held_out(learner(examples), tell=told.append)
    assert area(found, np.array([example.attack for example in examples])) > 0.99
    assert told == ["east", "north", "south", "west"]


def unaware() -> bool:
    """A source that says the opposite of all others is judged as they have it."""
    examples = [Example(each.text, each.attack != (each.source == "west"), each.source) for each in corpus()]
    found = held_out(learner(examples))
    west = np.array([example.source == "west" for example in examples])
    return area(found[west], np.array([example.attack for example in examples])[west]) < 0.01


def test_a_source_that_is_held_out_teaches_nothing() -> None:
    assert unaware()


def test_a_source_that_leaks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = Learner.fitted
    monkeypatch.setattr(Learner, "fitted", lambda self, held=None, share=1.0: fitted(self, held[:0], share))
    monkeypatch.setattr(trial, "_FEWEST", 1)
    assert not unaware()


def test_what_one_source_alone_has_does_not_count() -> None:
    examples = [
        Example(f"zebra {each.text}" if each.source == "east" else each.text, each.attack, each.source)
        for each in corpus(5)
    ]
    mine = learner(examples)
    _, _, chosen = mine.fitted()
    words = Features(LEXICON, BITS)
    zebra = set(words.of("zebra", trusted=True).buckets.tolist()) - set(
        words.of("launch the bread", trusted=True).buckets.tolist()
    )
    assert chosen.any()
    assert np.mean(chosen[sorted(zebra)]) < 0.5


def test_more_texts_teach_more() -> None:
    told: list[str] = []
    sizes, found = learning_curve(learner(corpus(8)), told.append)
    assert sizes == sorted(sizes)
    assert found[-1] >= max(0.9, found[0])
    assert told[-1].startswith(f"{sizes[-1]} texts learnt from")
