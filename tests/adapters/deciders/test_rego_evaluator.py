"""The program that evaluates Rego answers in order, tells what rules call, and where the engine reads otherwise."""

import json
import subprocess
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

from yett.adapters.deciders.rego_modules import COMMAND, loading

HEAD = "package g\n\nimport rego.v1\n\n"


def served(text: str, *questions: dict[str, object]) -> list[dict[str, object]]:
    """Run the program; some rules abort the library, and the process with it."""
    lines = [loading({"g.rego": text}, ["g/deny"]), *(json.dumps(each).encode() + b"\n" for each in questions)]
    run = subprocess.run(COMMAND, input=b"".join(lines), capture_output=True, env={}, timeout=60, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("deny if input.x", True),
        ("default deny := false", False),
        ("deny if input.y", "undefined"),
        ("deny := 5", "not-boolean"),
        ("deny := null", "not-boolean"),
        ('deny contains "x"', "not-boolean"),
        ("deny if 1 / 0 == 1", "failed"),
        ('deny if net.cidr_contains("10.0.0.0/8", "10.0.0.1")', "failed"),
        ("deny if nothing_of_that_name(1)", "failed"),
        ("deny := true if input.x\n\ndeny := false if input.x", "failed"),
    ],
)
def test_it_tells_what_stands_at_the_path(body: str, told: object) -> None:
    _, *answers = served(HEAD + body, *({"id": at, "path": "g/deny", "input": {"x": True}} for at in (7, 9)))
    assert answers == [{"id": 7, "told": told}, {"id": 9, "told": told}]


def test_it_tells_what_is_called_and_where() -> None:
    (told,) = served(f"{HEAD}deny if f(time.now_ns())\n\nf(x) if startswith(x, opa.runtime().a)\n")
    assert sorted(told["calls"]) == [  # type: ignore[call-overload]
        ["opa.runtime", "g.rego", 7, 23],
        ["startswith", "g.rego", 7, 9],
        ["time.now_ns", "g.rego", 5, 11],
    ]


def test_it_tells_what_is_no_rego() -> None:
    (told,) = served("package g\n\ndeny if {")
    assert "g.rego" in str(told["wrong"])


WELL = """input.a == 1
not input.a == 2
{ input.a == 1; input.b == 2 }
{ x := 1 == 2; x == false }
input.b[_] == "x"
{ some x in input.b; x == "x" }
{ every x in input.b { x == "x" } }
[x | x := input.b[_]; x == "x"][0] == "x"
count([1 < 2]) == 1
{ x := true in [1 == 2, 1 == 1]; x }
input.a == 1 with input.a as 2"""
CAPTURED = """true in [1 == 2, 1 == 1]
f(1 == 2)
not f(1 == 2)
{"a": 1 == 2}.a == false
count([1 == 2]) == 1
(1 == 2) == false"""


@pytest.mark.parametrize("body", WELL.splitlines())
def test_a_condition_is_no_comparison_within_an_expression(body: str) -> None:
    (told,) = served(f"{HEAD}f(x) if x == false\n\ndeny if {body}")
    assert told["captured"] == []


@pytest.mark.parametrize("body", CAPTURED.splitlines())
def test_where_the_engine_takes_a_comparison_within_an_expression_for_a_condition_is_told(body: str) -> None:
    (told,) = served(f"{HEAD}f(x) if x == false\n\ndeny if {body}")
    where = told["captured"]
    assert isinstance(where, list)
    assert {tuple(each[:2]) for each in where} == {("g.rego", 7)}


def test_what_rules_and_libraries_print_is_no_answer() -> None:
    lines = loading({"g.rego": f'{HEAD}deny if print("{{}}")'}, ["g/deny"]) + b'{"id":1,"path":"g/deny","input":{}}\n'
    run = subprocess.run(COMMAND, input=lines, capture_output=True, env={}, timeout=60, check=True)
    assert [sorted(json.loads(line)) for line in run.stdout.splitlines()] == [["calls", "captured"], ["id", "told"]]
    assert run.stderr == b""
