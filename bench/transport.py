"""
What the server and the client cost, before Yett does anything.

A bare ASGI handler reads a 500-character chat request, sends it to an upstream that answers at once, and returns the
answer. It runs on one core under each server and with each client; nginx (the upstream) and wrk (the load) share the
other one. Every figure is the median of several short runs, because the ratios matter, not the numbers; the processor
time that the handler's process spent on a request, with 32 connections, is the one that a busy machine disturbs least.

    python bench/transport.py [--seconds 3] [--runs 3] [--servers strict ...] [--clients upstream ...]

`strict` is Yett's server, `upstream` its client; `bare` is the least that a client in Python can do.
"""

import argparse
import asyncio
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import aiohttp
import httptools

from bench._talk import ANSWER, QUESTION
from yett.adapters.upstream.destination import Destination
from yett.adapters.upstream.http import HttpUpstream
from yett.compose.serving import listen, run
from yett.ports.upstream import Outgoing

__all__ = ["main"]

NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  server {{ listen 127.0.0.1:{port}; default_type application/json; location / {{ return 200 '{answer}'; }} }}
}}
"""
SERVERS = ("uvicorn", "strict", "granian")
CLIENTS = ("none", "aiohttp", "upstream", "bare", "httpx2")


class Aiohttp:
    """The client library that the adapter uses."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/v1/chat/completions"
        self._session = aiohttp.ClientSession(trust_env=False, auto_decompress=False)

    async def post(self, body: bytes) -> bytes:
        """Ask and read the whole answer."""
        async with self._session.post(self._url, data=body) as answer:
            return await answer.read()


class Upstream:
    """The adapter itself."""

    def __init__(self, port: int) -> None:
        self._upstream = HttpUpstream(Destination("there", f"http://127.0.0.1:{port}/v1"))

    async def post(self, body: bytes) -> bytes:
        """Ask and read the whole answer."""
        answer = await self._upstream.open(Outgoing("/chat/completions", body))
        try:
            return await answer.read()
        finally:
            await answer.aclose()


class Httpx2:
    """The successor of httpx."""

    def __init__(self, port: int) -> None:
        import httpx2  # only measured, not a dependency

        self._url = f"http://127.0.0.1:{port}/v1/chat/completions"
        self._client = httpx2.AsyncClient(trust_env=False)

    async def post(self, body: bytes) -> bytes:
        """Ask and read the whole answer."""
        return (await self._client.post(self._url, content=body)).content


class Connection(asyncio.Protocol):
    """One kept connection with llhttp: the least that a client in Python can do."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.parser = transport, httptools.HttpResponseParser(self)

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """Send the bytes of a request."""
        self.body: list[bytes] = []
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        self.answer.set_result(b"".join(self.body))


class Bare:
    """A pool of bare connections; no timeouts, no limits, no errors: a bound on what a client could gain."""

    def __init__(self, port: int) -> None:
        self._port, self._idle = port, list[Connection]()

    async def post(self, body: bytes) -> bytes:
        """Ask and read the whole answer."""
        if self._idle:
            connection = self._idle.pop()
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        answer = await connection.ask(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self._idle.append(connection)
        return answer


class Relay:
    """The handler."""

    def __init__(self, client: str, port: int) -> None:
        self._kind = {"aiohttp": Aiohttp, "upstream": Upstream, "bare": Bare, "httpx2": Httpx2, "none": None}[client]
        self._port, self._client = port, None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for word in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{word}.complete"})
            return
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event["body"], event["more_body"]
        if self._kind is None:
            answer = body
        else:
            self._client = self._client or self._kind(self._port)
            answer = await self._client.post(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def serve(server: str, client: str, upstream: int, port: int) -> None:
    """Run the handler in this process until it is stopped."""
    if server == "uvicorn":
        import uvicorn  # only the chosen server is to be in memory

        uvicorn.run(
            Relay(client, upstream), port=port, loop="uvloop", http="httptools", log_level="error", access_log=False
        )
    elif server == "strict":
        run(Relay(client, upstream), listen("127.0.0.1", port))
    else:
        import uvloop
        from granian.constants import Interfaces
        from granian.server.embed import Server

        uvloop.run(Server(Relay(client, upstream), port=port, interface=Interfaces.ASGINL, log_enabled=False).serve())


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(core: int, port: int, *command: str) -> Iterator[int]:
    """Run *command* on *core* until the block ends; wait until it listens on *port*, and give the process."""
    process = subprocess.Popen(["taskset", "-c", str(core), *command], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def spent(process: int) -> float:
    """Give the seconds of processor time that *process* has used."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def load(port: int, connections: int, seconds: int, script: Path) -> tuple[int, float, float, float]:
    """Load *port*; give the requests, those per second, and the latencies P50 and P99 in milliseconds."""
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    told = subprocess.run(["taskset", "-c", "1", *wrk], capture_output=True, text=True, check=True).stdout
    latencies = r"50%\s+([\d.]+)(us|ms|s).*99%\s+([\d.]+)(us|ms|s)"
    figures = re.search(rf"{latencies}.*?(\d+) requests in.*Requests/sec:\s+([\d.]+)", told, re.DOTALL)
    if figures is None or "Non-2xx" in told:
        sys.exit(told)
    half, half_unit, most, most_unit, requests, rate = figures.groups()
    scale = {"us": 0.001, "ms": 1, "s": 1000}
    return int(requests), float(rate), float(half) * scale[half_unit], float(most) * scale[most_unit]


def measure(port: int, process: int, options: argparse.Namespace, script: Path) -> list[float]:
    """Give the medians at one and at 32 connections, and the processor time of a request in microseconds."""
    load(port, 32, 1, script)
    figures: list[float] = []
    for connections in (1, 32):
        before, asked, rounds = spent(process), 0, []
        for _ in range(options.runs):
            requests, *told = load(port, connections, options.seconds, script)
            asked += requests
            rounds.append(told)
        figures += [statistics.median(column) for column in zip(*rounds, strict=True)]
    return [*figures, (spent(process) - before) / asked * 1e6]


def main() -> None:
    """Measure everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=SERVERS)
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=CLIENTS)
    parser.add_argument("--serve", nargs=4, metavar=("SERVER", "CLIENT", "UPSTREAM", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        server, client, upstream, port = options.serve
        return serve(server, client, int(upstream), int(port))
    if not (shutil.which("nginx") and shutil.which("wrk")):
        sys.exit("needs nginx and wrk")
    with tempfile.TemporaryDirectory() as name:
        folder, upstream = Path(name), free_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=upstream, answer=ANSWER))
        script = folder / "load.lua"
        script.write_text(
            f"wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\nwrk.body = [[{QUESTION}]]\n"
        )
        titles = ("1: r/s", "P50 ms", "P99 ms", "32: r/s", "P50 ms", "P99 ms", "CPU us")
        print(f"{'server':8} {'client':8} {' '.join(f'{title:>8}' for title in titles)}")
        with running(1, upstream, "nginx", "-c", str(folder / "nginx.conf")):
            for server, client in product(options.servers, options.clients):
                port = free_port()
                ours = [sys.executable, __file__, "--serve", server, client, str(upstream), str(port)]
                with running(0, port, *ours) as process:
                    row = measure(port, process, options, script)
                cells = (f"{figure:8.{2 if place in {1, 2, 4, 5} else 0}f}" for place, figure in enumerate(row))
                print(f"{server:8} {client:8} {' '.join(cells)}", flush=True)
    return None


if __name__ == "__main__":
    main()
