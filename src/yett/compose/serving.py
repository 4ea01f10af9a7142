"""
Serving: run an ASGI application until somebody asks it to stop, and stop without dropping anything.

Rules:

1. The port is taken before anything starts, so that whoever is told a port can connect to it.
2. When asked to stop (SIGTERM, SIGINT), the server takes no new connection at once. Those that are open are served
   on, each answer saying that it is the last; idle ones are left open a little, because a request may be on its way.
3. What is under way is finished, streams too, until the drain's time is up. Then it is cancelled, and waited for, so
   that every exchange can still write down how it ended.
4. The application stops last, and the exit code of an orderly end is 0.

The application starts and stops through ASGI's lifespan; one that fails to start is never served.
"""

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import uvicorn
import uvloop
from uvicorn.lifespan.on import LifespanOn, LifespanSendMessage

from yett.compose.protocol import Bounds, StrictProtocol, bounded
from yett.model.errors import NotReady, OperatorError, Place, Problem

__all__ = ["App", "Drain", "listen", "run", "serve", "serving"]

App = Callable[..., Awaitable[None]]
"""An ASGI 3 application that speaks `lifespan` and `http`."""

_BACKLOG = 2048
_TICK = 0.02
_PARTING_SECONDS = 5
"""For cancelled requests to write down how they ended."""


@dataclass(frozen=True, slots=True)
class Drain:
    """How long, in seconds, an orderly end may take."""

    lame_duck: float = 2
    """For connections on which nothing is asked just now."""
    finish: float = 60
    """For requests that are under way, streams among them."""
    beside: Callable[[float], Awaitable[None]] | None = None
    """What else comes to its end meanwhile, within as many seconds as it is told."""


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """
    Take *port* (0: any that is free) on *host*; with *shared*, several processes may take the same one.

    Raises:
        OperatorError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=shared)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use by another process" if taken else f"cannot be listened on: {error.strerror or error}".lower()
        place = "server.port" if taken or error.errno == errno.EACCES else "server.host"
        hint = "stop that process or choose another port" if taken else "choose another host or port"
        problem = Problem(Place(place), "cannot-listen", f"`{host}:{port}` {why}", hint)
        raise OperatorError(problem) from None


async def serve(
    app: App,
    listener: socket.socket,
    bounds: Bounds | None = None,
    drain: Drain | None = None,
    on_started: Callable[[int], None] | None = None,
) -> None:
    """
    Serve *app* on *listener* until a signal asks to stop; *on_started* is told the port.

    Signals are only listened to in the main thread.

    Raises:
        NotReady: the application did not start.
    """
    server = _Server(app, bounds or Bounds(), drain or Drain())
    server.on_started = on_started
    with server.listening_to_signals():
        await server.serve_on(listener)


def run(
    app: App,
    listener: socket.socket,
    bounds: Bounds | None = None,
    drain: Drain | None = None,
    on_started: Callable[[int], None] | None = None,
) -> None:
    """Do as `serve` does, in an event loop of its own."""
    uvloop.run(serve(app, listener, bounds, drain, on_started))


@asynccontextmanager
async def serving(app: App, bounds: Bounds | None = None, drain: Drain | None = None) -> AsyncIterator[int]:
    """Serve *app* on a free port of this machine for as long as the block lasts; gives the port."""
    server = _Server(app, bounds or Bounds(), drain or Drain(lame_duck=0, finish=5))
    listener, started = listen("127.0.0.1", 0), asyncio.Event()
    server.on_started = lambda _: started.set()
    task = asyncio.create_task(server.serve_on(listener))
    task.add_done_callback(lambda _: started.set())
    await started.wait()
    try:
        if not task.done():
            yield listener.getsockname()[1]
    finally:
        server.stop()
        await task


class _Life(LifespanOn):
    """Uvicorn's lifespan, which remembers why an application did not start."""

    why = ""

    async def send(self, message: LifespanSendMessage) -> None:
        """Take note of what the application says."""
        if message["type"] == "lifespan.startup.failed":
            self.why = message.get("message", "")
        await super().send(message)


class _Server(uvicorn.Server):
    """Uvicorn's server with an end of its own."""

    on_started: Callable[[int], None] | None = None

    def __init__(self, app: App, bounds: Bounds, drain: Drain) -> None:
        config = uvicorn.Config(
            app,
            http=bounded(bounds),
            ws="none",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=bounds.idle_seconds,  # type: ignore[arg-type]  # only ever handed to call_later
        )
        super().__init__(config)
        config.load()
        config.lifespan_class = _Life
        self._drain = drain
        self._asked_to_stop = asyncio.Event()

    async def serve_on(self, listener: socket.socket) -> None:
        """Serve until `should_exit`."""
        with listener:
            try:
                await self._serve([listener])
            except SystemExit as error:  # uvicorn's way to say that the lifespan failed
                raise NotReady(getattr(self.lifespan, "why", "") or "the application did not start") from error

    @contextmanager
    def listening_to_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT; unlike uvicorn, which raises them again, so that the exit code would not be 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        for number in before:
            loop.add_signal_handler(number, self.stop, number)
        try:
            yield
        finally:
            for number, action in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, action)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Begin to stop; a second SIGINT stops without waiting."""
        self.force_exit = self.should_exit and number == signal.SIGINT
        self.should_exit = True
        self._asked_to_stop.set()

    async def main_loop(self) -> None:
        """Keep the date header right until asked to stop."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked_to_stop.wait(), 1)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell the port."""
        await super().startup(sockets)
        if self.on_started is not None and self.started:
            self.on_started(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as the rules say."""
        state, drain = self.server_state, self._drain
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        beside = asyncio.ensure_future(drain.beside(drain.finish)) if drain.beside is not None else None
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        for connection in [known for known in state.connections if _busy(known)]:
            connection.shutdown()
        await self._until(lambda: not any(not _busy(known) for known in state.connections), drain.lame_duck)
        for connection in list(state.connections):
            connection.shutdown()
        await self._until(lambda: not state.connections and not state.tasks, drain.finish)
        if leftover := list(state.tasks):
            for task in leftover:
                task.cancel()
            await asyncio.wait(leftover, timeout=_PARTING_SECONDS)
        if beside is not None:
            await self._until(beside.done, drain.finish)
            beside.cancel()
        await self.lifespan.shutdown()

    async def _until(self, done: Callable[[], bool], seconds: float) -> None:
        """Wait until *done*, but no longer than *seconds*, and not at all when forced."""
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not done() and not self.force_exit and clock() < end:  # noqa: ASYNC110  # uvicorn keeps sets, not events
            await asyncio.sleep(_TICK)


def _busy(connection: object) -> bool:
    """Say whether a request is under way on *connection*."""
    return isinstance(connection, StrictProtocol) and connection.busy
