"""
Workers: several processes that serve on one port, and the one that watches over them.

Rules:

1. The supervisor holds the listening socket and serves nobody. A worker that dies takes no waiting connection along, and
   another one begins in its place, after a pause that grows while workers die young.
2. The first worker starts alone, so that what all share is made once, and what keeps it from starting is told once.
3. When asked to stop (SIGTERM, SIGINT), the supervisor closes the port, asks every worker to end in order, and waits for
   them. A second SIGINT is handed on: they end without waiting. Who does not end in time is killed.
4. No worker outlives its supervisor: it ends in order as soon as that is gone.

Workers are new processes (*spawn*), so nothing is shared but the socket, and what they run must be picklable.
"""

import logging
import os
import pickle  # nosec B403
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler

from yett.model.errors import NotReady, OperatorError, Place, Problem, YettError

__all__ = ["Crew", "Work", "supervise"]

_LOG = logging.getLogger("yett.workers")
_STOPS = (signal.SIGTERM, signal.SIGINT)
_FAILED = 2

Work = Callable[[socket.socket, Callable[[], None]], None]
"""What a worker does until SIGTERM: serve on a listening socket, and say when it has begun."""


@dataclass(frozen=True, slots=True)
class Crew:
    """How many workers, and how patient one is with them."""

    count: int
    finish: float = 60
    """Seconds after which a worker that was asked to end is killed."""
    pause: float = 0.1
    """Seconds until another one begins in the place of one that died; twice as long after each that died young."""
    longest_pause: float = 10
    youth: float = 5
    """Seconds of a life until which a death is an early one."""


def supervise(work: Work, listener: socket.socket, crew: Crew, on_started: Callable[[], None] | None = None) -> None:
    """
    Let *crew* do *work* on *listener* until a signal asks to stop; *on_started* is called when all of it serves.

    Signals are only listened to in the main thread.

    Raises:
        OperatorError: *work* cannot be handed to another process.
        NotReady: a worker could not begin.
    """
    with listener, _asked_to_stop() as asked:
        _handed_over(work)
        team = _Team(work, listener, crew, asked)
        try:
            if team.begin():
                if on_started is not None:
                    on_started()
                team.keep()
        finally:
            listener.close()
            team.dismiss()


def _handed_over(work: Work) -> None:
    try:
        ForkingPickler.dumps(work)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        message = f"several workers need everything that is added in code to be handed to other processes: {error}"
        hint = "define middleware at the top of a module, or leave `server.workers` at 1"
        raise OperatorError(Problem(Place("server.workers"), "unpicklable", message, hint)) from None


@contextmanager
def _asked_to_stop() -> Iterator[socket.socket]:
    """Give a socket from which the number of each signal that asks to stop can be read."""
    ours, pythons = socket.socketpair()
    with ours, pythons:
        if threading.current_thread() is not threading.main_thread():
            yield ours
            return
        pythons.settimeout(0)
        before = {number: signal.signal(number, _noted) for number in _STOPS}
        wakes = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
        try:
            yield ours
        finally:
            signal.set_wakeup_fd(wakes)
            for number, action in before.items():
                signal.signal(number, action)


def _noted(number: int, frame: object) -> None:
    """Do nothing: Python writes the number of each signal that has a function into the socket."""


