"""What is asked of the policies themselves, over a real socket."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from tests.doors.rest.asked import POLICY, ask, get, point
from yett.doors.rest.control import administrator
from yett.model.errors import CallerError
from yett.model.principal import Principal

LIST, VALIDATE = "/api/v1/policies", "/api/v1/policies/validate"
SECRET = "a-key-of-at-least-sixteen-characters"  # not a credential
ADMIN = "another-key-of-sixteen-characters"  # not a credential
KEYS = {"keys": [{"id": "alice", "secret": SECRET}, {"id": "root", "secret": ADMIN, "roles": ["admin"]}]}


async def test_policies_are_listed_for_everybody_who_is_known(tmp_path: Path) -> None:
    async with point(tmp_path, access=KEYS) as gateway:
        status, headers, body = await get(gateway, LIST, authorization=f"Bearer {SECRET}")
        told = json.loads(body)
        assert (status, headers["cache-control"]) == (200, "no-store")
        assert headers["x-request-id"].startswith("req_")
        assert told["policies"] == [
            {
                "id": "cost-limit",
                "name": "Monthly cost limit",
                "version": "1.0.0",
                "namespace": "production",
                "priority": 100,
                "status": "active",
                "rules": ["deny-expensive-models"],
            }
        ]
        assert (await get(gateway, LIST, authorization=""))[0] == 401


async def test_a_policy_is_looked_at(tmp_path: Path) -> None:
    cases: list[tuple[str, bool, dict[str, Any]]] = [
        (POLICY, True, {"policies": [{"policy": "cost-limit@1.0.0", "rules": 1, "tests": {"passed": 1, "failed": 0, "skipped": 0}}]}),
        (POLICY.replace("llm.estimatedCost, v", "llm.estimatedCosts, v"), False, {}),
        (POLICY.replace("cost: 2.0", "cost: 0.5").replace("estimatedCost: 2.0", "estimatedCost: 0.5"), False, {}),
        ("{", False, {}),
        ("", False, {}),
    ]  # fmt: skip
    async with point(tmp_path) as gateway:
        for policy, valid, more in cases:
            status, told = await ask(gateway, VALIDATE, {"policy": policy, "file": "mine.yaml"})
            assert (status, told["valid"]) == (200, valid), told
            assert bool(told["problems"]) is not valid
            assert all(problem["file"] == "mine.yaml" and problem["code"] for problem in told["problems"])
            assert {name: told[name] for name in more} == more
        _, told = await ask(gateway, VALIDATE, {"policy": cases[1][0]})
        assert told["problems"][0]["hint"] == "did you mean `llm.estimatedCost`?"
        _, told = await ask(gateway, VALIDATE, {"policy": cases[2][0]})
        assert told["problems"][0]["code"] == "failed-test"
        assert len(json.loads((await get(gateway, LIST))[2])["policies"]) == 1  # it decides nothing


async def test_texts_in_tests_are_read(tmp_path: Path) -> None:
    mail = """
metadata: {id: mail}
rules: [{id: no-mail, when: pii.found, action: {decision: deny}}]
tests:
  - given: {text: "Write to jane.doe@example.org", origin: user}
    expect: {effect: deny, rules: [no-mail]}
  - given: {text: "Write to Jane", origin: user}
    expect: {effect: allow}
"""
    async with point(tmp_path) as gateway:
        _, told = await ask(gateway, VALIDATE, {"policy": mail})
        assert told["policies"][0]["tests"] == {"passed": 2, "failed": 0, "skipped": 0}


async def test_only_administrators_may_have_policies_looked_at(tmp_path: Path) -> None:
    async with point(tmp_path, access=KEYS) as gateway:
        for key, status in ((SECRET, 403), (ADMIN, 200), ("dev-token", 200), ("nobody", 401)):
            told = await ask(gateway, VALIDATE, {"policy": POLICY}, authorization=f"Bearer {key}")
            assert told[0] == status


async def test_what_is_no_body_is_refused_with_its_places(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for body, pointer in (
            ({}, "/policy"),
            ({"policy": 5}, "/policy"),
            ({"policy": "", "fil": 1}, "/fil"),
            ([], "/"),
        ):
            status, told = await ask(gateway, VALIDATE, body)
            assert (status, told["code"], told["errors"][0]["pointer"]) == (400, "invalid_request", pointer)
        for raw in (b"{", b'{"policy": "", "policy": ""}', b"\xff"):
            assert (await ask(gateway, VALIDATE, raw))[0] == 400
        assert (await ask(gateway, VALIDATE, b"{}", content_type="text/yaml"))[0] == 415
        assert (await get(gateway, LIST, "PUT"))[0] == 405
        status, headers, body = await get(gateway, LIST, "DELETE")
        assert (status, json.loads(body)["code"]) == (405, "method_not_allowed")
        assert headers["allow"]


@pytest.mark.parametrize("roles", [frozenset(), frozenset({"admin"})])
def test_an_administrator_is_who_has_that_role(roles: frozenset[str]) -> None:
    request = Request({"type": "http", "state": {"principal": Principal("t", "s", roles)}})
    if roles:
        assert administrator(request).subject == "s"
    else:
        with pytest.raises(CallerError) as caught:
            administrator(request)
        assert caught.value.status == 403
