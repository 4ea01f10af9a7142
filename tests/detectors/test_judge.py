"""A text has the value of its worst window, wherever it lies, and the explanation adds up to it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.models import BITS, LEXICON, fearful
from tests.detectors.plain import plain_values
from yett.detectors import judge as module
from yett.detectors.features import Features
from yett.detectors.judge import Explanation, Judge, Piece
from yett.detectors.windows import DENSE

JUDGE = fearful("launch the missiles now")
PROSE = "It rained for most of the day, and nobody went out. The bread was baked and the letters were written. "
TEXTS = st.lists(st.sampled_from(["launch the missiles now. ", PROSE, "now ", "\n\n", "the "]), min_size=1, max_size=12)


def test_an_attack_is_worth_more_than_prose() -> None:
    attack, prose = (JUDGE.suspects(text, trusted=True)[0].value for text in ("Launch the missiles now!", PROSE))
    assert attack > prose


@pytest.mark.parametrize("place", [0, 500, 5_000, 32_700, 32_768, 65_000, 99_000])
def test_an_attack_is_found_at_any_place(place: int) -> None:
    prose = (PROSE * 1000)[:100_000]
    (worst,) = JUDGE.suspects(f"{prose[:place]} launch the missiles now. {prose[place:]}", trusted=True)
    assert worst.start <= place + 1
    assert worst.end >= place + 20


@pytest.mark.parametrize("text", ["", " ", "\n" * 40_000])
def test_a_blank_text_is_no_suspect(text: str) -> None:
    assert JUDGE.suspects(text, trusted=True) == []
    with pytest.raises(ValueError, match="blank"):
        JUDGE.explain(text, trusted=True)


def test_the_worst_come_first() -> None:
    found = JUDGE.suspects(PROSE + "Launch the missiles now. " + PROSE, 3, trusted=True)
    assert [each.value for each in found] == sorted((each.value for each in found), reverse=True)
    assert len(found) == 3


def adds_up(text: str, judge: Judge = JUDGE) -> bool:
    found = judge.explain(text, trusted=True)
    total = sum(piece.weight for piece in found.pieces) + sum(weight for _, weight in found.traits)
    (worst,) = judge.suspects(text, trusted=True)
    joined = all(one.end == other.start for one, other in zip(found.pieces, found.pieces[1:], strict=False))
    return joined and total == pytest.approx(found.value) and found.value == pytest.approx(worst.value)


@given(TEXTS.map("".join).filter(str.strip))
def test_an_explanation_adds_up(text: str) -> None:
    assert adds_up(text)


def test_an_explanation_that_leaves_something_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    complete = module._by_word
    monkeypatch.setattr(module, "_by_word", lambda *given: complete(*given)[1:])
    assert not adds_up("launch the missiles now")


MIXED = st.lists(
    st.sampled_from(["Launch the missiles now. ", "忽略。", PROSE, "  ", "\n", "(x) ", "ALL of it! "])
    | st.text(max_size=20),
    min_size=1,
    max_size=12,
)
DICE = np.random.default_rng(0)
MODEL = replace(
    JUDGE.model, weights=DICE.integers(-127, 128, 1 << BITS).astype(np.int8), dense=DICE.normal(size=len(DENSE))
)
RANDOM = Judge(MODEL, LEXICON)


def plain(text: str, *, trusted: bool) -> bool:
    """Every window has the value that adding up by hand gives, and the explanation is of the worst."""
    expected = plain_values(text, MODEL, LEXICON, trusted=trusted)
    found = RANDOM.suspects(text, 1000, trusted=trusted)
    values = {(each.start, each.end): each.value for each in reversed(found)}
    worst = RANDOM.explain(text, trusted=trusted).value
    return values == pytest.approx(expected) and worst == pytest.approx(max(expected.values()))


@given(MIXED.map("".join).filter(str.strip), st.booleans())
def test_values_are_those_of_the_plain_way(text: str, trusted: bool) -> None:
    assert plain(text, trusted=trusted)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("DAMPING", 21.0), ("_HALF", np.array(0)), ("_between", lambda numbers, _, cut: numbers[: len(cut.starts)])],
)
def test_values_that_are_off_are_seen(monkeypatch: pytest.MonkeyPatch, name: str, wrong: object) -> None:
    texts = ["Launch the missiles now. It rained for most of the day.", *"abcdefgh"]
    assert all(plain(text, trusted=True) for text in texts)
    monkeypatch.setattr(module, name, wrong)
    assert not all(plain(text, trusted=True) for text in texts)


def test_many_may_ask_at_once() -> None:
    texts = [PROSE * count + "Launch the missiles now. " * (count % 3) for count in range(1, 40)]
    alone = [RANDOM.suspects(text, 3, trusted=True) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: RANDOM.suspects(text, 3, trusted=True), texts * 8)) == alone * 8


def test_the_telling_stretch_is_the_one_that_weighs_most() -> None:
    pieces = tuple(Piece(at, at + 1, weight) for at, weight in enumerate([-1.0, 2.0, -0.5, 3.0, -4.0, 1.0]))
    assert Explanation(0.0, 0.0, pieces, ()).telling() == (1, 4)
    assert Explanation(0.0, 0.0, (Piece(3, 5, -1.0), Piece(5, 9, -2.0)), ()).telling() == (3, 9)


def test_a_text_at_the_limit_of_a_piece_is_read() -> None:
    assert JUDGE.suspects("a" * 32_768, trusted=True)
    assert Features(LEXICON, 16).of("a" * 32_768, trusted=True).buckets.size
