"""The policy of the first page, word for word, through every way in: the same answer."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.doors.grpc.caller import KNOWN, called, question
from tests.doors.rest.asked import ask
from tests.house.pages import ROOT, blocks
from yett import PolicyEngine, PolicyParser
from yett.cli.app import main
from yett.doors.grpc import policy_pb2 as pb
from yett.services.shapes import decision_shape

PAGE = (ROOT / "README.md").read_text("utf-8")
POLICY = next(block.text for block in blocks(PAGE) if block.file == "cost-limit.yaml")
QUESTIONS: tuple[tuple[Mapping[str, Any], str], ...] = (
    ({"llm": {"estimatedCost": 2.5}, "team": {"tier": "free"}}, "deny"),
    ({"llm": {"estimatedCost": 1.0}, "team": {"tier": "free"}}, "allow"),
    ({"llm": {"estimatedCost": 2.5}, "team": {"tier": "pro"}}, "allow"),
    ({"team": {"tier": "free"}}, "deny"),
)
"""The last one names no cost: what restricts holds when it may be true."""


@pytest.mark.parametrize(("given", "effect"), QUESTIONS)
async def test_the_first_page_means_the_same_everywhere(
    given: Mapping[str, Any], effect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = PolicyEngine()
    engine.add_policy(PolicyParser().parse_yaml(POLICY))
    by_library = decision_shape(engine.evaluate(given))

    file = tmp_path / "cost-limit.yaml"
    file.write_text(POLICY, "utf-8")
    with pytest.raises(SystemExit) as left:
        main(["policy", "evaluate", str(file), "--context", json.dumps(given), "--json"])
    by_command = json.loads(capsys.readouterr().out)

    async with called(tmp_path, POLICY) as (caller, gateway):
        _, answer = await ask(gateway, "/api/v1/evaluate", {"context": given})
        by_rest = answer["decision"]
        by_grpc = (await caller.evaluate(question(given), metadata=KNOWN)).decision

    for told in (by_library, by_command, by_rest):
        assert (told["effect"], told["reason"]) == (effect, by_grpc.reason)
        assert [each["rule"] for each in told["matched"]] == [each.rule for each in by_grpc.matched]
    assert pb.Effect.Name(by_grpc.effect) == f"EFFECT_{effect.upper()}"
    assert [each.rule for each in by_grpc.matched] == (["deny-expensive-models"] if effect == "deny" else [])
    assert left.value.code == (1 if effect == "deny" else 0)
