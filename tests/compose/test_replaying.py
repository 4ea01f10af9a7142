"""A candidate is asked about what a real gateway recorded."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.whole.gate import configured, gate, posted
from yett.compose.replaying import replay
from yett.policy.comparison import Change, Report

CANDIDATE = """\
metadata: {id: candidate, priority: 2000}
rules: [{id: mail, when: pii.score >= 0.5, action: {decision: deny}}]
"""


@pytest.fixture
async def recorded(tmp_path: Path) -> Path:
    async with gate(tmp_path) as gateway:
        for text in ("Hi", "What is a yett?", "Her address is jane@example.org"):
            body = {"model": "stub", "messages": [{"role": "user", "content": text}]}
            await posted(gateway.port, json.dumps(body).encode())
        await gateway.records(3)
    return tmp_path


class Watcher:
    """Notes how much there is, and how much was done."""

    def __init__(self) -> None:
        self.whole, self.done = 0, 0

    def add(self, count: int) -> None:
        self.done += count


def replayed(folder: Path, text: str, since: float = 0.0, watcher: Watcher | None = None) -> Report:
    (folder / "candidate.yaml").write_text(text)
    settings = configured(folder).load().settings
    return replay(settings, (folder / "candidate.yaml",), since, watcher)


async def test_what_would_be_decided_otherwise_is_told(recorded: Path) -> None:
    watcher = Watcher()
    report = await asyncio.to_thread(replayed, recorded, CANDIDATE, 0.0, watcher)
    assert (watcher.whole, watcher.done) == (4, 4)  # a chain has an opening
    assert (report.records, report.replayed, report.unreplayable) == (3, 3, 0)
    denied = report.changed[Change.ALLOW_TO_DENY]
    assert (denied.count, dict(denied.models), denied.rules["candidate@1/mail"]) == (1, {"stub": 1}, 1)
    later = await asyncio.to_thread(replayed, recorded, CANDIDATE, 4e9)
    assert later.records == 0


async def test_what_was_not_recorded_is_told_and_not_guessed(recorded: Path) -> None:
    text = "metadata: {id: candidate}\nrules: [{id: r, when: complexity.score > 0.5, action: {decision: deny}}]\n"
    report = await asyncio.to_thread(replayed, recorded, text)
    assert (report.replayed, dict(report.lacking)) == (0, {"complexity.score": 3})