class _Worker:
    """One process, from its start."""

    def __init__(self, work: Work, listener: socket.socket) -> None:
        self.born = time.monotonic()
        spawn = get_context("spawn")
        self.news, telling = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=_live, args=(work, listener, telling), name="yett-worker")
        try:
            with telling, _deaf_to_interrupts():
                self._process.start()
        except OSError:
            self.news.close()
            raise
        self.pid = self._process.pid or 0
        self.sentinel = self._process.sentinel

    def tell(self, number: int) -> None:
        """Send it the signal *number*; its name is not given to another process before it is buried."""
        os.kill(self.pid, number)

    def buried(self) -> str:
        """Let go of a process that has ended; say how it ended."""
        self._process.join()
        code = self._process.exitcode or 0
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        with suppress(EOFError, OSError):  # the latter when it was killed in the midst of a word
            while True:
                how = f"{how}: {self.news.recv()}".removesuffix(": ")
        self.news.close()
        self._process.close()
        return how


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """
    Ignore SIGINT, and let a process that starts meanwhile do so, too.

    A terminal sends it to the whole group of processes, and one that is still being born would tell a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _live(work: Work, listener: socket.socket, telling: Connection) -> None:
    """Be a worker, in a group of its own, so that the supervisor alone hears what a terminal sends."""
    os.setpgrp()
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    try:
        work(listener, lambda: telling.send(""))
    except YettError as error:
        telling.send(str(error))
        raise SystemExit(_FAILED) from None


def _end_with_supervisor() -> None:
    supervisor = parent_process()
    if supervisor is not None:
        wait([supervisor.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


class _Team:
    """All workers of one supervisor."""

    def __init__(self, work: Work, listener: socket.socket, crew: Crew, asked: socket.socket) -> None:
        self._work = work
        self._listener = listener
        self._crew = crew
        self._asked = asked
        self._workers: list[_Worker] = []
        self._due: list[float] = []  # when those begin that take a dead one's place
        self._pause = crew.pause

    def begin(self) -> bool:
        """
        Start everybody; say whether nobody asked to stop meanwhile.

        Raises:
            NotReady: a worker could not begin.
        """
        for several in (1, self._crew.count - 1):
            fresh = [self._hire() for _ in range(several)]
            if not all(self._begun(worker) for worker in fresh):
                return False
        return True

    def keep(self) -> None:
        """Replace who dies, until asked to stop."""
        while True:
            rest = max(min(self._due) - time.monotonic(), 0) if self._due else None
            ended, number = self._happened(rest)
            if number:
                return
            for worker in ended:
                self._bury(worker)
            waiting = [moment for moment in self._due if moment > time.monotonic()]
            due, self._due = len(self._due) - len(waiting), waiting
            for _ in range(due):
                self._rehire()

    def dismiss(self) -> None:
        """Ask everybody to end, and wait for it."""
        self._tell(signal.SIGTERM)
        end: float | None = time.monotonic() + self._crew.finish
        while self._workers:
            ended, number = self._happened(None if end is None else max(end - time.monotonic(), 0))
            if number == signal.SIGINT:
                self._tell(signal.SIGINT)
            elif not ended and not number:
                _LOG.error("%d workers did not end in time and are killed", len(self._workers))
                self._tell(signal.SIGKILL)
                end = None
            for worker in ended:
                self._workers.remove(worker)
                worker.buried()

    def _hire(self) -> _Worker:
        worker = _Worker(self._work, self._listener)
        self._workers.append(worker)
        return worker

    def _rehire(self) -> None:
        """Start another one, or plan for it: a system that has no room for a process now may have some later."""
        try:
            self._hire()
        except OSError as error:
            pause = self._paused(young=True)
            _LOG.warning("a worker cannot begin: %s; tried again in %.1f s", error.strerror, pause)

    def _begun(self, worker: _Worker) -> bool:
        """Wait until *worker* serves; say whether nobody asked to stop meanwhile."""
        found = wait([worker.news, self._asked])
        if self._asked in found and self._signal():
            return False
        if worker.news not in found:
            return self._begun(worker)
        try:
            trouble = worker.news.recv()
        except EOFError:
            trouble = "a worker ended before it served; what it said last may tell why"
        if trouble:
            raise NotReady(trouble)
        return True

    def _happened(self, rest: float | None) -> tuple[list[_Worker], int]:
        """Wait, *rest* seconds at most; return who has ended, and the signal that asks to stop, or 0."""
        found = wait([self._asked, *(worker.sentinel for worker in self._workers)], rest)
        number = self._signal() if self._asked in found else 0
        return [worker for worker in self._workers if worker.sentinel in found], number

    def _signal(self) -> int:
        """Read the oldest signal; 0 when it is none that asks to stop."""
        number = self._asked.recv(1)[0]
        return number if number in _STOPS else 0

    def _bury(self, worker: _Worker) -> None:
        """Let go of a *worker* that died, and plan for another one."""
        pause = self._paused(young=time.monotonic() - worker.born < self._crew.youth)
        self._workers.remove(worker)
        _LOG.warning("worker %d %s; another one begins in %.1f s", worker.pid, worker.buried(), pause)

    def _paused(self, *, young: bool) -> float:
        """Plan for another one, after a pause; return its seconds."""
        pause = self._pause if young else self._crew.pause
        self._pause = min(2 * pause, self._crew.longest_pause)
        self._due.append(time.monotonic() + pause)
        return pause

    def _tell(self, number: int) -> None:
        for worker in self._workers:
            worker.tell(number)
