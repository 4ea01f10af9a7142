"""`yett policy explain` says why."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

POLICY = """\
metadata: {id: cost}
rules:
  - {id: too-dear, when: llm.estimatedCost > 1.0 && team.tier == "free", action: {decision: deny, reason: too dear}}
  - {id: warned, when: llm.maxTokens > 100, action: {decision: warn}}
"""


@pytest.fixture(autouse=True)
def policy(tmp_path: Path) -> None:
    (tmp_path / "cost.yaml").write_text(POLICY)


def test_the_tree_what_was_missed_and_what_would_turn_it_are_told(yett: Run) -> None:
    facts = {"llm": {"estimatedCost": 2.5, "maxTokens": 5}, "team": {"tier": "free"}}
    code, out, _ = yett("policy", "explain", "cost.yaml", "--context", json.dumps(facts))
    assert code == 1
    assert out.splitlines() == [
        "deny: too dear",
        "  cost/too-dear (deny) matches",
        "    true: all",
        '      true: `team.tier` is `free` (it is "free")',
        "      true: `llm.estimatedCost` > `1.0` (it is 2.5)",
        "  cost/warned (warn) does not match",
        "    false: `llm.maxTokens` > `100` (it is 5)",
        "why not cost/warned: it misses `llm.maxTokens` > `100`",
        "it would be allowed if not: `team.tier` is `free`",
    ]


def test_the_same_as_json(yett: Run) -> None:
    told = json.loads(yett("policy", "explain", "cost.yaml", "--context", "{}", "--json").out)
    assert told["decision"]["effect"] == "deny"
    assert told["rules"][0]["tree"]["truth"] is None
    assert told["what_if"]
