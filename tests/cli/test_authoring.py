"""`yett policy` for those who write policies."""

import json
from pathlib import Path

from tests.cli.conftest import Run

UNTIDY = "rules: [{action: {decision: deny}, id: r}]  # all\nmetadata: {id: x}\n"
TIDY = "# all\napiVersion: yett/v1\nmetadata: {id: x}\nrules:\n  - id: r\n    action: {decision: deny}\n"


def test_the_canonical_form_is_written_once(yett: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(UNTIDY)
    assert yett("policy", "fmt", "--check", "x.yaml").code == 1
    assert file.read_text() == UNTIDY
    ran = yett("policy", "fmt", "x.yaml")
    assert (ran.code, ran.out) == (0, "x.yaml\n")
    assert file.read_text() == TIDY
    ran = yett("policy", "fmt", "--check", "x.yaml")
    assert (ran.code, ran.out) == (0, "")


def test_nothing_is_written_unless_everything_can_be_read(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(UNTIDY)
    (tmp_path / "y.yaml").write_text("a: [")
    (tmp_path / "z.yaml").write_bytes(b"\xff")
    code, out, err = yett("policy", "fmt", "x.yaml", "y.yaml", "z.yaml")
    assert (code, out) == (2, "")
    assert "y.yaml:" in err
    assert err.count("z.yaml") == 1
    assert "z.yaml:1:1: is not UTF-8" in err
    assert (tmp_path / "x.yaml").read_text() == UNTIDY


def test_what_is_no_policy_stays_as_it_is(yett: Run, tmp_path: Path) -> None:
    others = {"compose.yaml": "services: {b: 1, a: 2}\n", "package.json": '{"b": 1, "a": 2}', "notes.txt": "hello"}
    for name, text in others.items():
        (tmp_path / name).write_text(text)
        code, out, err = yett("policy", "fmt", name)
        assert (code, out, "[no-rules]" in err, (tmp_path / name).read_text()) == (2, "", True, text)
    suite = "tests: [{expect: {effect: allow}, given: {}}]\n"
    (tmp_path / "x_test.yaml").write_text(suite)
    (tmp_path / "x.yaml").write_text(UNTIDY)
    assert yett("policy", "fmt", "x.yaml", "x_test.yaml").out == "x.yaml\n"
    assert (tmp_path / "x_test.yaml").read_text() == suite


def test_the_schema_is_json(yett: Run) -> None:
    ran = yett("policy", "schema")
    assert (ran.code, json.loads(ran.out)["required"]) == (0, ["metadata", "rules"])


def test_what_cannot_be_understood_is_told_in_the_form_that_was_asked_for(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "y.yaml").write_text("metadata: {id: y}\nrules: [{id: r, actoin: {}, action: {decision: dney}}]")
    ran = yett("policy", "lint", "y.yaml", "--sarif")
    (run,) = json.loads(ran.out)["runs"]
    assert (ran.code, ran.err) == (2, "")
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("unknown-key", "error"),
        ("wrong-value", "error"),
    ]
    assert [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]] == [2, 2]


def test_oddities_are_told_with_their_weight(yett: Run, tmp_path: Path) -> None:
    rules = "rules: [{id: r, action: {decision: deny}, expires: 2020-01-01}, {id: s, when: injection.score > 0.5, action: {decision: deny}}]"
    (tmp_path / "x.yaml").write_text(f"metadata: {{id: x}}\n{rules}\n")
    ran = yett("policy", "lint", "x.yaml")
    assert ran.code == 1
    assert ran.out.startswith("warning: x.yaml:2:9: the rule `r` expired on 2020-01-01")
    assert "note: x.yaml:2:65: the rule `s` needs a classifier" in ran.out
    assert [each["level"] for each in json.loads(yett("policy", "lint", "x.yaml", "--json").out)] == ["warning", "note"]
    assert len(json.loads(yett("policy", "lint", "x.yaml", "--sarif").out)["runs"][0]["results"]) == 2
    (tmp_path / "x.yaml").write_text(
        "metadata: {id: x}\nrules: [{id: r, when: team.tier == 'a', action: {decision: deny}}]\n"
    )
    assert yett("policy", "lint", "x.yaml").code == 0


def test_what_several_rules_do_together_is_proved_on_demand(yett: Run, tmp_path: Path) -> None:
    rules = ("request.hour < 12", "request.hour >= 12", "request.hour > 3")
    listed = ", ".join(f"{{id: r{n}, when: {when}, action: {{decision: deny}}}}" for n, when in enumerate(rules))
    (tmp_path / "x.yaml").write_text(f"metadata: {{id: x}}\nrules: [{listed}]\n")
    assert yett("policy", "lint", "x.yaml").code == 0
    ran = yett("policy", "lint", "--prove", "x.yaml")
    assert ran.code == 1
    assert "the rule `r2` changes no decision; beside `r0`, `r1`, remove it [idle]" in ran.out
