"""Sights: what is seen in a reading stands where the original has it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.guard.readings import Reading, Readings
from yett.guard.sight import Sight, seen_at_home, sound
from yett.model.finding import Match
from yett.model.segment import Origin, Segment

READINGS = Readings()
TEXTS = st.text("ab \u00e9\ufb01\u200b\u0430", min_size=1, max_size=20)


def plainly(matches: list[Match], reading: Reading) -> list[Sight]:
    """Bring each home by itself."""
    return [
        Sight(*reading.home(match.start, match.end), match.kind, match.score, match.rule, "d", reading.name)
        for match in matches
    ]


@given(TEXTS, st.lists(st.tuples(st.integers(0, 19), st.integers(0, 5)), max_size=4))
def test_many_are_brought_home_as_each_is(text: str, places: list[tuple[int, int]]) -> None:
    for reading in READINGS.of(text, Origin.USER)[0]:
        length = len(reading.text)
        spans = [(min(start, length), min(start + size, length)) for start, size in places]
        matches = [Match(start, end, "pii.email", 0.9, "r") for start, end in spans if start < end]
        sights = list(seen_at_home(matches, "d", reading))
        assert sights == plainly(matches, reading)
        assert all(type(sight) is Sight for sight in sights)


def test_a_reading_that_is_taken_for_the_original_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    (folded,) = [each for each in READINGS.of("a\ufb01b", Origin.USER)[0] if each.family == "folded"]
    matches = [Match(3, 4, "pii.email", 0.9, "r")]
    assert list(seen_at_home(matches, "d", folded)) == plainly(matches, folded) != []
    monkeypatch.setattr(Reading, "at_home", True)
    assert list(seen_at_home(matches, "d", folded)) != plainly(matches, folded)


def test_a_sight_is_a_finding_in_its_segment() -> None:
    reading = replace(READINGS.of("ab", Origin.USER)[0][0], name="hex")
    (sight,) = seen_at_home([Match(0, 2, "pii.email", 0.9, "r")], "d", reading)
    finding = sight.finding(Segment("/a", Origin.USER, "ab"))
    assert (finding.span.path, finding.span.start, finding.span.end, finding.reading) == ("/a", 0, 2, "hex")


@pytest.mark.parametrize(
    "match",
    [
        (0, 5, "pii.email", 0.9, "r"),
        (-1, 2, "pii.email", 0.9, "r"),
        (2, 1, "pii.email", 0.9, "r"),
        (0, 2.0, "pii.email", 0.9, "r"),
        (0, 2, "secret.key", 0.9, "r"),
        (0, 2, None, 0.9, "r"),
        (0, 2, "pii.email", 1.1, "r"),
        (0, 2, "pii.email", float("nan"), "r"),
        (0, 2, "pii.email", "0.9", "r"),
        (0, 2, "pii.email", 0.9, None),
        (0, 2, "pii.email", 0.9),
    ],
)
def test_what_cannot_be_is_no_report(match: tuple[object, ...]) -> None:
    good = [Match(0, 0, "pii.email", 0), Match(0, 4, "pii.email", 1.0, "r")]
    assert sound(iter(good), {"pii"}, 4) == good
    with pytest.raises((ValueError, TypeError, AttributeError)):
        sound([*good, match], {"pii"}, 4)  # type: ignore[list-item]
