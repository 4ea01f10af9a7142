"""Several processes on one port, and the one that watches over them: with real processes and real signals."""

import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from yett.compose import workers
from yett.compose.workers import Crew, supervise
from yett.model.errors import OperatorError

PROGRAM = """
    import os, signal, socket, sys, threading
    from functools import partial
    from pathlib import Path
    from yett.compose.workers import Crew, supervise
    from yett.model.errors import NotReady

    def tell(word):
        sys.stdout.write(word + "\\n")
        sys.stdout.flush()

    def work(how, listener, started):
        Path(str(os.getpid())).touch()
        if how == "not ready":
            raise NotReady("the disk is gone")
        if how == "dies":
            os._exit(3)
        if how == "waits":
            tell("waiting")
            signal.pause()
        asked, asking = os.pipe()  # an Event would wait for itself where a signal meets its lock
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: tell(signal.Signals(number).name) or os.write(asking, b"!"))
        if how == "stubborn":
            signal.signal(signal.SIGTERM, lambda number, frame: tell("SIGTERM, but"))
        if how == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        started()
        threading.Thread(target=answer, args=(listener,), daemon=True).start()
        os.read(asked, 1)

    def answer(listener):
        while True:
            connection, _ = listener.accept()
            connection.sendall(b"%d" % os.getpid())
            connection.close()

    if __name__ == "__main__":
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        crew = Crew(int(sys.argv[2]), finish=float(sys.argv[3]), pause=0.01)
        try:
            supervise(partial(work, sys.argv[1]), listener, crew, lambda: tell(f"serving {port}"))
        except NotReady as error:
            tell(f"not ready: {error}")
            raise SystemExit(2) from None
        tell("home")
"""


