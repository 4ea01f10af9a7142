"""
Measure the decision point over gRPC: one question in flight, 32, a stream, and batches of 64.

    python -m bench grpc

The gateway runs on one core, the client, which is Python as well, on the other. The rules and the contexts are those of
`bench policy`; every question is another. Processor time of the gateway is told beside the rates, since the client and
other work on the machine change those.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from subprocess import Popen
from typing import Any

import grpc

from bench.gateway import await_port, free_port, running
from bench.rest import processor
from yett.compose.workload import context, document
from yett.doors.grpc import policy_pb2 as pb
from yett.doors.grpc.conversions import value

__all__ = ["main"]

_SETTINGS = """
server: {{mode: development, port: {port}, grpc_port: {beside}}}
records: {{path: {folder}/records}}
policies: {{default: none, files: [{folder}/policy.yaml]}}
"""
_KNOWN = (("authorization", "Bearer dev-token"),)
_RULES = (10, 1000)
_FLIGHT, _BATCH = 32, 64
_SECONDS = 4.0
_Ask = Callable[[], Awaitable[int]]
"""Asks once, and returns how many decisions were answered."""


def main() -> None:
    """Measure and print."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    for rules in _RULES:
        rng = random.Random(rules)
        text, contexts = document(rng, rules), [context(rng) for _ in range(1024)]
        asked = [pb.EvaluateRequest(context={name: value(fact) for name, fact in each.items()}) for each in contexts]
        print(f"{rules} rules")
        with tempfile.TemporaryDirectory() as name, _served(Path(name), text) as (port, process):
            asyncio.run(_measured(port, process.pid, asked))


@contextmanager
def _served(folder: Path, text: str) -> Iterator[tuple[int, "Popen[bytes]"]]:
    port, beside = free_port(), free_port()
    (folder / "policy.yaml").write_text(text)
    (folder / "yett.yaml").write_text(_SETTINGS.format(port=port, beside=beside, folder=folder))
    command = [sys.executable, "-m", "yett", "serve", "--config", str(folder / "yett.yaml")]
    with running(command, core=0) as process:
        await_port(beside)
        yield beside, process


async def _measured(port: int, pid: int, asked: list[pb.EvaluateRequest]) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        turn = cycle([each.SerializeToString() for each in asked])
        unary: Any = channel.unary_unary("/yett.v1.PolicyDecision/Evaluate")
        several: Any = channel.unary_unary("/yett.v1.PolicyDecision/EvaluateBatch")
        batches = cycle(
            [
                pb.EvaluateBatchRequest(requests=asked[at : at + _BATCH]).SerializeToString()
                for at in range(0, len(asked), _BATCH)
            ]
        )

        async def one() -> int:
            await unary(next(turn), metadata=_KNOWN)
            return 1

        async def batch() -> int:
            return len(pb.EvaluateBatchResponse.FromString(await several(next(batches), metadata=_KNOWN)).results)

        await _rate("one in flight", pid, one, 1)
        await _rate(f"{_FLIGHT} in flight", pid, one, _FLIGHT)
        await _streamed(channel, pid, turn)
        await _rate(f"batches of {_BATCH}", pid, batch, 1)


async def _streamed(channel: grpc.aio.Channel, pid: int, turn: Iterator[bytes]) -> None:
    """Keep some questions ahead of the answers of one stream."""
    call: Any = channel.stream_stream("/yett.v1.PolicyDecision/EvaluateStream")
    stream = call(metadata=_KNOWN)
    for _ in range(_FLIGHT):
        await stream.write(next(turn))

    async def next_one() -> int:
        await stream.read()
        await stream.write(next(turn))
        return 1

    await _rate("one stream", pid, next_one, 1)
    stream.cancel()


async def _rate(name: str, pid: int, ask: _Ask, flight: int) -> None:
    took: list[float] = []
    done = 0

    async def keep_asking(end: float) -> None:
        nonlocal done
        while (began := time.perf_counter()) < end:
            answered = await ask()
            done += answered
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(keep_asking(time.perf_counter() + 0.5) for _ in range(flight)))
    took.clear()
    done = 0
    began, spent = time.perf_counter(), processor(pid)
    await asyncio.gather(*(keep_asking(began + _SECONDS) for _ in range(flight)))
    elapsed, spent = time.perf_counter() - began, processor(pid) - spent
    cuts = statistics.quantiles(took, n=100)
    print(
        f"{name:24}{done / elapsed:12,.0f} decisions/s; for each second of the gateway's processor {done / spent:,.0f}; "
        f"P50 {cuts[49] * 1e3:.3f} ms   P99 {cuts[98] * 1e3:.3f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
