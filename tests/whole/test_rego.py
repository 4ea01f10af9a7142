"""A gateway with rules in Rego beside its policies: every door asks them, and a changed file takes effect."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

from tests.doors.grpc.caller import KNOWN, caller, question
from tests.doors.rest.asked import ask, get
from tests.whole.gate import gate, posted
from yett.model.errors import OperatorError

HELLO = json.dumps({"model": "stub", "messages": [{"role": "user", "content": "Hello there"}]}).encode()
RULES = """package gateway

default deny := false

deny if input.tenant == "trial"
deny if input.user.id in {"mallory", "developer-x"}
deny if input.secret

ready := true
"""


def written(folder: Path, rules: str = RULES) -> dict[str, object]:
    (folder / "gate.rego").write_text(rules, "utf-8")
    rego = {"files": [str(folder / "gate.rego")], "sentinel": "gateway/ready", "timeout": 30}
    return {"rego": rego, "default": "none"}


async def test_every_door_gives_the_answer_of_the_rules(tmp_path: Path) -> None:
    server = {"mode": "development", "grpc_port": 0}
    async with gate(tmp_path, policies=written(tmp_path), server=server) as gateway, caller(gateway) as client:
        for tenant, passes in (("acme", True), ("trial", False)):
            context = {"team": {"id": tenant}, "llm": {"prompt": "Hi", "model": "gpt-4o"}}
            _, told = await ask(gateway, "/api/v1/evaluate", {"context": context})
            assert told["decision"]["allowed"] is passes
            matched = [f"{each['policy']}@{each['version']}/{each['rule']}" for each in told["decision"]["matched"]]
            assert matched == ([] if passes else ["rego@v1/data/gateway/deny"])
            _, batch = await ask(gateway, "/api/v1/evaluate/batch", {"requests": [{"context": context}] * 3})
            assert [each["decision"] for each in batch["results"]] == [told["decision"]] * 3
            _, explained = await ask(gateway, "/api/v1/explain", {"context": context})
            assert explained["decision"] == told["decision"]
            _, opa = await ask(gateway, "/v1/data/gateway", {"input": {"tenant": tenant, "model": "gpt-4o"}})
            assert (opa["result"]["allow"], opa["result"]["deny"]) == (passes, not passes)
            asking = {"subject": {"type": "user", "id": "a", "properties": {"team": {"id": tenant}}}}
            asking |= {"action": {"name": "chat"}, "resource": {"type": "model", "id": "gpt-4o"}}
            _, authzen = await ask(gateway, "/access/v1/evaluation", asking)
            assert authzen["decision"] is passes
            _, several = await ask(gateway, "/access/v1/evaluations", {**asking, "evaluations": [{}, {}]})
            assert [each["decision"] for each in several["evaluations"]] == [passes] * 2
            assert (await client.evaluate(question(context), metadata=KNOWN)).decision.allowed is passes
        _, plan = await ask(gateway, "/api/v1/plan", {})
        assert {offer["permission"] for offer in plan["models"]} == {"conditional"}


async def test_exchanges_ask_them_and_a_changed_file_takes_effect(tmp_path: Path) -> None:
    async with gate(tmp_path, policies=written(tmp_path)) as gateway:
        status, _, ready = await get(gateway, "/readyz")
        assert (status, json.loads(ready)["mode"], json.loads(ready)["checks"]["rego"]) == (200, "LOCAL", "ok")
        assert (await posted(gateway.port, HELLO))[0] == 200
        written(tmp_path, RULES.replace('"trial"', '"development"'))
        async with asyncio.timeout(60):
            while (await posted(gateway.port, HELLO))[0] == 200:  # noqa: ASYNC110 - a file tells nobody
                await asyncio.sleep(0.05)
        written(tmp_path, RULES.replace("input.secret", "opa.runtime().env"))
        async with asyncio.timeout(60):
            while "rego-call" not in json.loads((await get(gateway, "/readyz"))[2])["checks"]["configuration"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (await posted(gateway.port, HELLO))[0] == 403
        (first, *_) = await gateway.records(2)
    assert first.judgements[1].rules == ("rego@v1/data/gateway/deny",)


async def test_rules_that_may_not_be_relied_on_hold_readiness_back(tmp_path: Path) -> None:
    async with gate(tmp_path, policies=written(tmp_path, RULES.replace("ready := true", "ready := false"))) as gateway:
        status, _, ready = await get(gateway, "/readyz")
        assert (status, json.loads(ready)["checks"]["rego"]) == (503, "its sentinel is not true")
        assert (await posted(gateway.port, HELLO))[0] == 403
        _, told = await ask(gateway, "/api/v1/evaluate", {"context": {}})
        assert told["decision"]["matched"][0]["unknown"] == ["rego.not-true"]


async def test_what_is_no_rego_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"gate.rego:3:9: is no Rego: .* \[bad-rego\]"):
        async with gate(tmp_path, policies=written(tmp_path, "package gateway\n\ndeny if {\n")):
            pass
