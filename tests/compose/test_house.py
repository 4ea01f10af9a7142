"""Every part is put together, opened and closed; what cannot be used is told before anything is served."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.conformance_journal import record
from tests.adapters.journal.kept import Dead
from tests.whole import gate
from tests.whole.gate import configured, posted, records_in
from yett.compose import snapshot
from yett.compose.gateway import SecurityPolicy
from yett.compose.house import House
from yett.compose.serving import serving
from yett.model.errors import NotReady, OperatorError

HI = json.dumps({"model": "stub", "messages": [{"role": "user", "content": "hi"}]}).encode()


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make detectors once for all houses here."""
    monkeypatch.setattr(snapshot, "configured_detectors", gate._detectors)


class Server:
    """As much of a server as a lifespan needs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asked: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.told: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.life = asyncio.create_task(house({"type": "lifespan"}, self.asked.get, self.told.put))

    async def say(self, word: str) -> Mapping[str, Any]:
        await self.asked.put({"type": f"lifespan.{word}"})
        async with asyncio.timeout(60):
            return await self.told.get()


async def request(house: House, path: str) -> list[Mapping[str, Any]]:
    """Ask *house* for *path* and return what it sent."""
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await house({"type": "http", "method": "GET", "path": path, "headers": [], "client": None}, receive, send)
    return sent


async def checks(house: House) -> dict[str, str]:
    start, body = await request(house, "/readyz")
    ready = json.loads(body["body"])
    assert ready["mode"] == "LOCAL"
    assert (start["status"], ready["ready"]) in {(200, True), (503, False)}
    return {"ready": str(ready["ready"]), **ready["checks"]}


async def test_a_house_opens_and_closes_with_its_server(tmp_path: Path) -> None:
    house = House(configured(tmp_path))
    server = Server(house)
    assert await server.say("startup") == {"type": "lifespan.startup.complete"}
    assert (await checks(house))["ready"] == "True"
    assert await server.say("shutdown") == {"type": "lifespan.shutdown.complete"}
    await server.life
    assert house.health.readiness().ready is False
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_what_was_served_is_in_the_store_when_the_house_has_closed(tmp_path: Path) -> None:
    async with serving(House(configured(tmp_path))) as port:
        status, _, _ = await posted(port, HI)
    assert status == 200
    assert [(each.operation, each.outcome, each.key) for each in records_in(tmp_path)] == [
        ("openai.chat", "served", "dev-token")
    ]


async def test_a_house_can_be_opened_again_after_another_has_closed_and_beside_one(tmp_path: Path) -> None:
    source = configured(tmp_path)
    for _ in range(2):
        async with serving(House(source)) as port, serving(House(source)) as other:
            assert [(await posted(each, HI))[0] for each in (port, other)] == [200, 200]
    assert len(records_in(tmp_path)) == 4


async def test_before_it_is_open_nothing_is_served(tmp_path: Path) -> None:
    house = House(configured(tmp_path))
    assert await request(house, "/v1/models") == []
    await house.aclose()


async def test_documents_made_in_code_decide_beside_those_of_the_configuration(tmp_path: Path) -> None:
    made = SecurityPolicy(blocked_patterns=["fish"]).documents()
    policies = House(configured(tmp_path), made).snapshots.current.policies
    assert policies[-1] == "security-policy@1.0.0"
    assert set(policies[:-1]) == set(House(configured(tmp_path)).snapshots.current.policies)


def test_a_configuration_that_is_wrong_makes_no_house(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no-such-file"):
        House(configured(tmp_path, policies={"files": ["no-such-file.yaml"]}))


def test_records_that_can_lie_nowhere_make_no_house(tmp_path: Path) -> None:
    (tmp_path / "records").touch()
    with pytest.raises(OperatorError) as caught:
        House(configured(tmp_path))
    (problem,) = caught.value.problems
    assert problem.place.file == str(tmp_path / "records" / "house.key")
    assert problem.message.startswith("`records.path` cannot be used")


def no_journal(records: Path) -> None:
    (records / "journal").touch()


def no_store(records: Path) -> None:
    (records / "records.db").mkdir()


def no_database(records: Path) -> None:
    (records / "records.db").write_bytes(b"this is no database " * 100)


SPOILT = pytest.mark.parametrize(
    ("spoil", "told"), [(no_journal, "journal"), (no_store, "database"), (no_database, "database")]
)


@SPOILT
async def test_what_cannot_be_opened_is_told_to_the_server(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    house = House(configured(tmp_path))
    spoil(tmp_path / "records")
    server = Server(house)
    answer = await server.say("startup")
    await server.life
    assert answer["type"] == "lifespan.startup.failed"
    assert told in answer["message"]
    assert await request(house, "/v1/models") == []
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


@SPOILT
async def test_what_cannot_be_opened_is_never_served(tmp_path: Path, spoil: Callable[[Path], None], told: str) -> None:
    house = House(configured(tmp_path))
    spoil(tmp_path / "records")
    with pytest.raises(NotReady, match=told):
        async with serving(house):
            pytest.fail("it was served")


async def test_what_a_failed_start_had_opened_is_closed_again(tmp_path: Path) -> None:
    source = configured(tmp_path)
    house = House(source)
    no_store(tmp_path / "records")
    assert (await Server(house).say("startup"))["type"] == "lifespan.startup.failed"
    (tmp_path / "records" / "records.db").rmdir()
    async with serving(House(source)) as port:
        assert (await posted(port, HI))[0] == 200
    assert len(records_in(tmp_path)) == 1


async def test_readiness_tells_of_every_part(tmp_path: Path) -> None:
    house = House(configured(tmp_path))
    async with serving(house):
        told = await checks(house)
    assert {name for name, state in told.items() if state == "ok"} == {
        "serving", "upstreams", "configuration", "store", "journal", "background", "releases", "detectors"
    }  # fmt: skip
    assert "yett-injection@" in told["policies"]


async def test_readiness_tells_of_a_store_that_takes_nothing_and_serving_goes_on(tmp_path: Path) -> None:
    house = House(configured(tmp_path))
    async with serving(house) as port:
        with closing(sqlite3.connect(tmp_path / "records" / "records.db")) as database:
            database.execute("ALTER TABLE yett_entries RENAME TO hidden")
        assert (await posted(port, HI))[0] == 200
        async with asyncio.timeout(60):
            while (told := await checks(house))["store"] == "ok":  # noqa: ASYNC110  # the store tells nobody
                await asyncio.sleep(0.01)
        assert told["ready"] == "True"
        assert (await posted(port, HI))[0] == 200
        with closing(sqlite3.connect(tmp_path / "records" / "records.db")) as database:
            database.execute("ALTER TABLE hidden RENAME TO yett_entries")
    assert len(records_in(tmp_path)) == 2


async def test_readiness_tells_of_a_damaged_journal(tmp_path: Path) -> None:
    async with Dead(tmp_path / "records" / "journal") as dead:
        for number in range(3):
            await dead.journal.admit(f"r{number}", record(f"r{number}", outcome=""))
            await dead.journal.seal(f"r{number}", 1.0, record(f"r{number}"))
        path = dead.journal._writer.folder.segment(1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    house = House(configured(tmp_path))
    async with serving(house) as port:
        told = await checks(house)
        assert (await posted(port, HI))[0] == 200
    assert told["ready"] == "True"
    assert "damaged" in told["journal"]
