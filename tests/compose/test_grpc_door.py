"""The gRPC door, where the configuration gives it a port."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from tests.doors.grpc.caller import KNOWN, Caller, question
from tests.doors.rest.asked import COST, point
from tests.whole.gate import configured
from tests.whole.test_workers import surroundings
from yett.compose.grpc_door import reserved
from yett.compose.house import House
from yett.model.errors import NotReady, OperatorError, Problem


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def refused(folder: Path, **server: object) -> Problem:
    """Open a house that cannot be opened; return why."""
    house = House(configured(folder, server={"grpc_port": 0, **server}, policies={"default": "none"}))
    with pytest.raises(OperatorError) as told:
        await house.open()
    await house.aclose()
    return told.value.problems[0]


async def test_there_is_no_door_unless_a_port_is_given(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        assert gateway.house.grpc_port is None
        await gateway.house.drain(3600)


async def test_a_port_that_is_taken_keeps_the_house_from_opening(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        problem = await refused(tmp_path, grpc_port=taken.getsockname()[1])
    assert (problem.code, str(problem.place)) == ("cannot-listen", "server.grpc_port")
    assert "is in use by another process" in problem.message


async def test_a_library_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "yett.doors.grpc.server", raising=False)
    monkeypatch.setitem(sys.modules, "grpc_reflection", None)
    monkeypatch.setitem(sys.modules, "grpc_reflection.v1alpha.reflection", None)
    problem = await refused(tmp_path)
    assert (problem.code, problem.hint) == ("not-installed", "`pip install 'yett[grpc]'`")
    assert "grpc_reflection" in problem.message


async def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("not a credential")
    (tmp_path / "empty.pem").write_text("-----BEGIN NOTHING-----\n")
    for name, code in (("missing.pem", "unreadable-file"), ("no.pem", "bad-value"), ("empty.pem", "cannot-listen")):
        file = str(tmp_path / name)
        assert (await refused(tmp_path, grpc_key=file, grpc_certificate=file)).code == code


@pytest.mark.parametrize("name", ["grpc_key", "grpc_certificate"])
def test_a_key_and_its_certificate_come_together(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError) as told:
        House(configured(tmp_path, server={name: "file.pem"}))
    assert [problem.code for problem in told.value.problems] == ["missing-key"]


def test_a_port_is_reserved_without_listening() -> None:
    with reserved("127.0.0.1", 0) as port:
        assert not listens(port)
        with socket.socket() as sharing:
            sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sharing.bind(("127.0.0.1", port))
            sharing.listen()
            assert listens(port)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OperatorError), reserved(*taken.getsockname()):
        pass


def test_a_fault_within_is_not_mistaken_for_a_port() -> None:
    with pytest.raises(NotReady), reserved("127.0.0.1", 0):
        raise NotReady


@contextmanager
def served(folder: Path, workers: int) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Serve a gateway in a process of its own; give it, and its address for gRPC."""
    (folder / "yett.yaml").write_text("server: {mode: development}\nrecords: {path: .}\npolicies: {default: none}\n")
    options = ["--port", "0", "--grpc-port", "0", "--workers", str(workers)]
    command = [sys.executable, "-m", "yett", "serve", "--config", "yett.yaml", *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=surroundings(), stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("yett serves http://127.0.0.1:")
        yield process, process.stdout.readline().removeprefix("gRPC: ").strip()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("workers", [1, 2])
async def test_workers_share_the_port_and_end_with_their_streams(tmp_path: Path, workers: int) -> None:
    with served(tmp_path, workers) as (process, address):
        for _ in range(2 * workers):
            async with grpc.aio.insecure_channel(address, options=(("grpc.use_local_subchannel_pool", 1),)) as channel:
                caller = Caller(channel)
                assert (await caller.evaluate(question(COST), metadata=KNOWN, timeout=60)).decision.revision
        async with grpc.aio.insecure_channel(address) as channel:
            stream = Caller(channel).stream(metadata=KNOWN, timeout=60)
            await stream.write(question(COST))
            assert (await stream.read()).answer.decision.revision
            process.send_signal(signal.SIGTERM)
            assert await stream.read() is grpc.aio.EOF
        assert await asyncio.to_thread(process.wait, 25) == 0
