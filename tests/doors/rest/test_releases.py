"""Policies are published, staged and taken back over REST, by administrators."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services.test_publishing import policy
from tests.whole.gate import Gate, gate

SECRET = "a-key-of-at-least-sixteen-characters"  # not a credential
SETTINGS: dict[str, Any] = {
    "policies": {"default": "none", "poll": 0.01},
    "access": {"keys": [{"id": "alice", "secret": SECRET}]},
}


@asynccontextmanager
async def served(folder: Path, token: str = "dev-token") -> AsyncIterator[tuple[Gate, httpx.AsyncClient]]:
    async with gate(folder, **SETTINGS) as gateway:
        base = f"http://127.0.0.1:{gateway.port}/api/v1"
        async with httpx.AsyncClient(base_url=base, headers={"authorization": f"Bearer {token}"}) as client:
            yield gateway, client


async def test_a_policy_comes_into_force_changes_and_goes_back(tmp_path: Path) -> None:
    async with served(tmp_path) as (gateway, client):
        pushed = await client.post("/policies", json={"policy": policy("a"), "namespace": "acme/team", "note": "first"})
        assert pushed.status_code == 201
        told = pushed.json()
        assert (told["namespace"], told["number"], told["stage"], told["author"], told["note"]) == (
            "acme/team",
            1,
            "enforce",
            "developer",
            "first",
        )
        async with asyncio.timeout(60):
            while not gateway.house.snapshots.current.releases:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.01)
        body = {"policy": policy("a", "2"), "namespace": "acme/team", "stage": "canary", "share": 5}
        assert (await client.put("/policies/a", json=body)).json()["share"] == 5
        (stands,) = (await client.get("/namespaces")).json()
        assert (stands["live"]["number"], stands["candidate"]["stage"]) == (1, "canary")
        assert (await client.post("/namespaces/acme/team/rollout", json={})).json()["number"] == 3
        assert (await client.get("/policies/a")).json()["policy"] == policy("a", "2")
        versions = (await client.get("/policies/a/versions")).json()
        assert [(each["version"], each["release"]["number"]) for each in versions] == [("2", 2), ("1", 1)]
        assert (await client.post("/policies/a/rollback", json={"version": "1"})).json()["number"] == 4
        assert (await client.get("/policies/a")).json()["policy"] == policy("a")
        assert (await client.delete("/policies/a", params={"note": "gone"})).json()["number"] == 5
        assert (await client.get("/policies/a")).status_code == 404
        releases = (await client.get("/namespaces/acme/team/releases")).json()
        assert [each["number"] for each in releases] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("call", "body", "status", "told"),
    [
        ("POST /policies", {"policy": "rules: {"}, 400, "the policy is wrong"),
        ("POST /policies", {"policy": policy("a", when="llm.nothing")}, 400, "unknown field"),
        ("POST /policies", {"policy": policy("a"), "stage": "now"}, 400, "/stage"),
        ("POST /policies", {"policy": policy("a"), "shares": 3}, 400, "is not known here"),
        ("PUT /policies/b", {"policy": policy("a")}, 400, "is not called `b`"),
        ("GET /policies/z", None, 404, "no published policy `z`"),
        ("DELETE /policies/z", None, 404, "no published policy `z`"),
        ("GET /policies/z/versions", None, 404, "no published policy `z`"),
        ("POST /policies/z/rollback", {"version": "1"}, 400, "there is no version `z 1`"),
        ("GET /namespaces/z/releases", None, 404, "nothing was published"),
        ("POST /namespaces/z/rollout", {}, 400, "there is no namespace `z`"),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(
    tmp_path: Path, call: str, body: object, status: int, told: str
) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.request(*call.split(), json=body)
        assert (answer.status_code, told in answer.text) == (status, True), answer.text
        assert (await client.get("/namespaces")).json() == []


async def test_nobody_but_an_administrator_publishes_or_looks(tmp_path: Path) -> None:
    async with served(tmp_path, SECRET) as (_, client):
        calls = [("POST", "/policies", {"policy": policy("a")}), ("PUT", "/policies/a", {"policy": policy("a")})]
        calls += [("DELETE", "/policies/a", {}), ("POST", "/policies/a/rollback", {"version": "1"})]
        calls += [("GET", path, {}) for path in ("/policies/a", "/policies/a/versions", "/namespaces")]
        calls += [("GET", "/namespaces/n/releases", {}), ("POST", "/namespaces/n/rollout", {})]
        for method, path, body in calls:
            answer = await client.request(method, path, json=body or None)
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied"), path
