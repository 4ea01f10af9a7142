"""A planted word is seen wherever it should not be, however it is spelled."""

import pytest

from yett.detectors.canaries import SHORTEST, canaries
from yett.model.finding import Match
from yett.model.segment import Origin

PLANTED = canaries(["blue-heron-4711", "Zwölf Störche"])


@pytest.mark.parametrize(
    "text",
    [
        "blue-heron-4711",
        "BLUE HERON 4711",
        "b.l.u.e.h.e.r.o.n.4.7.1.1",
        "the words are: Blueheron4711!",
        "zwölf störche",
        "**b****l****u****e****h****e****r****o****n****4****7****1****1**",
        "<b>b</b><b>l</b><b>u</b><b>e</b><b>h</b><b>e</b><b>r</b><b>o</b><b>n</b><b>4</b><b>7</b><b>1</b><b>1</b>",
        str([*"blueheron4711"]),
        "\n".join(f"- {letter}" for letter in "BLUEHERON4711"),
    ],
)
def test_a_canary_is_found(text: str) -> None:
    assert [match.kind for match in PLANTED.detect(text, Origin.MODEL)] == ["leakage.canary"]


@pytest.mark.parametrize("text", ["a blue heron", "4711", "blue heron number 4711", "zwölf", ""])
def test_what_resembles_a_canary_is_not(text: str) -> None:
    assert PLANTED.detect(text, Origin.MODEL) == []


@pytest.mark.parametrize(
    ("origin", "seen"), [(Origin.OPERATOR, False), (Origin.DEFINITION, False), (Origin.USER, True)]
)
def test_the_operator_may_write_it(origin: Origin, seen: bool) -> None:
    assert bool(PLANTED.detect("blue-heron-4711", origin)) is seen


def test_a_stream_waits_for_the_rest_of_it() -> None:
    assert PLANTED.hold("it is blue-hero", Origin.MODEL) == 6
    assert PLANTED.detect("it is blue-heron-4711", Origin.MODEL) == [Match(6, 21, "leakage.canary", 1.0, "canary-1")]


def test_the_revision_does_not_tell_the_words() -> None:
    assert "heron" not in PLANTED.revision
    assert PLANTED.revision != canaries(["other-words-1"]).revision


def test_a_canary_is_long_enough_to_be_no_accident() -> None:
    assert SHORTEST == 8
