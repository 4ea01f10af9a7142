"""Surroundings: a place is told the same whether few places were asked about or many."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.detectors import plain_patterns
from yett.detectors import surroundings
from yett.detectors.expression import Spans
from yett.detectors.rule import spoken
from yett.detectors.surroundings import Surroundings

WORDS = st.lists(st.sampled_from(["ab", "b", "a b", "abb", "é", "b1", "电"]), min_size=1, max_size=4, unique=True)
TEXTS = st.text("ab1 é电.", max_size=40)


def places(data: bytes) -> Spans:
    return [(at, end) for at in range(len(data) + 1) for end in range(at, min(at + 3, len(data)) + 1)]


def asked(text: str, words: str, reach: int, kind: Callable[[bytes], Surroundings] = Surroundings) -> list[bool]:
    """Ask about every place of *text* at once."""
    return kind(text.encode()).near(words, places(text.encode()), reach)


def wanted(text: str, words: str, reach: int) -> list[bool]:
    data = text.encode()
    return [plain_patterns.near(words, data, start, end, reach) for start, end in places(data)]


@given(WORDS, TEXTS, st.integers(1, 8))
@example(["a b", "b"], "xx a b xx", 3)
def test_a_list_of_words_tells_what_a_look_tells(words: list[str], text: str, reach: int) -> None:
    assert asked(text, spoken(tuple(words)), reach) == wanted(text, spoken(tuple(words)), reach)


@given(WORDS, TEXTS, st.integers(1, 8))
def test_and_so_does_a_look_at_few_places(words: list[str], text: str, reach: int) -> None:
    around, pattern = Surroundings(text.encode()), spoken(tuple(words))
    few = places(text.encode())[-8:]
    assert around.near(pattern, few, reach) == wanted(text, pattern, reach)[-8:]


class Hasty(Surroundings):
    """Takes what is in no list for nothing."""

    _within = staticmethod(lambda *asked: (Surroundings._within(*asked)[0], np.array([False])))  # type: ignore[assignment]


def test_words_that_share_a_space_are_told_apart() -> None:
    text, words = "xx b a b b xx" * 4, spoken(("a b", "b"))
    assert asked(text, words, 4) == wanted(text, words, 4)
    assert asked(text, words, 4, Hasty) != wanted(text, words, 4)


def test_a_value_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    checks = {"one": lambda value: bool(seen.append(value)), "other": lambda value: value == "12"}
    monkeypatch.setattr(surroundings, "VALIDATORS", checks)
    around = Surroundings(b"12 12 13")
    spans = [(0, 2), (3, 5), (6, 8)]
    assert [around.valid(name, spans) for name in checks for _ in range(2)] == [[False] * 3] * 2 + [
        [True, True, False]
    ] * 2
    assert [around.believed(name, *span) for name in checks for span in spans] == [False] * 3 + [True, True, False]
    assert seen == ["12", "13"]
