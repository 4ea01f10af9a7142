"""Every engine and every transport answers the cases of `conformance/evaluate.yaml` alike."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import CASES, GROUPS, Case, Group, differs
from tests.doors.grpc.caller import KNOWN, called, question
from tests.doors.rest.asked import ask, point
from yett.cli.app import main
from yett.compose.engine import PolicyEngine
from yett.doors.grpc import policy_pb2 as pb
from yett.model.stage import Stage
from yett.policy.contexts import stage_of
from yett.policy.interpreter import decide, lookup
from yett.policy.parser import PolicyParser
from yett.services.shapes import decision_shape


def _stage(case: Case) -> Stage:
    return Stage(case.stage) if case.stage else stage_of(case.given)


def _split(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give away one part of the facts before the rest: each in turn, and everything."""
    yield from ({name: part} for name, part in given.items())
    yield given


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_engine_answers_alike(group: Group) -> None:
    engine = PolicyEngine(PolicyParser().parse_all(group.policy))
    program = engine.program
    for case in group.cases:
        stage, given = _stage(case), case.given
        clauses = [clause for clause in program.clauses if stage in clause.stages]
        decisions = {
            "the library": engine.evaluate(given, case.stage),
            "what explains": engine.explain(given, case.stage).decision,
        }
        # These know what they are given.
        knowing = {
            "the interpreter": decide(clauses, lambda field, given=given: lookup(given, field), program.revision),  # type: ignore[misc]
            "the compiled program": program.decide_known(stage, given),
            **{
                f"the program that knows {sorted(known)}": program.specialised(known).decide_known(stage, given)
                for known in _split(given)
            },
        }
        decisions |= {} if group.finds else knowing
        wrong = {name: found for name, each in decisions.items() if (found := differs(case, decision_shape(each)))}
        assert wrong == {}, given


def test_the_command_line_answers_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for group in GROUPS:
        file = tmp_path / "policy.yaml"
        file.write_text(group.policy, "utf-8")
        for case in group.cases:
            stage = ["--stage", case.stage] if case.stage else []
            asked = ["policy", "evaluate", str(file), "--context", json.dumps(case.given), "--json", *stage]
            with pytest.raises(SystemExit) as left:
                main(asked)
            assert differs(case, json.loads(capsys.readouterr().out)) == {}, (group.name, case.given)
            assert left.value.code == (1 if case.effect == "deny" else 0)


async def test_the_decision_api_and_the_data_api_of_opa_answer_alike(tmp_path: Path) -> None:
    async with point(tmp_path, "\n---\n".join(group.policy for group in GROUPS)) as gateway:
        for at, (group, case) in enumerate(CASES):
            stage = {"stage": case.stage} if case.stage else {}
            question = {"context": case.given, "namespace": group.namespace, **stage}
            status, told = await ask(gateway, "/api/v1/evaluate", question)
            assert (status, differs(case, told["decision"])) == (200, {}), (group.name, case.given)
            if stage or at % 3:  # each takes a connection; that path has no stage
                continue
            status, told = await ask(gateway, f"/v1/data/{group.namespace}", {"input": case.given})
            assert (status, differs(case, told["result"]["decision"])) == (200, {}), (group.name, case.given)
            assert told["result"]["deny"] is (case.effect == "deny")


async def test_grpc_answers_alike(tmp_path: Path) -> None:
    async with called(tmp_path, "\n---\n".join(group.policy for group in GROUPS)) as (caller, _):
        for group, case in CASES:
            stage = {"stage": pb.Stage.Value(f"STAGE_{case.stage.upper()}")} if case.stage else {}
            asked = question(case.given, namespace=group.namespace, **stage)
            told = (await caller.evaluate(asked, metadata=KNOWN)).decision
            found = {
                "effect": pb.Effect.Name(told.effect).removeprefix("EFFECT_").lower(),
                "allowed": told.allowed,
                "reason": told.reason,
                "matched": [{"rule": each.rule, "unknown": list(each.unknown)} for each in told.matched],
                "obligations": [{}] * len(told.obligations),
            }
            owed = None if case.obligations is None else [{}] * len(case.obligations)
            assert differs(case._replace(obligations=owed), found) == {}, (group.name, case.given)


def test_a_difference_is_seen() -> None:
    case = Case({}, "deny", ["it"], [], [], "no")
    matched = [{"rule": "it", "unknown": []}]
    right = {"effect": "deny", "allowed": False, "matched": matched, "obligations": [], "reason": "no"}
    assert differs(case, right) == {}
    for change in (
        {"effect": "allow", "allowed": True},
        {"allowed": True},
        {"matched": []},
        {"matched": [{"rule": "it", "unknown": ["team.tier"]}]},
        {"obligations": [{"type": "cap"}]},
        {"reason": "yes"},
    ):
        assert differs(case, right | change) != {}
