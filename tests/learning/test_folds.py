"""Whole sources are held out, each of them once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.learning import folds as module
from yett.learning.example import Example
from yett.learning.folds import Division, folds

CORPUS = st.lists(
    st.builds(Example, st.just("x"), attack=st.booleans(), source=st.sampled_from("abcdefgh")), min_size=2, max_size=60
)


def sound(examples: list[Example], division: Division) -> bool:
    """Every position is held out once, and nothing of a source that is held out is learnt."""
    made = folds(examples, division)
    held = sorted(int(index) for fold in made for index in fold.held)
    apart = all(
        {examples[index].source for index in fold.learnt}.isdisjoint(fold.sources)
        and {examples[index].source for index in fold.held} == set(fold.sources)
        for fold in made
    )
    return held == list(range(len(examples))) and apart


@given(CORPUS, st.one_of(st.sampled_from(["source", "attack"]), st.integers(1, 5)))
def test_whole_sources_are_held_out_once(examples: list[Example], division: Division) -> None:
    assert sound(examples, division)


def test_a_split_through_sources_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_row(examples: list[Example], division: Division) -> list[module.Fold]:
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


@pytest.mark.parametrize("division", ["source", 3, 9])
def test_as_many_groups_as_sources_leave_each_alone(division: Division) -> None:
    examples = [Example("x", attack=True, source=source) for source in "cab"]
    assert [fold.sources for fold in folds(examples, division)] == [("a",), ("b",), ("c",)] or division == 3


@given(CORPUS)
def test_each_source_of_attacks_is_held_out_without_any_other(examples: list[Example]) -> None:
    attacking = {example.source for example in examples if example.attack}
    made = folds(examples, "attack")
    assert all(len(attacking.intersection(fold.sources)) == 1 for fold in made) or not attacking


def test_innocent_sources_are_dealt_evenly_to_those_of_attacks() -> None:
    sizes = {"a": (5, 0), "b": (9, 2), "c": (0, 30), "d": (0, 20), "e": (0, 9)}
    examples = [
        Example("x", attack=attack, source=source)
        for source, (attacks, benign) in sizes.items()
        for attack, count in ((True, attacks), (False, benign))
        for _ in range(count)
    ]
    assert [fold.sources for fold in folds(examples, "attack")] == [("a", "c"), ("b", "d", "e")]
