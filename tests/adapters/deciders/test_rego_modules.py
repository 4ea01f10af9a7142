"""Files of Rego are looked at before they decide: what they may not call is refused, with its place."""

import sys

import pytest

from yett.adapters.deciders import rego_modules
from yett.adapters.deciders.rego_modules import ALLOWED, checked
from yett.model.errors import OperatorError

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)


def problems(*texts: str) -> list[tuple[str, str]]:
    try:
        checked({f"{number}.rego": text for number, text in enumerate(texts)}, ["g/deny"])
    except OperatorError as error:
        return [(str(problem.place), problem.code) for problem in error.problems]
    return []


def test_what_reckons_with_what_it_is_given_is_taken() -> None:
    text = """package g

import rego.v1

default deny := false

deny if {
    some role in input.user.roles
    regex.match(`^adm`, lower(role))
    count(input.list) > 5 % 3
    sprintf("%v", [sum([x | some x in input.list])]) == trim("x", " ")
    object.get(input, ["a", "b"], 1) in {1, 2} | {3}
    not startswith(input.model, "gpt-4")
    {y | some y in numbers.range(1, 3)} & {1} != set()
    {k: v | some k, v in input.user} != {}
    semver.compare("1.0.0", "1.0.1") < 0
    every z in input.list { is_number(z); round(z) == abs(z) }
    ready with input.x as 1
}

ready if input.x == 1
"""
    assert problems(text) == []


@pytest.mark.parametrize(
    "call",
    [
        "opa.runtime()",
        "time.now_ns()",
        'http.send({"method": "GET", "url": "http://192.0.2.1"})',
        'net.lookup_ip_addr("example.com")',
        'net.cidr_contains("10.0.0.0/8", "10.0.0.1")',
        'rand.intn("x", 5)',
        'uuid.rfc4122("x")',
        'print("x")',
        'trace("x")',
        "rego.metadata.rule()",
        'io.jwt.decode("x")',
        "nothing_of_that_name(1)",
    ],
)
def test_what_may_not_be_called_is_refused_wherever_it_stands(call: str) -> None:
    inside = f"package g\n\nimport rego.v1\n\nf(x) if {{\n    x != {call}\n}}\n\ndeny if f(1)\n"
    found = problems("package g\n\nready := true\n", inside)
    assert [code for _, code in found] == ["rego-call"] or found[0][1] == "bad-rego"
    assert found[0][0].startswith("1.rego:")


def test_a_comparison_within_an_expression_is_refused_with_the_cure() -> None:
    with pytest.raises(
        OperatorError, match=r"g.rego:3:18: a comparison within .*; give it a name first: .* \[rego-comp"
    ):
        checked({"g.rego": "package g\n\ndeny if true in [1 == 2, 1 == 1]\n"}, ["g/deny"])
    assert problems("package g\n\ndeny if { same := 1 == 2; true in [same, 1 == 1] }\n") == [
        ("0.rego:3:42", "rego-comparison")
    ]


def test_what_is_no_rego_is_told_with_its_place() -> None:
    assert problems("package g\n\nready := true\n", "package g\n\ndeny if {\n") == [("1.rego:3:9", "bad-rego")]


def test_where_the_library_is_missing_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys; sys.modules['regopy'] = None; import runpy; runpy.run_path(sys.argv[1], run_name='__main__')"
    monkeypatch.setattr(rego_modules, "COMMAND", (sys.executable, "-I", "-c", program, rego_modules.COMMAND[2]))
    with pytest.raises(OperatorError, match=r"needs regopy; `pip install 'yett\[rego\]'` \[not-installed\]"):
        checked({"g.rego": "package g\n"}, ["g/deny"])


@pytest.mark.parametrize("program", ["import sys; sys.exit(3)", "print('no JSON')", "import time; time.sleep(9)"])
def test_a_process_that_does_not_answer_refuses(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rego_modules, "COMMAND", (sys.executable, "-I", "-c", program))
    monkeypatch.setattr(rego_modules, "_PATIENCE", 0.5)
    assert problems("package g\n") == [("0.rego", "bad-rego")]


def test_what_takes_too_long_to_compile_is_refused_for_that_and_what_is_taken_has_longer_to_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert rego_modules._PATIENCE < rego_modules.START
    monkeypatch.setattr(rego_modules, "_PATIENCE", 0.5)
    deep = f"package g\n\ndeny if input.x == {'[' * 3000}{']' * 3000}\n"
    with pytest.raises(OperatorError, match=r"longer than 0\.5 seconds to compile; write fewer"):
        checked({"g.rego": deep}, ["g/deny"])


def test_no_name_is_on_the_list_that_asks_the_world() -> None:
    outside = ("http.", "net.", "opa.", "rand.", "uuid.", "io.", "rego.", "providers.", "internal.print", "trace")
    assert not [name for name in ALLOWED if name.startswith(outside) or name == "time.now_ns"]
