"""Progress is counted for those who watch."""

import io

import pytest

from yett.cli import progress
from yett.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_nothing_is_said_of_what_is_done_within_a_second(clock: list[float]) -> None:
    stream = Terminal()
    with Progress("entries", stream) as counting:
        counting.add(5)
        clock[0] = 0.9
        counting.add(5)
    assert stream.getvalue() == ""


def test_what_takes_longer_is_counted_and_wiped_away(clock: list[float]) -> None:
    stream = Terminal()
    with Progress("entries", stream) as counting:
        clock[0] = 1.0
        counting.add(1000)
        clock[0] = 1.05
        counting.add(1)
        clock[0] = 1.2
        counting.add(1)
    assert stream.getvalue() == "\r1,000 entries\r1,002 entries\r\033[K"


def test_a_file_is_not_written_to(clock: list[float]) -> None:
    stream = io.StringIO()
    with Progress("entries", stream) as counting:
        clock[0] = 5.0
        counting.add(1)
    assert stream.getvalue() == ""


def test_where_the_whole_is_known_the_part_that_is_done_is_drawn(clock: list[float]) -> None:
    stream = Terminal()
    with Progress("records", stream) as counting:
        counting.whole = 400
        for moment, count in ((1.0, 100), (2.0, 300), (3.0, 1)):
            clock[0] = moment
            counting.add(count)
    bars = (
        "######..................  25% 100",
        "######################## 100% 400",
        "######################## 100% 401",
    )
    assert stream.getvalue() == "".join(f"\r{bar} records" for bar in bars) + "\r\033[K"
