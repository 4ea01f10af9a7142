"""OPA's data API, over a real socket."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.doors.rest.asked import COST, POLICY, ask, get, point

TENANT = """
---
metadata: {id: models, namespace: staging}
rules: [{id: no-gpt, when: 'llm.model == "gpt-4" && team.id == "acme"', action: {decision: deny, reason: "not that one"}}]
"""
PRO = {"team": {"tier": "pro"}, "llm": {"estimatedCost": 0.1, "model": "m"}}


async def test_a_path_names_who_decides_and_what_is_asked(tmp_path: Path) -> None:
    cases: list[tuple[str, Any, Any]] = [
        ("/v1/data/yett/allow", COST, False),
        ("/v1/data/yett/deny", COST, True),
        ("/v1/data/gateway/deny", COST, True),
        ("/v1/data/gateway/deny", PRO, False),
        ("/v1/data/gateway/allow", PRO, True),
        ("/v1/data/yett/effect", COST, "deny"),
        ("/v1/data/yett/reason", COST, "Cost exceeds free tier limit ($1.00)"),
        ("/v1/data/yett/decision/allowed", COST, False),
        ("/v1/data/production/deny", COST, True),
        ("/v1/data/production/cost-limit/deny", COST, True),
        ("/v1/data/production/cost%2Dlimit/deny", COST, True),
        ("/v1/data/staging/deny", COST | {"llm": {"model": "m"}}, False),
        ("/v1/data/staging/models/allow", PRO, True),
        ("/v1/data/gateway/deny", {"tenant": "acme", "model": "gpt-4", "team": {"tier": "pro"}}, True),
        ("/v1/data/staging/reason", {"tenant": "acme", "model": "gpt-4"}, "not that one"),
        ("/v1/data/staging/deny", {"tenant": "acme", "model": "gpt-4", "team": {"id": "other"}}, False),
    ]
    async with point(tmp_path, POLICY + TENANT) as gateway:
        for path, said, result in cases:
            status, told = await ask(gateway, path, {"input": said})
            assert (status, told["result"]) == (200, result), (path, said)
            assert set(told) == {"decision_id", "result"}
            status, _, body = await get(gateway, f"{path}?input={quote(json.dumps(said))}")
            assert (status, json.loads(body)["result"]) == (200, result)
        whole = (await ask(gateway, "/v1/data/yett", {"input": COST}))[1]["result"]
        assert set(whole) == {"allow", "deny", "effect", "reason", "matched", "obligations", "decision"}


async def test_a_namespace_may_be_a_path(tmp_path: Path) -> None:
    policies = """
metadata: {id: org, namespace: acme}
rules: [{id: reviewed, when: 'llm.model == "raw"', action: {decision: deny}}]
---
metadata: {id: pay, namespace: acme/payments}
rules: [{id: short, when: llm.maxTokens > 100, on_missing: skip, action: {decision: deny}}]
"""
    cases = [
        ("acme/payments/deny", {"model": "raw"}, True),
        ("acme/payments/deny", {"model": "m", "llm": {"maxTokens": 500}}, True),
        ("acme/payments/pay/deny", {"model": "raw"}, False),
        ("acme/deny", {"model": "m", "llm": {"maxTokens": 500}}, False),
        ("acme/org/deny", {"model": "raw"}, True),
    ]
    async with point(tmp_path, policies) as gateway:
        for path, said, result in cases:
            assert (await ask(gateway, f"/v1/data/{path}", {"input": said}))[1].get("result") is result, path
        assert "result" not in (await ask(gateway, "/v1/data/acme/pay/deny", {"input": {}}))[1]


async def test_what_is_not_there_is_undefined(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for path in (
            "",
            "/",
            "/yet/allow",
            "/yett/allowed",
            "/yett/allow/x",
            "/production/cost",
            "/cost-limit/allow",
            "/x/y/z",
        ):
            status, told = await ask(gateway, f"/v1/data{path}", {"input": COST})
            assert (status, set(told)) == (200, {"decision_id"}), path


async def test_without_an_input_nothing_is_stated(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for body in (b"", b"{}", b'{"other": 1}'):
            status, told = await ask(
                gateway, "/v1/data/yett/deny", body, content_type="application/json" if body else ""
            )
            assert (status, told["result"]) == (200, True)
            assert told["warning"]["code"] == "api_usage_warning"
        assert json.loads((await get(gateway, "/v1/data/yett/deny"))[2])["result"] is True
        assert "warning" not in (await ask(gateway, "/v1/data/yett/deny", {"input": {}}))[1]


async def test_it_tells_which_policies_decided(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        _, told = await ask(gateway, "/v1/data/yett/decision?provenance=true", {"input": COST})
        assert told["provenance"]["bundles"]["yett"]["revision"] == told["result"]["revision"]
        for query in ("provenance=false", "pretty"):
            assert "provenance" not in (await ask(gateway, f"/v1/data/yett?{query}", {"input": COST}))[1]
        first, second = [(await ask(gateway, "/v1/data/yett", {"input": {}}))[1]["decision_id"] for _ in range(2)]
        assert first != second


async def test_mistakes_have_the_shape_of_opa(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for body in (b"{", b"[]", b'{"input": 5}', b'{"input": []}', b'{"input": {}, "input": {}}'):
            status, told = await ask(gateway, "/v1/data/yett/deny", body)
            assert (status, told["code"], set(told)) == (400, "invalid_parameter", {"code", "message"})
        for query in ("input=%7B", "input=5", "input={}&input={}"):
            assert (await get(gateway, f"/v1/data/yett?{query}"))[0] == 400
        assert (await ask(gateway, "/v1/data/yett", {"input": {}}, authorization=""))[1]["code"] == "unauthorized"
        assert (await ask(gateway, "/v1/data/yett", b"{}", content_type="text/plain"))[0] == 415
        status, headers, _ = await get(gateway, "/v1/data/yett", "DELETE")
        assert (status, headers["allow"]) == (405, "GET, POST")
