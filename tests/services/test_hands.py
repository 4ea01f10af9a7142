"""Threads work, what breaks is told to whoever waits, and a thread that does not come back is replaced."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from yett.services.hands import Hands

PATIENCE = 60


@pytest.fixture
def hands() -> Iterator[Hands]:
    made = Hands(1, "working")
    yield made
    made.close()


class Stuck:
    """Work that goes on until the test lets it end."""

    def __init__(self, hands: Hands) -> None:
        self.began, self.gate = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None
        self.future: Future[str] = hands.take(self._work)
        assert self.began.wait(PATIENCE)

    def _work(self) -> str:
        self.thread = threading.current_thread()
        self.began.set()
        self.gate.wait(PATIENCE)
        return "back"


def test_what_is_done_is_handed_back(hands: Hands) -> None:
    assert hands.take(lambda: 4711).result(PATIENCE) == 4711
    assert hands.take(lambda: threading.current_thread().name).result(PATIENCE) == "working"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_is_raised_goes_to_whoever_waits_and_the_thread_works_on(hands: Hands, error: type[BaseException]) -> None:
    def breaks() -> None:
        raise error

    with pytest.raises(error):
        hands.take(breaks).result(PATIENCE)
    assert hands.take(lambda: "next").result(PATIENCE) == "next"


def test_a_thread_that_does_not_come_back_is_replaced_and_ends_when_it_does(hands: Hands) -> None:
    stuck = Stuck(hands)
    waiting = hands.take(lambda: "served")
    hands.lose(stuck.future)
    assert waiting.result(PATIENCE) == "served"
    stuck.gate.set()
    assert stuck.future.result(PATIENCE) == "back"
    assert stuck.thread
    stuck.thread.join(PATIENCE)
    assert not stuck.thread.is_alive()
    assert hands.take(lambda: "still").result(PATIENCE) == "still"


def test_who_has_come_back_is_not_lost(hands: Hands) -> None:
    done = hands.take(threading.current_thread)
    thread = done.result(PATIENCE)
    hands.lose(done)
    assert hands.take(threading.current_thread).result(PATIENCE) is thread


def test_only_so_many_are_replaced(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yett.services.hands._MOST_LOST", 2)
    lost = []
    for _ in range(3):
        lost.append(Stuck(hands))
        hands.lose(lost[-1].future)
    waiting = hands.take(lambda: "served")
    assert not waiting.running()
    lost[0].gate.set()
    assert waiting.result(PATIENCE) == "served"
    for each in lost:
        each.gate.set()


def test_what_was_taken_back_is_never_begun(hands: Hands) -> None:
    stuck, begun = Stuck(hands), list[int]()
    waiting = hands.take(lambda: begun.append(1))
    assert waiting.cancel()
    stuck.gate.set()
    hands.take(lambda: begun.append(2)).result(PATIENCE)
    assert begun == [2]


def test_what_none_has_begun_is_let_go_of_at_the_end() -> None:
    hands = Hands(1, "working")
    stuck = Stuck(hands)
    waiting = hands.take(lambda: "never")
    hands.close()
    assert waiting.cancelled()
    stuck.gate.set()
    assert stuck.thread
    stuck.thread.join(PATIENCE)
    assert not stuck.thread.is_alive()


def test_no_process_waits_for_a_thread_that_hangs() -> None:
    code = (
        "import threading\nfrom yett.services.hands import Hands\n"
        "began = threading.Event()\n"
        "Hands(1, 'working').take(lambda: (began.set(), threading.Event().wait()))\n"
        "began.wait()\nprint('over')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=PATIENCE, check=True)
    assert done.stdout == b"over\n"
