"""`yett config` says what the configuration says."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

KEY = "sk-0123456789abcdef-not-a-credential"


def test_nothing_is_a_configuration(yett: Run) -> None:
    assert yett("config", "check") == (0, "the configuration holds (no file, only defaults and variables)\n", "")


def test_what_has_no_effect_is_told(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "yett.yaml").write_text("llm_providers: {anthropic: {model: claude}}")
    code, out, err = yett("config", "check")
    assert code == 0
    assert "holds (yett.yaml)" in out
    assert "yett.yaml:1:17: `llm_providers.anthropic` is left out" in err
    assert {notice["code"] for notice in json.loads(yett("config", "check", "--json").out)["notices"]} == {
        "no-effect",
        "no-access",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sever: {}\nlogging: {level: LOUD}", ["yett.yaml:1:1: unknown key `sever`; did you mean `server`?", "yett.yaml:2:11"]),
        ("a: [1", ["yett.yaml:", "[syntax]"]),
        ("policies: {files: [nowhere.yaml]}", ["nowhere.yaml: cannot be read: no such file"]),
        ("policies: {files: [yett.yaml]}", ["yett.yaml:1:1: unknown key `policies` in a policy"]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told_with_its_place(
    yett: Run, tmp_path: Path, text: str, words: list[str]
) -> None:
    (tmp_path / "yett.yaml").write_text(text)
    code, out, err = yett("config", "check")
    assert (code, out) == (2, "")
    assert [word for word in words if word not in err] == []


def test_a_policy_whose_own_tests_fail_does_not_hold(yett: Run, tmp_path: Path) -> None:
    rule = "{id: never, condition: {operator: gt, field: llm.maxTokens, value: 1}, action: {decision: deny}}"
    case = "{name: few tokens, given: {llm: {maxTokens: 1}}, expect: {decision: deny}}"
    policy = f"metadata: {{id: strange, name: Strange, version: 1.0.0}}\nrules: [{rule}]\ntests: [{case}]\n"
    (tmp_path / "strange.yaml").write_text(policy)
    (tmp_path / "yett.yaml").write_text("policies: {files: [strange.yaml]}")
    code, out, err = yett("config", "check")
    assert (code, out) == (2, "")
    assert "strange.yaml:3:9: `few tokens` failed" in err


def test_a_named_file_is_the_one_that_counts(yett: Run, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("app_name: other")
    code, out, _ = yett("config", "show", "--config", "other.yaml")
    assert code == 0
    assert "app_name: other" in out


def test_no_secret_is_shown(yett: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\n")
    text, shape = yett("config", "show").out, yett("config", "show", "--json").out
    assert KEY not in text + shape
    assert json.loads(shape)["llm_providers"]["openai"]["api_key"] == "**********"


def test_the_schema_is_json(yett: Run) -> None:
    assert "server" in json.loads(yett("config", "schema").out)["properties"]