class Supervised:
    """A supervisor in a process of its own, and what it and its workers say."""

    def __init__(self, folder: Path, how: str, count: int, finish: float) -> None:
        script = folder / "supervised.py"
        script.write_text(textwrap.dedent(PROGRAM))
        self.folder = folder
        self.port = 0
        self.process = subprocess.Popen(
            [sys.executable, str(script), how, str(count), str(finish)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def told(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def serving(self) -> "Supervised":
        word, _, port = self.told().partition(" ")
        assert word == "serving"
        self.port = int(port)
        return self

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def rest(self) -> list[str]:
        """Return everything that is still said, until the last of the processes has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read().splitlines()

    def answers(self) -> int:
        """Return the process that answers."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            return int(connection.recv(100))

    def answering(self, count: int, but: int = 0) -> set[int]:
        """Ask until *count* processes have answered, other than *but*."""
        seen: set[int] = set()
        while len(seen) < count:
            seen |= {self.answers()} - {but}
        return seen

    def refuses(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return True
        return False

    def started(self) -> list[int]:
        """List the workers that have ever begun."""
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit())


@contextmanager
def supervised(folder: Path, how: str = "well", count: int = 2, finish: float = 30) -> Iterator[Supervised]:
    made = Supervised(folder, how, count, finish)
    try:
        yield made
    finally:
        made.process.kill()
        for pid in made.started():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        made.process.communicate()


def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing announces."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def kill(pid: int) -> None:
    """Kill the process *pid* and wait until it is gone: it could accept one more connection and take it along."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_workers_serve_on_one_port_and_end_in_order_when_the_supervisor_is_asked_to(
    tmp_path: Path, number: int
) -> None:
    with supervised(tmp_path) as made:
        made.serving()
        assert made.answering(2) == set(made.started())
        made.send(number)
        assert made.rest() == ["SIGTERM", "SIGTERM", "home"]
        assert made.process.wait(60) == 0
        assert made.refuses()


def test_when_one_is_killed_the_others_go_on_and_another_one_begins(tmp_path: Path) -> None:
    with supervised(tmp_path) as made:
        first, second = sorted(made.serving().answering(2))
        kill(first)
        assert second in made.answering(2, but=first)
        assert len(made.started()) == 3
        made.send(signal.SIGTERM)
        (warning, *words) = made.rest()
        assert warning == f"worker {first} was killed by signal 9; another one begins in 0.0 s"
        assert words == ["SIGTERM", "SIGTERM", "home"]


def test_when_all_are_killed_those_who_connect_meanwhile_are_answered_by_the_next(tmp_path: Path) -> None:
    with supervised(tmp_path) as made:
        old = made.serving().answering(2)
        for pid in old:
            kill(pid)
        assert made.answers() not in old


def test_a_second_sigint_is_handed_on(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn") as made:
        made.serving().send(signal.SIGINT)
        assert [made.told() for _ in range(2)] == ["SIGTERM, but", "SIGTERM, but"]
        made.send(signal.SIGINT)
        assert made.rest() == ["SIGINT", "SIGINT", "home"]
        assert made.process.wait(60) == 0


def test_what_a_terminal_sends_to_all_is_heard_by_the_supervisor_alone(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn") as made:
        made.serving()
        os.killpg(made.process.pid, signal.SIGINT)
        assert [made.told() for _ in range(2)] == ["SIGTERM, but", "SIGTERM, but"]
        assert made.answering(2) == set(made.started())
        made.send(signal.SIGINT)
        assert made.rest() == ["SIGINT", "SIGINT", "home"]


def test_a_second_sigterm_changes_nothing(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn") as made:
        made.serving().send(signal.SIGTERM)
        assert [made.told() for _ in range(2)] == ["SIGTERM, but", "SIGTERM, but"]
        made.send(signal.SIGTERM)
        made.send(signal.SIGINT)
        assert made.rest() == ["SIGINT", "SIGINT", "home"]


def test_who_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "deaf", finish=0.2) as made:
        made.serving().send(signal.SIGTERM)
        assert made.rest() == ["2 workers did not end in time and are killed", "home"]
        assert made.process.wait(60) == 0


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("not ready", "the disk is gone"),
        ("dies", "a worker ended before it served; what it said last may tell why"),
    ],
)
def test_what_keeps_a_worker_from_starting_is_told_once_and_no_other_one_begins(
    tmp_path: Path, how: str, why: str
) -> None:
    with supervised(tmp_path, how) as made:
        assert made.rest() == [f"not ready: {why}"]
        assert made.process.wait(60) == 2
        assert len(made.started()) == 1


def test_one_that_is_asked_to_stop_while_it_starts_does_so(tmp_path: Path) -> None:
    with supervised(tmp_path, "waits") as made:
        assert made.told() == "waiting"
        made.send(signal.SIGTERM)
        assert made.rest() == ["home"]
        assert made.process.wait(60) == 0


def test_no_worker_outlives_its_supervisor(tmp_path: Path) -> None:
    with supervised(tmp_path) as made:
        made.serving().send(signal.SIGKILL)
        assert made.rest() == ["SIGTERM", "SIGTERM"]


def test_an_interrupt_from_a_terminal_reaches_a_worker_that_is_being_born_without_a_traceback(tmp_path: Path) -> None:
    with supervised(tmp_path, "waits") as made:
        assert made.told() == "waiting"
        (worker,) = made.started()
        os.kill(worker, signal.SIGINT)
        made.send(signal.SIGINT)
        assert made.rest() == ["home"]


def test_what_cannot_be_handed_to_another_process_is_told_with_the_cure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(OperatorError) as told:
        supervise(lambda listener, started: None, listener, Crew(2))
    (problem,) = told.value.problems
    assert (problem.code, str(problem.place)) == ("unpicklable", "server.workers")
    assert problem.hint == "define middleware at the top of a module, or leave `server.workers` at 1"


class Dead:
    """A worker that has died."""

    pid = 7

    def __init__(self, lived: float) -> None:
        self.born = time.monotonic() - lived

    def buried(self) -> str:
        return "ended with exit code 3"


@pytest.mark.parametrize(
    ("lives", "pauses"),
    [
        ([0, 0, 0, 0, 0], [1, 2, 4, 5, 5]),
        ([100, 100, 100], [1, 1, 1]),
        ([0, 0, 100, 0], [1, 2, 1, 2]),
    ],
)
def test_the_pause_grows_while_workers_die_young(
    lives: list[float], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    ours, _theirs = socket.socketpair()
    with ours, _theirs:
        team = workers._Team(lambda listener, started: None, ours, Crew(1, pause=1, longest_pause=5), ours)
        for lived, pause in zip(lives, pauses, strict=True):
            worker = Dead(lived)
            team._workers.append(worker)  # type: ignore[arg-type]
            team._bury(worker)  # type: ignore[arg-type]
            assert team._due[-1] == now + pause
            assert team._workers == []


def test_a_worker_that_cannot_begin_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Begun:
        born = 0.0

        def __init__(self, *_: object) -> None:
            tries.append("tried")
            if len(tries) < 3:
                raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
            self.sentinel, self._kept = socket.socketpair()
            asking.send(bytes([signal.SIGTERM]))

    tries: list[str] = []
    monkeypatch.setattr(workers, "_Worker", Begun)
    asked, asking = socket.socketpair()
    with asked, asking, socket.socket() as listener:
        team = workers._Team(lambda _listener, _started: None, listener, Crew(1, pause=0.001), asked)
        team._due = [0.0]
        team.keep()
        (worker,) = team._workers
        for end in (worker.sentinel, worker._kept):  # type: ignore[attr-defined]
            end.close()  # type: ignore[union-attr]
    assert len(tries) == 3
