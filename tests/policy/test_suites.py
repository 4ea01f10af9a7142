"""Suites: fixtures, matrices, a fixed clock, and what is wrong with them."""

import pytest

from yett.model.errors import OperatorError
from yett.policy.documents import Case
from yett.policy.parser import PolicyParser
from yett.policy.problems import Problems
from yett.policy.suites import Suite, read_suite

RULES = PolicyParser().parse_yaml("metadata: {id: p}\nrules: [{id: r, action: {decision: warn}}]\n").rules


def suite(text: str) -> Suite:
    problems = Problems()
    found = read_suite(text, "p_test.yaml", problems)
    problems.raise_any()
    assert found
    return found


def cases(text: str) -> tuple[Case, ...]:
    problems = Problems()
    found = suite(text).cases(RULES, problems)
    problems.raise_any()
    return found


def test_a_test_is_a_case_as_in_a_policy() -> None:
    (case,) = cases("tests: [{name: n, stage: response, given: {team.tier: free}, expect: {effect: warn, rules: [r]}}]")
    assert (case.name, case.stage, case.given, case.rules) == ("n", "response", {"team": {"tier": "free"}}, {"r"})
    (text,) = cases("tests: [{given: {text: hello, origin: tool}, expect: {allowed: true}}]")
    assert (text.text, text.origin, text.stage) == ("hello", "tool", "tool")


def test_fixtures_are_put_together_and_the_test_wins() -> None:
    (case,) = cases(
        "fixtures: {free: {team.tier: free, llm.model: a}, big: {llm.model: b, llm.maxTokens: 9}}\n"
        "tests: [{use: [free, big], given: {llm.maxTokens: 1}, expect: {allowed: true}}]"
    )
    assert case.given == {"team": {"tier": "free"}, "llm": {"model": "b", "maxTokens": 1}}


def test_a_matrix_is_every_combination_with_typed_values() -> None:
    found = cases(
        "tests:\n  - name: ${model} at ${tokens}\n    matrix: {model: [a, b], tokens: [1, 2]}\n"
        "    given: {llm: {model: '${model}', maxTokens: '${tokens}'}, metadata.note: 'about ${tokens}'}\n"
        "    expect:\n      - {where: {model: a, tokens: [2, 3]}, effect: warn}\n      - {effect: deny}\n"
    )
    assert [case.name for case in found] == ["a at 1", "a at 2", "b at 1", "b at 2"]
    assert [case.given["llm"]["maxTokens"] for case in found] == [1, 2, 1, 2]  # type: ignore[index]
    assert found[0].given["metadata"] == {"note": "about 1"}
    assert [case.effect for case in found] == ["deny", "warn", "deny", "deny"]


@pytest.mark.parametrize(
    ("given", "date", "hour"),
    [
        ("team.tier: x", 20270115, 22),
        ("request.hour: 3", 20270115, 3),
        ("request: {date: 20300101}", 20300101, 22),
    ],
)
def test_the_clock_stands_where_it_is_set_unless_a_test_states_it(given: str, date: int, hour: int) -> None:
    (case,) = cases(f"now: 2027-01-15T23:30:00+01:00\ntests: [{{given: {{{given}}}, expect: {{allowed: true}}}}]")
    request = case.given["request"]
    assert isinstance(request, dict)
    assert (request["date"], request["hour"]) == (date, hour)


TEST = "expect: {allowed: true}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("test: []", "p_test.yaml:1:1: unknown key `test` in a suite; did you mean `tests`?"),
        ("{}", "a suite has no `tests`"),
        ("tests: []\n---\ntests: []", "there is more than one suite here"),
        ("tests: []\nnow: yesterday", "`now` must be a moment; such as `2027-01-15T10:00:00Z`"),
        ("tests: []\nnow: 2027-01-15T10:00:00", "`now` must be a moment"),
        ("tests: []\nfixtures: [a]", "`fixtures` must map names to facts"),
        ("tests: []\nfixtures: {a: 1}", "the fixture `a` must be a mapping of facts"),
        (f"tests: [{{{TEST}}}]", "a test has no `given`; state facts, or `use` a fixture"),
        (f"tests: [{{given: 1, {TEST}}}]", "`given` must be a mapping"),
        (f"fixtures: {{free: {{}}}}\ntests: [{{use: [fre], {TEST}}}]", "there is no fixture `fre`; did you mean `free`?"),
        (f"tests: [{{given: {{llm.modle: a}}, {TEST}}}]", "unknown field `llm.modle`; did you mean `llm.model`?"),
        ("tests: [{given: {}, expect: {rules: [rr]}}]", "there is no rule `rr`"),
        (f"tests: [{{given: {{llm.model: '${{modle}}'}}, matrix: {{model: [a]}}, {TEST}}}]", "the matrix has no `modle`; did you mean `model`?"),
        (f"tests: [{{given: {{}}, matrix: [a], {TEST}}}]", "`matrix` must map names to lists of values"),
        (f"tests: [{{given: {{}}, matrix: {{a: []}}, {TEST}}}]", "`a` of a matrix must be a list of single values"),
        ("tests: [{given: {}, matrix: {a: [1]}, expect: [{where: {b: 1}, effect: deny}]}]", "the matrix has no `b`"),
        ("tests: [{given: {}, matrix: {a: [1]}, expect: [{where: {a: 2}, effect: deny}]}]", "nothing is expected of a `1`; end with one without `where`"),
        ("tests: [{given: {}, matrix: {a: [1]}, expect: [{where: 1, effect: deny}]}]", "`where` must map names of the matrix to values"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_cure(text: str, message: str) -> None:
    with pytest.raises(OperatorError) as error:
        cases(text)
    assert message in str(error.value)


def test_a_matrix_that_explodes_is_refused() -> None:
    axis = list(range(101))
    with pytest.raises(OperatorError, match="more than 10000 cases"):
        cases(f"tests: [{{given: {{}}, matrix: {{a: {axis}, b: {axis}}}, {TEST}}}]")
