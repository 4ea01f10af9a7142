"""
Hands: threads that work, and that can be written off.

A thread cannot be stopped. One that does not come back is replaced, up to a number, and ends if it comes back after all.
No process waits at its end for such a thread, as it would for one of an executor's.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import Generic, TypeVar

__all__ = ["Hands"]

_Result = TypeVar("_Result")
_MOST_LOST = 32
"""How many threads are replaced at a time."""


class Hands:
    """Some threads for one kind of work, begun when there is any."""

    def __init__(self, count: int, name: str) -> None:
        """Work in *count* threads, which are called *name*."""
        self._count = count
        self._name = name
        self._work: SimpleQueue[tuple[Future[object], Callable[[], None]] | None] = SimpleQueue()
        self._lock = Lock()
        self._alive = 0
        self._lost: set[object] = set()
        """What the threads do that were written off."""
        self._closed = False

    def take(self, work: Callable[[], _Result]) -> Future[_Result]:
        """Do *work* when a thread is free; what it raises goes to whoever waits."""
        future: Future[_Result] = Future()

        def done() -> None:
            if future.set_running_or_notify_cancel():
                with _Telling(future):
                    future.set_result(work())

        self._work.put((future, done))  # type: ignore[arg-type]  # of which nothing is asked but whether it is done
        self._see_to_it()
        return future

    def lose(self, future: Future[_Result]) -> None:
        """Write off the thread that works on *future*, and begin another in its place."""
        with self._lock:
            if future.running():
                self._lost.add(future)
        self._see_to_it()

    def close(self) -> None:
        """Let go of the threads, and of what none has begun."""
        self._closed = True
        try:
            while task := self._work.get_nowait():
                task[0].cancel()
        except Empty:
            pass
        for _ in range(self._alive):
            self._work.put(None)

    def _see_to_it(self) -> None:
        """Begin as many threads as there should be."""
        with self._lock:
            wanted = 0 if self._closed else self._count + min(len(self._lost), _MOST_LOST)
            missing = max(0, wanted - self._alive)
            self._alive += missing
        for _ in range(missing):
            Thread(target=self._loop, name=self._name, daemon=True).start()

    def _loop(self) -> None:
        while task := self._work.get():
            future, done = task
            done()
            with self._lock:
                if future in self._lost:
                    self._lost.discard(future)
                    self._alive -= 1
                    break
        self._see_to_it()


class _Telling(Generic[_Result]):
    """Hands what is raised to whoever waits for *future*."""

    def __init__(self, future: Future[_Result]) -> None:
        self._future = future

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return True
