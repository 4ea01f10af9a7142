"""A server that starts, serves and ends in order."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yett.compose.serving import Drain, listen, serve, serving
from yett.model.errors import NotReady, OperatorError

APP = """
    import asyncio, json, sys
    from yett.compose.serving import Drain, listen, run

    go = asyncio.Event()

    def tell(word):
        print(word, flush=True)

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            for word in ("startup", "shutdown"):
                await receive()
                tell(word)
                await send({"type": f"lifespan.{word}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/go":
            go.set()
        if scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            try:
                await go.wait()
            finally:
                tell("sealed")
        await send({"type": "http.response.body", "body": b"last"})

    drain = Drain(lame_duck=float(sys.argv[1]), finish=float(sys.argv[2]))
    run(app, listen("127.0.0.1", 0), drain=drain, on_started=tell)
    tell("home")
"""


class Served:
    """A server in a process of its own."""

    def __init__(self, folder: Path, lame_duck: float, finish: float) -> None:
        script = folder / "served.py"
        script.write_text(textwrap.dedent(APP))
        command = [sys.executable, str(script), str(lame_duck), str(finish)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        )
        assert self.told() == "startup"
        self.port = int(self.told())

    def told(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def refuses(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return True
        return False


@contextlib.contextmanager
def served(folder: Path, lame_duck: float = 5, finish: float = 5) -> Iterator[Served]:
    server = Served(folder, lame_duck, finish)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


class Client:
    """A connection that asks and reads."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)

    def ask(self, path: str) -> None:
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())

    def until(self, end: bytes) -> bytes:
        told = b""
        while not told.endswith(end):
            piece = self.socket.recv(1000)
            assert piece, told
            told += piece
        return told


def test_sigterm_lets_what_is_under_way_end_and_waits_for_idle_connections(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        streaming, idle = Client(server.port), Client(server.port)
        idle.ask("/")
        assert b"connection: close" not in idle.until(b"0\r\n\r\n")
        streaming.ask("/stream")
        streaming.until(b"first\r\n")
        server.stop()
        while not server.refuses():
            pass
        idle.ask("/go")  # a request that was on its way when the signal came
        assert b"\r\nconnection: close\r\n" in idle.until(b"4\r\nlast\r\n0\r\n\r\n")
        assert idle.socket.recv(1) == b""
        assert streaming.until(b"0\r\n\r\n") == b"4\r\nlast\r\n0\r\n\r\n"
        assert streaming.socket.recv(1) == b""
        assert [server.told() for _ in range(3)] == ["sealed", "shutdown", "home"]
        assert server.process.wait(60) == 0
        streaming.socket.close()
        idle.socket.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_does_not_end_in_time_is_cancelled_but_may_say_so_and_idle_connections_are_closed(
    tmp_path: Path, number: int
) -> None:
    with served(tmp_path, lame_duck=0.1, finish=0.1) as server:
        streaming, idle = Client(server.port), Client(server.port)
        streaming.ask("/stream")
        streaming.until(b"first\r\n")
        server.stop(number)
        assert idle.socket.recv(1) == b""
        assert [server.told() for _ in range(3)] == ["sealed", "shutdown", "home"]
        assert server.process.wait(60) == 0
        assert streaming.socket.recv(100) == b""
        streaming.socket.close()
        idle.socket.close()


def test_a_second_sigint_does_not_wait(tmp_path: Path) -> None:
    with served(tmp_path, lame_duck=1000, finish=1000) as server:
        streaming = Client(server.port)
        streaming.ask("/stream")
        streaming.until(b"first\r\n")
        server.stop(signal.SIGINT)
        while not server.refuses():
            pass
        server.stop(signal.SIGINT)
        assert server.process.wait(60) == 0
        streaming.socket.close()


class Lifespan:
    """An application that keeps note of its life."""

    def __init__(self, *, fails: bool = False) -> None:
        self.life: list[str] = []
        self._fails = fails

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for word in ("startup", "shutdown"):
                await receive()
                self.life.append(word)
                if self._fails:
                    raise ValueError("it cannot")
                await send({"type": f"lifespan.{word}.complete"})
            return
        self.life.append("request")
        await send({"type": "http.response.start", "status": 204, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body"})


async def get(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    told = await reader.read()
    writer.close()
    return told


async def test_the_application_starts_before_it_is_served_and_stops_after() -> None:
    app = Lifespan()
    async with serving(app) as port:
        told = await get(port)
        assert told.startswith(b"HTTP/1.1 204 No Content\r\ndate: ")
        assert b"server:" not in told
    assert app.life == ["startup", "request", "shutdown"]
    with pytest.raises(ConnectionRefusedError):
        await get(port)


async def test_an_application_that_fails_to_start_is_never_served(caplog: pytest.LogCaptureFixture) -> None:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    started: list[int] = []
    with pytest.raises(NotReady, match="did not start"), caplog.at_level(logging.CRITICAL, "uvicorn.error"):
        await serve(Lifespan(fails=True), listener, on_started=started.append)
    assert not started
    with pytest.raises(ConnectionRefusedError):
        await get(port)
    with pytest.raises(NotReady):
        async with serving(Lifespan(fails=True)):
            pass


async def test_why_an_application_does_not_start_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "lifespan.startup.failed", "message": "the disk is full; make space"})

    with (
        caplog.at_level(logging.CRITICAL, "uvicorn.error"),
        pytest.raises(NotReady, match="the disk is full; make space"),
    ):
        await serve(app, listen("127.0.0.1", 0))


async def test_an_error_inside_the_block_is_not_lost() -> None:
    app = Lifespan()
    with pytest.raises(ZeroDivisionError):
        async with serving(app):
            raise ZeroDivisionError
    assert app.life == ["startup", "shutdown"]


async def test_signals_are_left_alone_while_serving_in_a_test_and_given_back_after_serving() -> None:
    before = signal.getsignal(signal.SIGTERM)
    async with serving(Lifespan()):
        assert signal.getsignal(signal.SIGTERM) is before
    listener = listen("127.0.0.1", 0)
    stop = lambda _: os.kill(os.getpid(), signal.SIGTERM)  # noqa: E731  # short
    await serve(Lifespan(), listener, on_started=stop)
    assert signal.getsignal(signal.SIGTERM) is before


def test_outside_the_main_thread_no_signal_is_touched() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    async def live() -> None:
        task: asyncio.Task[None]
        task = asyncio.create_task(serve(Lifespan(), listen("127.0.0.1", 0), on_started=lambda _: task.cancel()))
        with contextlib.suppress(asyncio.CancelledError):
            await task
        seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    thread.join(10)
    assert seen == [before]


def test_a_port_that_is_taken_is_named_with_the_cure() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OperatorError) as error:
            listen("127.0.0.1", port)
    (problem,) = error.value.problems
    assert problem.message == f"`127.0.0.1:{port}` is in use by another process"
    assert problem.hint


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.host.invalid"])
def test_a_host_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(OperatorError, match=f"`{host}:0` cannot be listened on"):
        listen(host, 0)


def test_a_port_can_be_shared_when_everybody_agrees() -> None:
    with listen("127.0.0.1", 0, shared=True) as first:
        listen("127.0.0.1", first.getsockname()[1], shared=True).close()


async def test_it_speaks_over_ipv6() -> None:
    try:
        listener = listen("::1", 0)
    except OperatorError:
        pytest.skip("this machine has no IPv6")
    listener.close()


def test_the_drain_is_a_value() -> None:
    assert Drain() == Drain(lame_duck=2, finish=60)


async def test_what_is_beside_comes_to_its_end_before_the_application_does() -> None:
    told: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for word in ("startup", "shutdown"):
            await receive()
            told.append(word)
            await send({"type": f"lifespan.{word}.complete"})

    async def beside(seconds: float) -> None:
        told.append(f"{seconds} seconds")
        await asyncio.sleep(0)
        told.append("beside")

    async with serving(app, drain=Drain(lame_duck=0, finish=5, beside=beside)):
        pass
    assert told == ["startup", "5 seconds", "beside", "shutdown"]


async def test_what_is_beside_is_not_waited_for_without_end() -> None:
    ended = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})

    async def beside(seconds: float) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with serving(app, drain=Drain(lame_duck=0, finish=0.05, beside=beside)):
        pass
    await ended.wait()
