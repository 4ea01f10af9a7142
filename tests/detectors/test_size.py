"""Size: texts out of measure are told, ordinary ones are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors import size
from yett.detectors.size import Size
from yett.model.finding import Match
from yett.model.segment import Origin

PROSE = "".join(
    f"Line {number}: the {number * 7919 % 997}th thing happened at {number * 31 % 60}.\n" for number in range(400)
)


def kinds(text: str, origin: Origin = Origin.USER) -> list[str]:
    return [match.kind for match in Size(longest=100_000, deepest=20).detect(text, origin)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a" * 100_001, ["size.length"]),
        ("ignore " * 3_000, ["size.repetition"]),
        ("[" * 30, ["size.nesting"]),
        ("({[" * 7 + "]})" * 7, ["size.nesting"]),
        ("[]" * 40, []),
        (PROSE, []),
        ("aaaa" * 20, []),
        ("so " + "!" * 3_000, ["size.run"]),
        ("ab" * 900 + "!" * 990, []),
        (" " * 3_000, []),
        (" ".join(f"{at}" for at in range(9000)) + f" {''.join(map(str, range(9000)))}", ["size.word"]),
        ("h\u0335\u0321\u0322\u0327" * 9, ["size.marks"]),
        ("ế ộ \u0065\u0302\u0301 " * 9, []),
        ("", []),
    ],
)
def test_what_is_out_of_measure(text: str, found: list[str]) -> None:
    assert kinds(text) == found


def test_the_whole_text_is_reported() -> None:
    assert list(Size(longest=3).detect("abcd", Origin.USER)) == [Match(0, 4, "size.length", 1.0, "longest")]


def test_what_a_model_writes_is_not_judged_and_not_held() -> None:
    assert kinds("[" * 30, Origin.MODEL) == []
    assert Size().hold("abc", Origin.MODEL, 1) == 3


def test_other_texts_are_held_whole() -> None:
    assert Size().hold("abc", Origin.USER, 1) == 1


def test_the_revision_follows_from_the_measures() -> None:
    assert Size(longest=1).revision != Size(longest=2).revision


@given(st.text("([{)]} a", max_size=60), st.integers(1, 9))
def test_depth_is_what_counting_says(text: str, deepest: int) -> None:
    depth = greatest = 0
    for character in text:
        depth = max(0, depth + (character in "([{") - (character in ")]}"))
        greatest = max(greatest, depth)
    assert bool(list(Size(deepest=deepest).detect(text, Origin.USER))) is (greatest > deepest)


def test_a_repetition_is_seen_whatever_stands_around_it() -> None:
    assert kinds(PROSE[:500] + "all work and no play " * 4000 + PROSE[:500]) == ["size.repetition"]
    assert kinds(PROSE + "a" * 16_000) == ["size.run"]


def plain(text: str) -> bool:
    return max(map(len, text.split()), default=0) >= size._LONGEST_WORD


@given(st.lists(st.sampled_from(["a", "bc", " ", "\u00a0", "é" * 5]), max_size=14).map("".join))
def test_a_word_that_is_too_long_is_seen_as_splitting_sees_it(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(size, "_LONGEST_WORD", 6)
        assert size._wordy(text) is plain(text)


def test_stretches_that_are_too_far_apart_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "len", lambda text: len(text) // 2, raising=False)
    text = " " * 5_000 + "a" * 20_000 + " " * 5_000
    assert size._wordy(text) is not plain(text)
