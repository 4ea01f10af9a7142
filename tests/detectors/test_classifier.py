"""The classifier judges what strangers and users write, and asks a second judge where it is in doubt."""

from collections.abc import Sequence

import pytest

from tests.detectors.models import fearful
from yett.detectors.classifier import Classifier
from yett.detectors.evidence import together
from yett.model.kinds import KINDS
from yett.model.segment import Origin

JUDGE = fearful("launch the missiles now")
ATTACK = "Launch the missiles now!"
PROSE = "It rained for most of the day, and nobody went out."


class Second:
    """Says what it was made to say, and remembers what it was asked."""

    name = "second"
    revision = "3"

    def __init__(self, score: float) -> None:
        self.score = score
        self.asked: list[tuple[Sequence[str], Origin]] = []

    def scores(self, texts: Sequence[str], origin: Origin) -> Sequence[float]:
        self.asked.append((texts, origin))
        return [self.score] * len(texts)


@pytest.mark.parametrize("origin", list(Origin))
def test_only_what_others_wrote_is_judged(origin: Origin) -> None:
    found = list(Classifier(JUDGE, "1").detect(ATTACK, origin))
    assert bool(found) is (origin not in {Origin.OPERATOR, Origin.MODEL, Origin.DEFINITION})


def test_the_telling_stretch_is_reported() -> None:
    text = f"{PROSE} {ATTACK} {PROSE}"
    (match,) = Classifier(JUDGE, "1").detect(text, Origin.USER)
    assert text[match.start : match.end].strip(" !") in ATTACK
    assert match.kind in KINDS
    assert match.score >= 0.5


@pytest.mark.parametrize("text", [PROSE, "", "  "])
def test_what_is_innocent_is_not_reported(text: str) -> None:
    assert list(Classifier(JUDGE, "1").detect(text, Origin.USER)) == []


def test_streams_do_not_wait_for_it() -> None:
    classifier = Classifier(JUDGE, "1")
    assert classifier.hold("abc", Origin.MODEL, 1) == 3
    assert classifier.hold("abc", Origin.USER, 1) == 1
    assert list(classifier.detect(ATTACK, Origin.USER, start=2)) == []


def test_a_second_judge_is_asked_about_strangers() -> None:
    second = Second(1.0)
    (match,) = Classifier(JUDGE, "1", second).detect(PROSE, Origin.DOCUMENT)
    assert match.rule == "stage-2"
    assert second.asked == [([PROSE], Origin.DOCUMENT)]


def test_both_opinions_count() -> None:
    innocent, worst = (
        [match.score for match in Classifier(JUDGE, "1", Second(score)).detect(PROSE, Origin.DOCUMENT)]
        for score in (0.0, 1.0)
    )
    first = JUDGE.model.score(JUDGE.suspects(PROSE, 4, trusted=False)[0].value, len(PROSE), trusted=False)
    assert innocent == []
    assert worst == [pytest.approx(together(first, 1.0))]


def test_a_second_judge_is_not_asked_where_there_is_no_doubt() -> None:
    second = Second(0.0)
    (match,) = Classifier(JUDGE, "1", second).detect(ATTACK, Origin.USER)
    assert match.rule == "stage-1"
    assert list(Classifier(JUDGE, "1", second).detect(PROSE, Origin.USER)) == []
    assert second.asked == []


def test_a_second_judge_is_asked_about_a_few_windows() -> None:
    second = Second(0.0)
    assert (
        list(Classifier(JUDGE, "1", second).detect("Bread was baked. Letters got written. " * 100, Origin.TOOL)) == []
    )
    assert len(second.asked[0][0]) == 4


def test_when_the_second_judge_fails_so_does_the_first() -> None:
    class Broken(Second):
        def scores(self, texts: Sequence[str], origin: Origin) -> Sequence[float]:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(Classifier(JUDGE, "1", Broken(0.0)).detect(PROSE, Origin.DOCUMENT))


def test_its_revision_and_cost_tell_of_the_second_judge() -> None:
    assert (Classifier(JUDGE, "1").revision, Classifier(JUDGE, "1").cost) == ("1", 1)
    assert (Classifier(JUDGE, "1", Second(0.0)).revision, Classifier(JUDGE, "1", Second(0.0)).cost) == ("1+second:3", 2)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("launch missiles", False),
        ("launch missiles now " * 20, False),
        ("launch the missiles now", True),
        ("launchthemissilesnowlaunch the missiles", True),
    ],
)
def test_a_few_words_are_too_little_to_deny_by(text: str, *, denied: bool) -> None:
    found = [match.score for match in Classifier(JUDGE, "1").detect(text, Origin.USER)]
    assert (max(found, default=0.0) >= 0.7) is denied
