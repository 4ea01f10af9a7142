"""A detector's time is counted for the whole of an inspection, and one that took too long is told."""

import pytest

from yett.services import stopwatch
from yett.services.stopwatch import Deadlines, Stopwatch


class Time:
    """Passes when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(stopwatch, "monotonic", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def took(watch: Stopwatch, time: Time, name: str, seconds: float) -> tuple[str, str]:
    """Let *name* read for some *seconds*; return what it is told at both ends."""
    began = watch.begins(name)
    time.now += seconds
    return began, watch.ends(name)


def test_a_budget_is_for_all_texts_together(time: Time) -> None:
    watch = Stopwatch(Deadlines(each=1.0))
    assert [took(watch, time, "slow", 0.4)[1] for _ in range(3)] == ["", "", "deadline"]
    assert watch.late
    assert watch.begins("slow") == "deadline"


def test_others_have_their_own_time(time: Time) -> None:
    watch = Stopwatch(Deadlines(each=1.0, own={"patient": 3.0}))
    assert took(watch, time, "slow", 2.0) == ("", "deadline")
    assert took(watch, time, "patient", 2.0) == ("", "")
    assert took(watch, time, "quick", 1.0) == ("", "")


def test_who_reads_can_be_seen_from_outside(time: Time) -> None:
    watch = Stopwatch(Deadlines(each=1.0))
    assert watch.reading is None
    took(watch, time, "one", 0.25)
    watch.begins("one")
    assert watch.reading == ("one", time.now + 0.75)
    watch.ends("one")
    assert watch.reading is None


def test_who_is_barred_does_not_begin_and_is_told_why(time: Time) -> None:
    watch = Stopwatch(Deadlines(), {"stuck": "hangs"})
    assert took(watch, time, "stuck", 0.0) == ("hangs", "")
    assert took(watch, time, "other", 0.0) == ("", "")
    assert not watch.late


def test_nobody_begins_when_nobody_waits_any_more(time: Time) -> None:
    watch = Stopwatch(Deadlines())
    watch.given_up = True
    assert took(watch, time, "one", 0.0)[0] == "deadline"


def test_the_shortest_time_is_known() -> None:
    assert Deadlines(10.0, 5.0, {"names": 2.0}).shortest == 2.0
    assert Deadlines(1.0, 5.0).shortest == 1.0
