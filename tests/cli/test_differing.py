"""`yett policy diff` tells in what two sets of policies differ."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services.test_publishing import policy

HEAD = "metadata: {id: x}\nrules:\n"
LATE = HEAD + "- {id: a, when: request.hour > 20, action: {decision: deny}}\n"
LATER = HEAD + "- {id: a, when: request.hour > 21, action: {decision: deny}}\n"
SECRET = LATE + "- {id: t, when: \"llm.prompt.contains('xyz')\", action: {decision: deny}}\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name, text in (("late", LATE), ("later", LATER), ("secret", SECRET)):
        (tmp_path / f"{name}.yaml").write_text(text)


def test_policies_that_are_the_same_are_proved_to_be(yett: Run) -> None:
    ran = yett("policy", "diff", "late.yaml", "late.yaml")
    assert (ran.code, ran.out) == (0, "the rules are the same\nproved: A and B always decide the same\n")


def test_what_is_tightened_is_proved_with_facts_that_show_it(yett: Run) -> None:
    ran = yett("policy", "diff", "later.yaml", "late.yaml")
    assert ran.code == 1
    assert ran.out.splitlines()[:4] == [
        "~ x/a",
        "    condition: `request.hour` > `21` -> `request.hour` > `20`",
        "B allows nothing that A denies: proved",
        "B denies something that A allows",
    ]
    assert "A allows it, B denies it, at the stage `" in ran.out
    assert "    B: deny by x/a" in ran.out


def test_a_condition_on_text_is_told_in_words(yett: Run) -> None:
    assert 'says whether `llm.prompt` contains "xyz"' in yett("policy", "diff", "late.yaml", "secret.yaml").out


def test_trying_proves_nothing_and_says_so(yett: Run) -> None:
    ran = yett("policy", "diff", "late.yaml", "later.yaml", "--trying")
    assert ran.code == 1
    assert "examples of another decision; this is no proof" in ran.out
    same = yett("policy", "diff", "late.yaml", "late.yaml", "--trying")
    assert (same.code, same.out.splitlines()[1].endswith("no other decision was found; this is no proof")) == (0, True)


def test_programs_are_told_all_of_it(yett: Run) -> None:
    told = json.loads(yett("policy", "diff", "late.yaml", "later.yaml", "--json").out)
    assert told["proof"] == {"same": False, "tightens": False, "loosens": True}
    assert told["rules"][0]["parts"]["condition"]["before"] == "`request.hour` > `20`"
    (example,) = told["examples"]
    assert (example["kind"], example["before"]["allowed"], example["after"]["allowed"]) == (
        "denied-then-allowed",
        False,
        True,
    )
    tried = json.loads(yett("policy", "diff", "late.yaml", "later.yaml", "--json", "--trying").out)
    assert (tried["proof"], tried["tried"] > 0) == (None, True)


def test_releases_and_versions_are_compared(yett: Run, tmp_path: Path) -> None:
    for number in ("1", "2"):
        (tmp_path / f"p{number}.yaml").write_text(policy("p", number))
        yett("policy", "push", f"p{number}.yaml")
    assert yett("policy", "diff", "default#1", "default#2").code == 0
    assert yett("policy", "diff", "p@1", "p2.yaml").code == 0
    assert "there is no such release" in yett("policy", "diff", "default#7", "p@1").err
