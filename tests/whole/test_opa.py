"""A gateway that Open Policy Agent must consent to: from its start, through its failures, to the record."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.whole.gate import Gate, gate, posted
from yett.compose import house
from yett.compose.house import House
from yett.compose.loading import SettingsSource
from yett.testing.provider import Provider, Script, answer

HELLO = json.dumps({"model": "stub", "messages": [{"role": "user", "content": "Hello there"}]}).encode()
NO, YES = answer({"result": False}), answer({"result": True})


@asynccontextmanager
async def asking(folder: Path, script: Script) -> AsyncIterator[tuple[Gate, Provider]]:
    """Serve a gateway whose OPA says *script*."""
    async with Provider(script) as opa:
        policies = {"opa": {"url": opa.url.removesuffix("/v1"), "timeout": 30}}
        # What is asked besides exchanges would otherwise come in between on a machine that is slow.
        with mock.patch.object(house, "_LOOKOUT", 3600):
            async with gate(folder, policies=policies) as gateway:
                yield gateway, opa


async def ready(gateway: Gate) -> tuple[int, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(b"GET /readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    top, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(top.split()[1]), json.loads(body)


async def test_what_opa_says_decides_and_is_recorded(tmp_path: Path) -> None:
    says: list[tuple[Script, int]] = [(NO, 200), (YES, 403), (answer({}), 403), (answer({}, 500), 403), (NO, 200)]
    async with asking(tmp_path, NO) as (gateway, opa):
        for script, status in says:
            opa.say(script)
            assert (await posted(gateway.port, HELLO))[0] == status
        asked = json.loads(opa.requests[-1].body)["input"]
        assert (asked["tenant"], asked["model"]) == ("development", "stub")
        assert opa.requests[-1].target == "/v1/data/gateway/deny"
        assert "Hello there" not in str([request.body for request in opa.requests])
        records = await gateway.records(len(says))
        assert len(opa.connections) == 1
    assert [record.judgements[1].rules for record in records] == [("opa@v1/data/gateway/deny",)] * 5
    assert [record.judgements[1].unknown for record in records] == [(), (), ("opa.undefined",), ("opa.status",), ()]


async def test_readiness_waits_for_its_sign_and_comes_back_with_it(tmp_path: Path) -> None:
    async with asking(tmp_path, answer({})) as (gateway, opa):
        status, told = await ready(gateway)
        assert (status, told["mode"], told["ready"]) == (503, "OPA", False)
        assert told["checks"]["opa"] == "its path is undefined"
        opa.say(NO)
        assert (await posted(gateway.port, HELLO))[0] == 200
        status, told = await ready(gateway)
        assert (status, told["mode"], told["ready"]) == (200, "OPA", True)


async def test_the_variable_of_the_ecosystem_is_enough(tmp_path: Path) -> None:
    async with Provider(NO) as opa:
        environment = {"OPA_URL": opa.url.removesuffix("/v1") + "/", "YETT_RECORDS__PATH": str(tmp_path)}
        house = House(SettingsSource(environment=environment, folder=tmp_path))
        await house.open()
        readiness = house.health.readiness()
        await house.aclose()
    assert (readiness.ready, readiness.mode, readiness.checks["opa"]) == (True, "OPA", "ok")


async def test_many_at_once_share_a_deadline_not_a_queue(tmp_path: Path) -> None:
    async with asking(tmp_path, NO) as (gateway, _):
        replies = await asyncio.gather(*(posted(gateway.port, HELLO) for _ in range(20)))
    assert {status for status, _, _ in replies} == {200}
