"""`yett policy replay` tells what candidates would have decided."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.compose.test_replaying import CANDIDATE
from tests.whole.gate import gate, posted


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    async def record() -> None:
        async with gate(tmp_path) as gateway:
            for text in ("Hi", "Her address is jane@example.org"):
                body = {"model": "stub", "messages": [{"role": "user", "content": text}]}
                await posted(gateway.port, json.dumps(body).encode())
            await gateway.records(2)

    asyncio.run(record())
    (tmp_path / "candidate.yaml").write_text(CANDIDATE)
    return tmp_path


def test_what_would_change_is_told_and_may_fail_a_build(yett: Run, recorded: Path) -> None:
    asked = ("policy", "replay", "--candidate", "candidate.yaml", "--since", "1d")
    ran = yett(*asked)
    assert ran.code == 0
    assert ran.out.startswith("2 of 2 records replayed; 0 ended before any policy was asked\n")
    assert "allow-to-deny" in ran.out
    told = json.loads(yett(*asked, "--json").out)
    assert told["changed"]["allow-to-deny"]["count"] == 1
    assert yett(*asked, "--fail-on", "allow-to-deny").code == 1
    assert yett(*asked, "--fail-on", "deny-to-allow").code == 0
    assert yett("policy", "replay", "--candidate", "candidate.yaml", "--since", "2999-01-01").out.startswith("0 of 0")
    assert "write `30d`" in yett("policy", "replay", "--candidate", "candidate.yaml", "--since", "soon").err
