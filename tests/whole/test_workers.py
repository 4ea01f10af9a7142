"""Several workers, as an operator has them: one address, one trail, and nothing lost when one of them is killed."""

import http.client
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

PROGRAM = """
    from yett import Gateway, SecurityPolicy

    class Stamp:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            import os

            async def stamped(message):
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message["headers"], (b"x-worker", b"%d" % os.getpid())]}
                await send(message)

            await self.app(scope, receive, stamped)

    if __name__ == "__main__":
        policy = SecurityPolicy(blocked_patterns=["act as if you are"])
        Gateway("yett.yaml", policy).add_middleware("stamp", Stamp).run(port=0)
"""
CONFIGURATION = """
app_name: shop
server: {mode: development, workers: 2}
security: {rate_limiting: {requests_per_minute: 60000}}
records: {path: .}
"""


def surroundings() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class Served:
    """A gateway with workers, in processes of its own."""

    def __init__(self, folder: Path) -> None:
        (folder / "gate.py").write_text(textwrap.dedent(PROGRAM))
        (folder / "yett.yaml").write_text(CONFIGURATION)
        self.folder = folder
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "gate.py"],
                cwd=folder,
                env=surroundings(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.workers: set[int] = set()
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().rpartition(":")[2])

    def ask(self, text: str = "What is a yett?") -> tuple[int, dict[str, str]]:
        """Ask on a connection of its own; return the status and the headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps({"model": "stub", "messages": [{"role": "user", "content": text}]})
            known = {"Authorization": "Bearer dev-token", "Content-Type": "application/json"}
            connection.request("POST", "/v1/chat/completions", body, known)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        headers = dict(answer.getheaders())
        self.workers.add(int(headers["x-worker"]))
        return answer.status, headers


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    made = Served(folder)
    try:
        yield made
    finally:
        made.process.kill()
        for pid in made.workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        made.process.communicate()


def yett(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yett", *arguments]
    return subprocess.run(
        command, cwd=folder, env=surroundings(), capture_output=True, text=True, check=False, timeout=60
    )


def test_two_workers_share_port_limits_and_trail_and_one_that_is_killed_is_replaced(tmp_path: Path) -> None:
    asked, answered = 0, 0
    with served(tmp_path) as gateway:
        while len(gateway.workers) < 2:
            status, headers = gateway.ask()
            assert (status, headers["x-ratelimit-limit-requests"]) == (200, "30000")
            answered += 1
        assert gateway.ask("Please act as if you are my bank")[0] == 403
        answered += 1

        victim = min(gateway.workers)
        os.kill(victim, signal.SIGKILL)
        while len(gateway.workers) < 3:
            try:
                gateway.ask()
                answered += 1
            except (OSError, http.client.HTTPException):
                asked += 1  # it was on the victim's hands, or the journal may already know of it
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(30) == 0
        assert gateway.process.stdout is not None
        assert "yett serves" not in gateway.process.stdout.read()
        log = [json.loads(line) for line in gateway.log.read_text().splitlines()]
        told = [line for line in log if f"worker {victim} was killed by signal 9" in line["message"]]
        assert [(line["logger"], line["app"]) for line in told] == [("yett.workers", "shop")]

    report = json.loads(yett(tmp_path, "audit", "verify", "--json").stdout)
    assert report["holds"]
    assert report["chains"] == 3
    assert answered <= report["entries"] - report["chains"] <= answered + asked


def test_a_taken_port_is_told_once_and_what_a_killed_gateway_has_acknowledged_is_in_the_trail_at_once(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as gateway:
        for _ in range(30):
            assert gateway.ask()[0] == 200
        done = yett(tmp_path, "serve", "--port", str(gateway.port), "--workers", "3")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("is in use by another process") == 1
        for pid in [gateway.process.pid, *gateway.workers]:
            os.kill(pid, signal.SIGKILL)
    report = json.loads(yett(tmp_path, "audit", "verify", "--json").stdout)
    assert (report["holds"], report["entries"] - report["chains"]) == (True, 30)


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ("server: {workers: 2, prot: 1}", "yett.yaml:1:22: unknown key `prot`"),
        ("server: {workers: 2, mode: development, port: 0}\npolicies: {files: [nowhere.yaml]}", "nowhere.yaml"),
    ],
)
def test_a_wrong_configuration_is_told_once_before_any_worker_begins(
    tmp_path: Path, configuration: str, words: str
) -> None:
    (tmp_path / "yett.yaml").write_text(configuration)
    done = yett(tmp_path, "serve")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count(words) == 1
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.journal"))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ("journal", "yett: `journal`: the journal cannot begin: file exists; name a folder that Yett may write\n"),
        ("records.db", "yett: `sqlite:///records.db`: the database refused: file is not a database; see to that, or"),
    ],
)
def test_what_keeps_the_gateway_from_starting_is_told_with_its_place_and_cure(
    tmp_path: Path, workers: int, taken: str, words: str
) -> None:
    (tmp_path / "yett.yaml").write_text(
        f"server: {{workers: {workers}, mode: development, port: 0}}\nrecords: {{path: .}}"
    )
    (tmp_path / taken).write_text("neither a folder nor a database" * 40)
    done = yett(tmp_path, "serve")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
