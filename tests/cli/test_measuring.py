"""`yett policy bench` measures, beside others where there are any, and notices an engine that decides otherwise than it should."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from yett.compose import contest
from yett.compose.contest import PEERS
from yett.model.decision import Decision, Effect
from yett.policy import telling

REGO = [peer for peer in PEERS if peer.name == "regopy"]

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


@pytest.fixture
def only_rego(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know of two peers, whatever is installed here."""
    if not all(peer.installed for peer in REGO):
        pytest.skip("regopy is installed for tests on Linux")
    nobody = replace(REGO[0], name="nobody", package="nobody_of_that_name", install="pip install nobody")
    monkeypatch.setattr(contest, "PEERS", (*REGO, nobody))


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


def test_other_engines_are_asked_the_same_rules(yett: Run, only_rego: None) -> None:
    code, out, _ = yett("policy", "bench", "cost.yaml", "--stage", "request", "--peers", "--seconds", "0.02", "--json")
    told = json.loads(out)
    assert code == 0
    assert [stage["stage"] for stage in told["stages"]] == ["request"]
    assert [(each["engine"], each["rules"], each["of"]) for each in told["engines"]] == [
        ("yett", 2, 2),
        ("yett's specification", 2, 2),
        ("regopy", 2, 2),
    ]
    assert {each["engine"]: each["install"] for each in told["missing"]} == {"nobody": "pip install nobody"}


def test_the_standard_workload_is_measured_where_there_are_no_files(yett: Run, only_rego: None) -> None:
    code, out, _ = yett("policy", "bench", "--rules", "3,10", "--seconds", "0.02")
    *rows, last = out.splitlines()
    assert code == 0
    assert [row.split()[1] for row in rows[1:]] == ["3", "3", "3", "10", "10", "10"]
    assert [row for row in rows if "regopy" in row and row.split()[-1].startswith("0/")] == []
    assert last == "not installed: nobody (`pip install nobody`)"


def test_others_may_be_left_out(yett: Run, only_rego: None) -> None:
    code, out, _ = yett("policy", "bench", "--rules", "3", "--seconds", "0.01", "--no-peers", "--json")
    told = json.loads(out)
    assert code == 0
    assert [each["engine"] for each in told["engines"]] == ["yett", "yett's specification"]
    assert told["missing"] == []
    assert "stages" not in told


def test_what_cannot_be_told_is_named_with_why(yett: Run, tmp_path: Path, only_rego: None) -> None:
    (tmp_path / "near.yaml").write_text(
        "metadata: {id: near}\nrules:\n"
        "  - {id: lan, condition: {operator: cidr, field: metadata.ip, value: 10.0.0.0/8}, action: {decision: warn}}\n"
        "  - {id: dear, when: llm.estimatedCost > 1.0, action: {decision: warn}}\n"
    )
    code, out, _ = yett("policy", "bench", "near.yaml", "--stage", "request", "--peers", "--seconds", "0.01")
    assert code == 0
    assert "1 of 2  regopy" in out
    assert "regopy was not asked `lan`: Rego has nothing for `cidr`" in out.splitlines()
    code, out, _ = yett("policy", "bench", "near.yaml", "--stage", "context", "--peers", "--seconds", "0.01")
    assert code == 0
    assert "regopy was not measured at `context`: none of the rules can be told in its language" in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["cost.yaml", "--rules", "10"], "`--rules` is for the standard workload"),
        (["--stage", "request"], "`--stage` is for policies in FILE"),
        (["--rules", "ten"], "`ten` are no numbers"),
        (["--rules", "0"], "`0` are no numbers"),
        (["--rules", ""], "`` are no numbers"),
    ],
)
def test_what_makes_no_sense_together_is_refused(yett: Run, arguments: list[str], why: str) -> None:
    ran = yett("policy", "bench", *arguments)
    assert ran.code == 2
    assert why in ran.err
