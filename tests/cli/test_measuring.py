"""`yett policy bench` measures, and notices an engine that decides otherwise than it should."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from yett.model.decision import Decision, Effect
from yett.policy import telling

POLICY = """\
metadata: {id: cost}
rules:
  - {id: too-dear, when: llm.estimatedCost > 1.0 && team.tier == "free", action: {decision: deny, reason: too dear}}
  - {id: odd, when: 'metadata.a == 1 || metadata.a.b == 2 || !("x" in user.roles)', action: {decision: warn}}
  - {id: said, when: 'response.text.contains("x")', action: {decision: warn}}
"""


@pytest.fixture(autouse=True)
def policy(tmp_path: Path) -> None:
    (tmp_path / "cost.yaml").write_text(POLICY)


def test_each_stage_that_has_rules_is_measured(yett: Run) -> None:
    code, out, _ = yett("policy", "bench", "cost.yaml", "--seconds", "0.01", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["load_ms"] > 0
    assert {stage["stage"]: stage["rules"] for stage in told["stages"]} == {
        "request": 2,
        "context": 1,
        "tool": 1,
        "response": 2,
    }
    for stage in told["stages"]:
        assert stage["disagreements"] == 0
        assert min(stage[f"{what}_per_second"] for what in ("evaluations", "recorded", "interpreter")) > 0
        assert 0 < stage["p50_us"] <= stage["p99_us"]


def test_one_stage_is_measured_where_it_is_named(yett: Run) -> None:
    code, out, _ = yett("policy", "bench", "cost.yaml", "--seconds", "0.01", "--stage", "request")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["STAGE", "request"]


def test_an_engine_that_decides_otherwise_is_noticed(yett: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "combine", lambda matched, revision: Decision(allowed=True, effect=Effect.LIMIT))
    assert yett("policy", "bench", "cost.yaml", "--seconds", "0.01").code == 1
