"""
Measure the decision point over HTTP: one question in flight, 32, and batches of 64 and 1,024, beside the library in one process.

    python -m bench rest

The gateway runs on one core, the load on the other. The rules and the contexts are those of `bench policy`; every
question of a batch is another. Processor time of the gateway is told beside the rates, since other work on the machine
changes those.
"""

import os
import random
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from subprocess import Popen

import orjson

from bench._load import load
from bench._talk import NUMBER
from bench.gateway import await_port, free_port, running
from bench.policy import throughput
from yett.compose.workload import context, document
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser

__all__ = ["main", "processor"]

_SETTINGS = """
server: {{mode: development, port: {port}}}
records: {{path: {folder}/records}}
policies: {{default: none, files: [{folder}/policy.yaml]}}
"""
_HEAD = "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer dev-token\r\ncontent-type: application/json\r\n"
_RULES = (10, 1000)
_BATCHES = (64, 1024)
_SECONDS = 4.0
_WARM = 200
"""Questions before it is measured."""


def main() -> None:
    """Measure and print."""
    for rules in _RULES:
        rng = random.Random(rules)
        text, contexts = document(rng, rules), [context(rng) for _ in range(1024)]
        engine = PolicyEngine([PolicyParser().parse_yaml(text)])
        engine.evaluate(contexts[0])
        print(f"{rules} rules")
        print(f"{'the library':24}{throughput(engine.evaluate, contexts, 1.0):12,.0f} decisions/s")
        with tempfile.TemporaryDirectory() as name, _served(Path(name), text) as (port, process):
            _in_flight(port, contexts[0])
            _alone(port, contexts)
            for size in _BATCHES:
                _batches(port, process, contexts, size)


@contextmanager
def _served(folder: Path, text: str) -> Iterator[tuple[int, "Popen[bytes]"]]:
    port = free_port()
    (folder / "policy.yaml").write_text(text)
    (folder / "yett.yaml").write_text(_SETTINGS.format(port=port, folder=folder))
    command = [sys.executable, "-m", "yett", "serve", "--config", str(folder / "yett.yaml")]
    with running(command, core=0) as process:
        await_port(port)
        yield port, process


def _in_flight(port: int, context: dict[str, object]) -> None:
    body = orjson.dumps({"context": {**context, "metadata": {"number": NUMBER}}})
    with socket.create_connection(
        ("127.0.0.1", port)
    ) as wire:  # wrk counts one slow answer as many ("coordinated omission")
        for _ in range(_WARM):
            _timed(wire, _post("/api/v1/evaluate", body))
    for flight in (1, 32):
        figures = load(f"http://127.0.0.1:{port}/api/v1/evaluate", body, flight, _SECONDS, core=1)
        print(f"{f'{flight} in flight':24}{figures}", flush=True)


def _alone(port: int, contexts: Sequence[dict[str, object]]) -> None:
    """Ask one by one over one blocking socket, every question another."""
    asked = cycle([_post("/api/v1/evaluate", orjson.dumps({"context": each})) for each in contexts])
    with socket.create_connection(("127.0.0.1", port)) as wire:
        took = [_timed(wire, next(asked))[0] for _ in range(5_000)]
    cuts = statistics.quantiles(took[500:], n=100)
    print(f"{'one blocking client':24}P50 {cuts[49] * 1e3:7.3f} ms   P99 {cuts[98] * 1e3:7.3f} ms")


def _batches(port: int, process: "Popen[bytes]", contexts: Sequence[dict[str, object]], size: int) -> None:
    requests = [{"context": each} for each in contexts]
    bodies = [orjson.dumps({"requests": requests[at : at + size]}) for at in range(0, len(requests), size)]
    asked = cycle([_post("/api/v1/evaluate/batch", body) for body in bodies])
    told, done = [], 0
    with socket.create_connection(("127.0.0.1", port)) as wire:
        for _ in range(50):
            _timed(wire, next(asked))
        began, spent = time.perf_counter(), processor(process.pid)
        while time.perf_counter() - began < _SECONDS:
            _, body = _timed(wire, next(asked))
            told.append(float(body[body.rindex(b":") + 1 : -1]))
            done += size
        elapsed, spent = time.perf_counter() - began, processor(process.pid) - spent
    print(
        f"{f'batches of {size}':24}{done / elapsed:12,.0f} decisions/s; for each second of the gateway's processor "
        f"{done / spent:,.0f}; inside the batch {size / statistics.median(told) * 1e6:,.0f}"
    )


def _post(path: str, body: bytes) -> bytes:
    return f"{_HEAD.format(path=path)}content-length: {len(body)}\r\n\r\n".encode() + body


def _timed(wire: socket.socket, post: bytes) -> tuple[float, bytes]:
    """Ask once; return the seconds until the answer was whole, and its body."""
    began = time.perf_counter()
    wire.sendall(post)
    told = wire.recv(1 << 20)
    while b"\r\n\r\n" not in told:
        told += wire.recv(1 << 20)
    head, _, body = told.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])  # type: ignore[index]
    pieces, missing = [body], length - len(body)
    while missing:
        pieces.append(wire.recv(1 << 20))
        missing -= len(pieces[-1])
    if b" 200 " not in head[:20]:
        raise SystemExit(head.decode())
    return time.perf_counter() - began, b"".join(pieces)


def processor(pid: int) -> float:
    """Return the seconds of processor time that *pid* has used; the wall clock's where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.perf_counter()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
