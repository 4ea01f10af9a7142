"""The ONNX scorer: the worst window counts, company does not, and what cannot be judged is not passed over."""

from collections.abc import Sequence
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.scorers.toy import NUMBER, encoder
from yett.adapters.scorers.onnx import MOST_WINDOWS, Encoder, OnnxScorer, Scale
from yett.adapters.scorers.tokens import LONGEST
from yett.model.segment import Origin

SCORER = OnnxScorer(encoder())
TEXTS = st.lists(st.sampled_from(["calm", "doubt", "bad", "worst", "", "calm bad"]), max_size=MOST_WINDOWS)
LONG = "calm " * 200


@pytest.mark.parametrize(
    ("texts", "scores"),
    [
        ([], []),
        (["calm"], [0.0]),
        (["doubt", "bad", "worst", ""], [0.5, 0.7, 1.0, 0.0]),
        (["calm bad calm"], [0.7]),
        ([LONG + "worst"], [1.0]),
    ],
)
def test_a_text_has_the_score_of_its_worst_window(texts: list[str], scores: list[float]) -> None:
    assert list(SCORER.scores(texts, Origin.USER)) == pytest.approx(scores)


def company_counts(scorer: OnnxScorer, texts: list[str]) -> bool:
    together = scorer.scores(texts, Origin.DOCUMENT)
    return list(together) != [scorer.scores([text], Origin.DOCUMENT)[0] for text in texts]


@given(texts=TEXTS)
def test_company_changes_no_score(texts: list[str]) -> None:
    assert not company_counts(SCORER, texts)


def test_a_score_that_depends_on_company_would_be_noticed() -> None:
    class Sociable(OnnxScorer):
        def scores(self, texts: Sequence[str], origin: Origin) -> Sequence[float]:
            return [max(super().scores(texts, origin))] * len(texts)

    assert company_counts(Sociable(encoder()), ["calm", "bad"])


def test_every_text_is_read_before_any_is_read_on() -> None:
    long = "calm " * 120 + "bad " * 300
    assert SCORER.scores([long, "calm", "calm", "worst"], Origin.USER)[3] == 1.0
    assert SCORER.scores([long, "calm", "calm", "calm"], Origin.USER)[0] == 0.7


def test_what_lies_beyond_the_windows_of_a_call_is_not_read() -> None:
    assert SCORER.scores(["calm " * (LONGEST // 5) + "worst"], Origin.USER) == [0.0]


def test_more_texts_than_windows_are_refused_rather_than_passed_over() -> None:
    with pytest.raises(ValueError, match="judges 4 texts at a time, not 5"):
        SCORER.scores(["calm"] * 5, Origin.USER)


def test_an_answer_that_is_no_number_is_no_score() -> None:
    with pytest.raises(ValueError, match="not a number"):
        Scale((0.0, 1.0), (0.0, 1.0)).score(nan)


@pytest.mark.parametrize(
    ("answer", "score"),
    [(-inf, 0.1), (-9.0, 0.1), (-1.0, 0.1), (0.0, 0.5), (0.5, 0.6), (1.0, 0.7), (3.0, 0.9), (99.0, 0.9), (inf, 0.9)],
)
def test_answers_between_two_points_lie_on_the_line(answer: float, score: float) -> None:
    assert Scale((-1.0, 0.0, 1.0, 3.0), (0.1, 0.5, 0.7, 0.9)).score(answer) == pytest.approx(score)


def falls(scale: Scale, answers: list[float]) -> bool:
    scores = [scale.score(answer) for answer in sorted(answers)]
    return scores != sorted(scores) or not all(0.0 <= score <= 1.0 for score in scores)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    answers = sorted(draw(st.sets(st.integers(-20, 20), min_size=1, max_size=5)))
    scores = sorted(draw(st.lists(st.floats(0, 1), min_size=len(answers), max_size=len(answers))))
    return Scale(tuple(map(float, answers)), tuple(scores))


@given(scale=scales(), answers=st.lists(st.floats(-30, 30), min_size=2))
def test_a_larger_answer_never_has_a_smaller_score(scale: Scale, answers: list[float]) -> None:
    assert not falls(scale, answers)


def test_a_scale_that_falls_would_be_noticed() -> None:
    class Falling(Scale):
        def score(self, answer: float) -> float:
            return 1.0 - super().score(answer)

    assert falls(Falling((0.0, 1.0), (0.0, 1.0)), [0.0, 1.0])


@pytest.mark.parametrize(
    ("answers", "scores"),
    [
        ((), ()),
        ((0.0,), (0.0, 1.0)),
        ((1.0, 0.0), (0.0, 1.0)),
        ((0.0, 1.0), (1.0, 0.0)),
        ((0.0, 0.0), (0.0, 1.0)),
        ((0.0, 1.0), (-0.1, 1.0)),
        ((0.0, 1.0), (0.0, 1.1)),
    ],
)
def test_points_that_make_no_scale_are_refused(answers: tuple[float, ...], scores: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="needs"):
        Scale(answers, scores)


@pytest.mark.parametrize("network", [b"", b"not a graph"])
def test_what_is_no_graph_is_refused(network: bytes) -> None:
    whole = encoder()
    with pytest.raises(ValueError, match="ONNXRuntimeError"):
        OnnxScorer(Encoder("broken", network, whole.tokenizer, whole.scale))


def test_it_says_who_it_is() -> None:
    assert (SCORER.name, SCORER.revision) == ("transformer", "toy")
    assert SCORER.answer([NUMBER["bad"], NUMBER["calm"]]) == NUMBER["bad"]
