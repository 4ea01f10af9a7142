"""A policy whose own cases fail does not come into force, and it is said where they stand."""

from functools import cache

import pytest

from yett.compose.detectors import Detectors
from yett.compose.trial import facts_by, try_cases
from yett.detectors.catalogue import built
from yett.detectors.rules import shipped
from yett.model.errors import OperatorError, Problem
from yett.policy.compiler import compile_documents
from yett.policy.documents import Case, Constant, Document
from yett.policy.problems import Problems
from yett.policy.reading import read_documents

FACTS = """
metadata: {id: cost}
constants: {most: 5}
rules:
  - {id: dear, condition: {operator: gt, field: llm.estimatedCost, value: "${most}"}, action: {decision: deny}}
tests:
  - {name: cheap, given: {llm.estimatedCost: 1}, expect: {effect: allow}}
  - {name: dear, given: {llm.estimatedCost: 6}, expect: {effect: deny, rules: [dear]}}
"""
TEXTS = """
metadata: {id: texts}
rules:
  - {id: mail, condition: {operator: contains, field: pii.types, value: email}, action: {decision: sanitize}}
  - {id: fish, condition: {operator: contains, field: llm.prompt, value: cod}, action: {decision: deny}}
tests:
  - {name: a mail, given: {text: write to ann@example.org}, expect: {effect: sanitize, rules: [mail]}}
  - {name: a fish, given: {text: a cod}, expect: {effect: deny, rules: [fish]}}
  - {name: an answer, given: {text: a cod, origin: model}, stage: response, expect: {effect: allow}}
  - {name: nothing, given: {text: a herring}, expect: {effect: allow, rules: []}}
"""


@cache
def detectors() -> Detectors:
    return Detectors(built(shipped("personal"), hyperscan=False))


def documents(text: str) -> tuple[Document, ...]:
    problems = Problems()
    found = read_documents(text, "p.yaml", problems)
    problems.raise_any()
    return found


def failed(text: str, **constants: Constant) -> tuple[Problem, ...]:
    with pytest.raises(OperatorError) as caught:
        try_cases(documents(text), constants, detectors())
    return caught.value.problems


@pytest.mark.parametrize("text", [FACTS, TEXTS, f"{FACTS}---{TEXTS}"])
def test_a_policy_whose_cases_pass_may_decide(text: str) -> None:
    try_cases(documents(text), {}, detectors())


def test_a_policy_without_cases_may_decide() -> None:
    try_cases(documents(FACTS.partition("tests:")[0]), {}, detectors())


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        (FACTS.replace("estimatedCost: 6", "estimatedCost: 4"), 8, "dear"),
        (FACTS.replace("effect: allow", "effect: warn"), 7, "cheap"),
        (TEXTS.replace("ann@example.org", "ann"), 7, "a mail"),
        (TEXTS.replace("text: a herring", "text: herring cod"), 10, "nothing"),
        (TEXTS.replace("stage: response, expect: {effect: allow}", "stage: response, expect: {effect: deny}"), 9, "an answer"),
    ],
)  # fmt: skip
def test_a_case_that_fails_stops_its_policy_and_is_told_with_its_place(text: str, line: int, name: str) -> None:
    (problem,) = failed(text)
    assert (problem.place.file, problem.place.line, problem.code) == ("p.yaml", line, "failed-test")
    assert problem.message.startswith(f"`{name}` failed: expected ")


def test_every_case_that_fails_is_told_at_once() -> None:
    wrong = f"{FACTS}---{TEXTS}".replace("effect: deny", "effect: allow")
    assert [problem.message.split("`")[1] for problem in failed(wrong)] == ["dear", "a fish"]


def test_cases_are_run_with_the_constants_that_are_in_force() -> None:
    (problem,) = failed(FACTS, most=7)
    assert "`dear` failed" in problem.message


def test_a_draft_is_tried_too() -> None:
    (problem,) = failed(f"{FACTS}status: draft\n".replace("estimatedCost: 6", "estimatedCost: 4"))
    assert problem.code == "failed-test"


@pytest.mark.parametrize(
    ("text", "origin", "matched"),
    [("a cod", "user", True), ("a cod", "document", False), ("a herring", "user", False), (None, "user", False)],
)
def test_facts_are_made_by_detectors_from_a_cases_text(text: str | None, origin: str, matched: bool) -> None:
    (document,) = documents(TEXTS)
    program = compile_documents([document])
    case = Case(document.place, "c", {}, text=text, origin=origin)
    test = next(each for each in program.text_tests if each.value == "cod")
    assert facts_by(detectors())(program, case).demand(f"text.{test.id}") is matched
