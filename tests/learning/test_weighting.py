"""Sources count with the root of their size, none of them too much, and both classes alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.learning import weighting
from yett.learning.example import Example
from yett.learning.weighting import weights


def corpus(sizes: dict[str, int], benign: int = 7) -> list[Example]:
    attacks = [Example("x", attack=True, source=source) for source, size in sizes.items() for _ in range(size)]
    return [*attacks, *(Example("y", attack=False, source="chat") for _ in range(benign))]


def share(examples: list[Example], source: str, **options: float) -> float:
    each = weights(examples, **options)
    attacks = np.array([example.attack for example in examples])
    mine = np.array([example.source == source for example in examples])
    return float(each[mine & attacks].sum() / each[attacks].sum())


def test_a_source_counts_with_the_root_of_its_size() -> None:
    examples = corpus({"small": 4, "large": 100})
    assert share(examples, "large", most=1.0) == pytest.approx(10 / 12)


def test_what_was_written_for_training_counts_less() -> None:
    examples = corpus({"authored_x": 9, "b": 9})
    assert share(examples, "authored_x", authored=0.5, most=1.0) == pytest.approx(1 / 3)


def test_no_source_is_more_than_its_part() -> None:
    examples = corpus({"huge": 4000, "a": 50, "b": 50, "c": 50, "d": 50})
    assert share(examples, "huge") == pytest.approx(0.3)
    assert share(examples, "a") == pytest.approx(0.7 / 4)


def test_what_is_cut_from_one_source_makes_no_other_too_heavy() -> None:
    examples = corpus({"huge": 10_000, "large": 2_500, "a": 4, "b": 4})
    assert share(examples, "huge") == pytest.approx(0.3)
    assert share(examples, "large") == pytest.approx(0.3)
    assert share(examples, "a") == pytest.approx(0.2)


SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1)


def even(sizes: dict[str, int], benign: int) -> bool:
    examples = corpus(sizes, benign)
    each = weights(examples)
    attacks = np.array([example.attack for example in examples])
    return bool(each.min() > 0 and np.isclose(each[attacks].sum(), each[~attacks].sum()) and np.isclose(each.mean(), 1))


@given(SIZES, st.integers(1, 50))
def test_both_classes_count_the_same(sizes: dict[str, int], benign: int) -> None:
    assert even(sizes, benign)


def test_a_cut_that_loses_mass_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        weighting, "_capped", lambda masses, most: {source: min(mass, most) for source, mass in masses.items()}
    )
    assert not even({"a": 50, "b": 3}, 10)


def test_veiled_attacks_and_harmful_requests_count_less() -> None:
    examples = [
        *corpus({"written_x": 9, "b": 9}),
        *(Example("z", attack=False, source=source) for source in ("optional_y", "written_x") for _ in range(7)),
    ]
    assert share(examples, "written_x", most=1.0) < 0.2
    each = dict(
        zip([(example.source, example.attack) for example in examples], weights(examples, most=1.0), strict=True)
    )
    assert each["written_x", False] == pytest.approx(each["chat", False])
    assert each["optional_y", False] < each["chat", False] / 2
