"""`yett serve` as a process of its own: killed, told to stop, and wrongly configured."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.whole.gate import configured, content, events, posted, records_in, said, spelled
from yett.testing.provider import Do, Provider, stream

YETT = (sys.executable, "-m", "yett")


def surroundings() -> dict[str, str]:
    """Return an environment that configures nothing."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Process, int]]:
    """Serve what is configured in *folder*; the process is gone at the end of the block."""
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *YETT, "serve", "--port", "0", cwd=folder, env=surroundings(), stdout=PIPE, stderr=log
        )
    assert process.stdout
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("yett serves http://127.0.0.1:"), (folder / "log").read_text()
        yield process, int(line.rpartition(":")[2])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def load(port: int, acknowledged: list[str]) -> None:
    """Ask again and again until the gateway is gone; note every answer that came whole."""
    body = json.dumps(said("Hi", model="stub")).encode()
    while True:
        try:
            status, headers, told = await posted(port, body)
        except (OSError, IndexError):
            return
        if status == 200 and len(told) == int(headers["content-length"]):
            acknowledged.append(headers["x-request-id"])


async def yett(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *YETT, *arguments, cwd=folder, env=surroundings(), stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_kill_minus_nine_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    waiting = 3
    async with Provider([Do.HANG]) as provider:
        configured(tmp_path, provider)
        for killed in range(1, 3):
            async with serving(tmp_path) as (process, port):
                body = json.dumps(said("Hi")).encode()
                lost = [asyncio.create_task(posted(port, body)) for _ in range(waiting)]
                before = len(acknowledged)
                crowd = [asyncio.create_task(load(port, acknowledged)) for _ in range(4)]
                await provider.heard(waiting * killed)
                enough = before + random.Random(killed).randrange(20, 120)
                while len(acknowledged) < enough:  # noqa: ASYNC110  # a list tells nobody
                    await asyncio.sleep(0)
                process.kill()
                await asyncio.gather(*crowd)
                assert {type(error) for error in await asyncio.gather(*lost, return_exceptions=True)} == {IndexError}
        async with serving(tmp_path) as (process, _):
            process.terminate()
            assert await process.wait() == 0
    records = records_in(tmp_path)
    outcomes = {record.id: record.outcome for record in records}
    assert len(outcomes) == len(records)
    assert {outcomes.get(each) for each in acknowledged} == {"served"}
    crashed = [record for record in records if record.outcome == "crashed"]
    assert sum(record.upstream == "told" for record in crashed) == 2 * waiting
    assert {record.outcome for record in records} == {"served", "crashed"}
    code, told, _ = await yett(tmp_path, "audit", "verify", "--json")
    report = json.loads(told)
    assert (code, report["holds"], report["broken"]) == (0, True, [])
    assert report["entries"] == len(records) + report["chains"]


async def test_sigterm_lets_what_has_begun_end(tmp_path: Path) -> None:
    go = asyncio.Event()
    first, *rest = spelled("Once upon a time ", "there was a gate. ", "The end.")
    async with Provider(stream([first, go, *rest])) as provider:
        configured(tmp_path, provider)
        async with serving(tmp_path) as (process, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = json.dumps(said("Hi", stream=True)).encode()
            head = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer dev-token\r\n"
            writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
            begun = await reader.readuntil(b"Once upon")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                while True:
                    try:
                        _, other = await asyncio.open_connection("127.0.0.1", port)
                    except OSError:
                        break
                    other.close()
            go.set()
            told = begun + await reader.read()
            writer.close()
            whole = content(events(told.partition(b"\r\n\r\n")[2]))
            assert whole == "Once upon a time there was a gate. The end."
            async with asyncio.timeout(60):
                assert await process.wait() == 0
    (record,) = records_in(tmp_path)
    assert (record.outcome, record.streamed) == ("served", True)


WRONG = [
    (
        "{server: {prot: 1, max_messages: many}, llm_providers: {x: {kind: openai}}, records: {path: r}}",
        [
            "yett.yaml:1:11: unknown key `prot`",
            "did you mean `port`?",
            "yett.yaml:1:20: `server.max_messages`",
            "yett.yaml:1:57:",
            "base_url",
        ],
    ),
    ("{server: {", ["yett.yaml:2:1: did not find"]),
    (
        "{records: {path: r}, policies: {files: [wrong.yaml]}}",
        ["wrong.yaml:5:", "wrong.yaml:6:", "did you mean"],
    ),
    ('{records: {path: r}, llm_providers: {openai: {api_key: "${NOT_SET_ANYWHERE}"}}}', ["`NOT_SET_ANYWHERE`"]),
    ("{records: {path: yett.yaml}}", ["`records.path` cannot be used"]),
]
POLICY = """\
metadata: {id: wrong, version: 1.0.0}
status: active
rules:
  - id: a
    condition: {operator: equals, field: llm.model, value: x}
    action: {decision: denny}
"""


@pytest.mark.parametrize(("configuration", "told"), WRONG)
def test_what_is_wrong_is_told_all_at_once_with_place_and_cure(
    tmp_path: Path, configuration: str, told: list[str]
) -> None:
    (tmp_path / "yett.yaml").write_text(configuration)
    (tmp_path / "wrong.yaml").write_text(POLICY)
    done = subprocess.run(
        [*YETT, "serve", "--port", "0"], cwd=tmp_path, env=surroundings(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stdout == b""
    error = done.stderr.decode()
    assert "Traceback" not in error
    assert [each for each in told if each not in error] == [], error
