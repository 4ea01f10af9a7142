"""Records in a PostgreSQL that several gateways share, over its real socket: while it is there, away, and back again."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import pytest
from sqlalchemy.engine import make_url

from tests.conftest import Fresh
from tests.whole.gate import Gate, configured, gate, posted
from yett.adapters.sql.database import Database
from yett.adapters.sql.records import SqlRecords
from yett.compose.replaying import replay
from yett.compose.trail import verify_trail
from yett.policy.comparison import Change

CANDIDATE = """\
metadata: {id: candidate, priority: 2000}
rules: [{id: mail, when: pii.score >= 0.5, action: {decision: deny}}]
"""


@pytest.fixture
def short() -> Iterator[Path]:
    """Make a folder whose name is short enough for a socket."""
    with TemporaryDirectory(prefix="yett-") as folder:
        yield Path(folder)


async def asked(gateway: Gate, *texts: str) -> None:
    for text in texts:
        body = {"model": "stub", "messages": [{"role": "user", "content": text}]}
        status, _, _ = await posted(gateway.port, json.dumps(body).encode())
        assert status == 200


async def carried(address: str, count: int) -> None:
    """Wait until *count* records are in the database."""
    database = await Database.open(address)
    async with asyncio.timeout(60):
        while await SqlRecords(database).count(0.0) < count:  # noqa: ASYNC110  # a database tells nobody
            await asyncio.sleep(0.05)
    await database.aclose()


async def hears(gateway: Gate, *, well: bool) -> None:
    """Wait until `/readyz` says that the store is well, or is not; the gateway is ready all the time."""

    def store() -> object:
        with urlopen(f"http://127.0.0.1:{gateway.port}/readyz") as answer:
            return json.loads(answer.read())["checks"]["store"]

    async with asyncio.timeout(60):
        while (await asyncio.to_thread(store) == "ok") is not well:  # noqa: ASYNC110  # nobody is told
            await asyncio.sleep(0.05)


async def test_records_are_carried_to_it_and_verified_and_replayed_there(tmp_path: Path, postgresql: Fresh) -> None:
    address = postgresql()
    records = {"database_url": address.replace("postgresql:", "postgres:")}
    async with gate(tmp_path, records=records) as gateway:
        await asked(gateway, "Hi", "What is a yett?", "Her address is jane@example.org")
        await carried(address, 4)  # a chain has an opening
    settings = configured(tmp_path, records=records).load().settings
    (tmp_path / "candidate.yaml").write_text(CANDIDATE)
    report = await asyncio.to_thread(replay, settings, (tmp_path / "candidate.yaml",), 0.0)
    assert (report.records, report.replayed, report.changed[Change.ALLOW_TO_DENY].count) == (3, 3, 1)
    proof = await asyncio.to_thread(verify_trail, settings)
    assert (proof.holds, proof.entries) == (True, 4)
    assert not (tmp_path / "records" / "records.db").exists()


async def test_a_gateway_starts_and_serves_while_it_is_away_and_carries_when_it_is_back(
    tmp_path: Path, postgresql: Fresh, short: Path
) -> None:
    address = make_url(postgresql())
    real, moved = Path(str(address.query["host"])), short / "socket"
    away = address.update_query_dict({"host": str(moved)}).render_as_string(hide_password=False)
    moved.symlink_to(real)
    async with gate(tmp_path, records={"database_url": away}):
        pass  # it has learned what is published there: nothing
    moved.unlink()
    async with gate(tmp_path, records={"database_url": away}) as gateway:
        await asked(gateway, "Hi", "What is a yett?")
        await hears(gateway, well=False)
        moved.symlink_to(real)
        await carried(address.render_as_string(hide_password=False), 3)
        await hears(gateway, well=True)
        await asked(gateway, "What is a yett?")
    await carried(address.render_as_string(hide_password=False), 4)


async def test_several_that_come_at_once_to_an_empty_one_all_succeed(postgresql: Fresh) -> None:
    address = postgresql()
    databases = await asyncio.gather(*(Database.open(address) for _ in range(4)))
    for database in databases:
        await database.aclose()
