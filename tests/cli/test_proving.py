"""`yett policy test` says what the tests say, and what they leave open."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.cli.conftest import Run

POLICY = """\
metadata: {id: cap}
rules: [{id: cap, when: llm.maxTokens > 10, action: {decision: deny}}]
tests: [{name: over, given: {llm.maxTokens: %s}, expect: {effect: deny}}]
"""
SUITE = "tests: [{name: edge, given: {llm.maxTokens: 10}, expect: {effect: allow}}]\n"


@pytest.fixture
def cap(tmp_path: Path) -> Path:
    file = tmp_path / "cap.yaml"
    file.write_text(POLICY % 11)
    return file


def test_what_passes_and_what_is_open_is_told(yett: Run, cap: Path) -> None:
    ran = yett("policy", "test", "cap.yaml", "--coverage", "--mutation")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "TESTED  PASSED  FAILED  SKIPPED",
        "cap     1       0       0",
        "coverage: 66 % of what conditions should be seen to be",
        "  cap/cap: `llm.maxTokens` > `10` is never false",
        "mutants: 3 of 4 noticed (75 %)",
        "  cap/cap: `llm.maxTokens` >= `10` in place of `llm.maxTokens` > `10`",
    ]


def test_a_failure_is_told_with_its_place(yett: Run, cap: Path) -> None:
    cap.write_text(POLICY % 10)
    ran = yett("policy", "test", "cap.yaml")
    assert (ran.code, ran.err) == (
        1,
        "cap.yaml:3:9: `over` failed: expected `deny`, got `allow` [failed-test]\n",
    )


@pytest.mark.parametrize(
    ("least", "code"),
    [
        (("--min-coverage", "66"), 0),
        (("--min-coverage", "67"), 1),
        (("--min-mutation", "75"), 0),
        (("--min-mutation", "76"), 1),
        (("--min-coverage", "101"), 2),
    ],
)
def test_too_little_testing_fails_where_it_is_asked_for(
    yett: Run, cap: Path, least: tuple[str, ...], code: int
) -> None:
    assert yett("policy", "test", ".", *least).code == code


def test_everything_is_there_as_json(yett: Run, cap: Path) -> None:
    told = json.loads(yett("policy", "test", ".", "--json", "--mutation").out)
    assert told["tested"] == [{"name": "cap", "passed": 1, "failed": 0, "skipped": 0}]
    assert told["coverage"]["missing"][0]["missing"] == ["never false"]
    assert (told["mutants"]["made"], len(told["mutants"]["living"]), told["problems"]) == (4, 1, [])


def test_a_junit_report_is_written(yett: Run, cap: Path, tmp_path: Path) -> None:
    assert yett("policy", "test", ".", "--junit", "report.xml").code == 0
    assert ET.parse(tmp_path / "report.xml").getroot().attrib["tests"] == "1"


def test_what_is_generated_can_be_run(yett: Run, cap: Path, tmp_path: Path) -> None:
    (tmp_path / "cap_test.yaml").write_text(yett("policy", "test", "cap.yaml", "--generate").out)
    ran = yett("policy", "test", "cap.yaml", "--min-coverage", "100", "--min-mutation", "100")
    assert (ran.code, ran.err) == (0, "")
    (tmp_path / "cap_test.yaml").write_text(SUITE)
    assert yett("policy", "test", "cap.yaml", "--generate").out == "# every edge has its test\n"


def test_what_cannot_be_understood_is_a_mistake_of_use(yett: Run, cap: Path, tmp_path: Path) -> None:
    (tmp_path / "cap_test.yaml").write_text("tests: [{use: [x], expect: {allowed: true}}]")
    ran = yett("policy", "test", "cap.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no fixture `x`" in ran.err
    assert yett("policy", "test", "nowhere.yaml").code == 2


def test_a_name_that_no_test_has_is_a_mistake_of_use(yett: Run, cap: Path) -> None:
    ran = yett("policy", "test", "cap.yaml", "--only", "nothing like it")
    assert (ran.code, ran.out) == (2, "")
    assert "no test has a name with `nothing like it` in it" in ran.err


def test_proposals_may_be_had_as_json(yett: Run, cap: Path) -> None:
    told = json.loads(yett("policy", "test", "cap.yaml", "--generate", "--json").out)
    written = yaml.safe_load(yett("policy", "test", "cap.yaml", "--generate").out)["tests"]
    assert told
    assert told == written


def test_what_a_suite_tests_is_watched_wherever_it_lies(cap: Path, tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    suite = tmp_path / "suites" / "far_test.yaml"
    suite.write_text("policies: [../cap.yaml]\ntests: [{given: {llm.maxTokens: 15}, expect: {decision: deny}}]")
    command = [sys.executable, "-m", "yett", "policy", "test", str(suite), "--watch"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as watching:
        assert watching.stdout
        lines = iter(watching.stdout.readline, "")
        assert next(line for line in lines if "far_test" in line).split()[1:] == ["1", "0", "0"]
        next(lines)
        cap.write_text((POLICY % 25).replace("> 10", "> 20"))
        assert next(line for line in lines if "far_test" in line).split()[1:] == ["0", "1", "0"]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 130


def test_watching_runs_again_when_a_file_changes_and_ends_when_interrupted(cap: Path) -> None:
    command = [sys.executable, "-m", "yett", "policy", "test", str(cap), "--watch"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as watching:
        assert watching.stdout
        lines = iter(watching.stdout.readline, "")
        assert next(line for line in lines if line.startswith("cap ")).split() == ["cap", "1", "0", "0"]
        next(lines)
        cap.write_text(POLICY % 9)
        assert next(line for line in lines if line.startswith("cap ")).split() == ["cap", "0", "1", "0"]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 130
