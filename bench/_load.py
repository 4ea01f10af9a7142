"""
Load: ask one address over and over, and say how fast it answered.

`wrk` where it is installed, else a plain client on a raw protocol. Both keep so many requests in flight, no more, so
the latencies are those of a caller who waits for one answer before the next question.
"""

import asyncio
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench._talk import NUMBER

__all__ = ["Figures", "load"]

_SCRIPT = """
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Authorization'] = 'Bearer dev-token'
local before, after = string.match('{content}', '^(.*){number}(.*)$')
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, nil, nil, before .. string.format('%08d', number) .. after)
end
"""
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: requests per second, and the latency's percentiles in seconds."""

    rate: float
    p50: float
    p99: float
    wrong: int
    """Answers that were no 200."""

    def __str__(self) -> str:
        """Show the figures in a row."""
        told = f"{self.rate:9,.0f}/s   P50 {self.p50 * 1e3:7.3f} ms   P99 {self.p99 * 1e3:7.3f} ms"
        return f"{told}   {self.wrong} NOT OK" if self.wrong else told


def load(url: str, body: bytes, flight: int, seconds: float, core: int | None = None) -> Figures:
    """POST *body* to *url* for *seconds*, *flight* at a time, from *core*."""
    host, _, path = url.removeprefix("http://").partition("/")
    if shutil.which("wrk"):
        return _wrk(url, body, flight, seconds, core)
    return asyncio.run(_plain(host, f"/{path}", body, flight, seconds))


def _wrk(url: str, body: bytes, flight: int, seconds: float, core: int | None) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "post.lua")
        content = body.decode().replace("\\", "\\\\").replace("'", "\\'")
        script.write_text(_SCRIPT.format(content=content, number=NUMBER))
        pin = ["taskset", "-c", str(core)] if core is not None and shutil.which("taskset") else []
        command = [*pin, "wrk", "-t1", f"-c{flight}", f"-d{seconds:.0f}s", "--latency", "-s", str(script), url]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return Figures(rate, _percentile(told, 50), _percentile(told, 99), int(wrong[1]) if wrong else 0)


def _percentile(told: str, which: int) -> float:
    found = re.search(rf"\s{which}%\s+([\d.]+)(us|ms|s)", told)
    return float(found[1]) * _UNITS[found[2]] if found else float("nan")


class _Client(asyncio.Protocol):
    """One connection that asks again as soon as it was answered."""

    def __init__(self, request: bytes, until: float, times: list[float], wrong: list[int]) -> None:
        self._request, self._until, self._times, self._wrong = request, until, times, wrong
        self._numbers = count(id(self) % 10**7)
        self._pending = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        number = f"{next(self._numbers):08}".encode()
        self._asked = time.perf_counter()
        self._transport.write(self._request.replace(NUMBER.encode(), number, 1))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._pending += data
        head, gap, body = self._pending.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not gap or len(body) < int(length[1] if length else 0):
            return
        self._pending = b""
        now = time.perf_counter()
        self._times.append(now - self._asked)
        if b" 200 " not in head[:20]:
            self._wrong.append(1)
        if now < self._until:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)


async def _plain(host: str, path: str, body: bytes, flight: int, seconds: float) -> Figures:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer dev-token\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    times: list[float] = []
    wrong: list[int] = []
    loop = asyncio.get_running_loop()
    name, _, port = host.partition(":")
    began = time.perf_counter()
    clients = [
        (await loop.create_connection(lambda: _Client(request, began + seconds, times, wrong), name, int(port)))[1]
        for _ in range(flight)
    ]
    await asyncio.gather(*(client.done for client in clients))
    cuts = statistics.quantiles(times, n=100)
    return Figures(len(times) / (time.perf_counter() - began), cuts[49], cuts[98], len(wrong))
