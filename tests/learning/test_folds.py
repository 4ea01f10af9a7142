"""Whole sources are held out, each of them once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.learning import folds as module
from yett.learning.example import Example
from yett.learning.folds import folds

CORPUS = st.lists(
    st.builds(Example, st.just("x"), attack=st.booleans(), source=st.sampled_from("abcdefgh")), min_size=2, max_size=60
)


def sound(examples: list[Example], count: int | None) -> bool:
    """Every position is held out once, and nothing of a source that is held out is learnt."""
    made = folds(examples, count)
    held = sorted(int(index) for fold in made for index in fold.held)
    apart = all(
        {examples[index].source for index in fold.learnt}.isdisjoint(fold.sources)
        and {examples[index].source for index in fold.held} == set(fold.sources)
        for fold in made
    )
    return held == list(range(len(examples))) and apart


@given(CORPUS, st.one_of(st.none(), st.integers(1, 5)))
def test_whole_sources_are_held_out_once(examples: list[Example], count: int | None) -> None:
    assert sound(examples, count)


def test_a_split_through_sources_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_row(examples: list[Example], count: int | None) -> list[module.Fold]:
        places = np.arange(len(examples))
        return [module.Fold((), places[places % 2 != rest], places[places % 2 == rest]) for rest in (0, 1)]

    monkeypatch.setitem(globals(), "folds", by_row)
    assert not sound([Example("x", attack=True, source="a") for _ in range(4)], 2)


def test_groups_are_even_in_both_classes() -> None:
    sizes = {"a": (40, 0), "b": (38, 0), "c": (0, 300), "d": (0, 280), "e": (10, 10), "f": (9, 12)}
    examples = [
        Example("x", attack=attack, source=source)
        for source, (attacks, benign) in sizes.items()
        for attack, count in ((True, attacks), (False, benign))
        for _ in range(count)
    ]
    for fold in folds(examples, 2):
        held = [examples[index] for index in fold.held]
        assert sum(example.attack for example in held) in range(44, 54)
        assert sum(not example.attack for example in held) in range(280, 325)


@pytest.mark.parametrize("count", [None, 3, 9])
def test_without_groups_each_source_is_alone(count: int | None) -> None:
    examples = [Example("x", attack=True, source=source) for source in "cab"]
    assert [fold.sources for fold in folds(examples, count)] == [("a",), ("b",), ("c",)] or count == 3
