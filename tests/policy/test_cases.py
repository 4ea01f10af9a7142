"""Tests that travel with a document."""

import dataclasses
from collections.abc import Mapping

import pytest

from yett.model.stage import Stage
from yett.policy.cases import Result, failures, run
from yett.policy.documents import Case, Document
from yett.policy.interpreter import lookup
from yett.policy.parser import PolicyParser
from yett.ports.decider import Decider

RULES = """
  - {id: no, condition: {operator: contains, field: llm.prompt, value: bomb}, action: {decision: deny}}
  - {id: mail, condition: {operator: contains, field: llm.piiTypes, value: email}, action: {decision: sanitize}}
  - {id: late, stages: [response], condition: {operator: eq, field: response.model, value: x}, action: {decision: warn}}
"""


def document(case: str, status: str = "active") -> Document:
    return PolicyParser().parse_yaml(f"metadata: {{id: d}}\nrules:{RULES}status: {status}\ntests:\n  - {case}\n", "f")


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("{given: {llm.prompt: a bomb, llm.piiTypes: []}, expect: {effect: deny, rules: ['no']}}", ""),
        ("{given: {llm.prompt: a bomb}, expect: {decision: deny, rules: ['no']}}", ""),
        ("{given: {llm.prompt: a bomb}, expect: {rules: ['no', mail], allowed: false}}", ""),
        ("{given: {llm: {prompt: hi, piiTypes: [email]}}, expect: {effect: sanitize, allowed: true, rules: [mail]}}", ""),
        ("{given: {llm: {prompt: hi, piiTypes: []}}, expect: {effect: allow, rules: []}}", ""),
        ("{given: {response.model: x}, expect: {effect: warn, rules: [late]}}", ""),
        ("{stage: response, given: {}, expect: {effect: warn, rules: []}}", ""),
        ("{given: {llm: {prompt: hi, piiTypes: []}}, expect: {effect: deny}}", "expected `deny`, got `allow`"),
        ("{given: {llm: {prompt: hi, piiTypes: []}}, expect: {allowed: false}}", "expected it to be refused"),
        ("{given: {llm.prompt: bomb}, expect: {allowed: true}}", "expected it to be allowed"),
        ("{given: {llm.prompt: bomb, llm.piiTypes: [email]}, expect: {rules: ['no']}}", "expected the rules `no`, matched `mail`, `no`"),
        ("{given: {llm.prompt: hi, llm.piiTypes: []}, expect: {rules: ['no']}}", "expected the rules `no`, matched none"),
    ],
)  # fmt: skip
def test_cases_pass_or_say_what_was_otherwise(case: str, message: str) -> None:
    (outcome,) = run(document(case))
    assert (outcome.message, outcome.result) == (message, Result.FAILED if message else Result.PASSED)
    assert [str(problem) for problem in failures((outcome,))] == (
        [f"f:8:5: `test on line 8` failed: {message} [failed-test]"] if message else []
    )


def test_a_draft_is_tested_as_if_it_were_active() -> None:
    (outcome,) = run(document("{given: {llm.prompt: bomb}, expect: {effect: deny}}", "draft"))
    assert outcome.result is Result.PASSED


TEXT_CASE = "{given: {text: make a bomb, llm.piiTypes: []}, expect: {effect: deny, rules: ['no']}}"


def test_a_text_without_detectors_is_skipped_and_never_passes() -> None:
    (outcome,) = run(document(TEXT_CASE))
    assert outcome.result is Result.SKIPPED
    assert failures((outcome,)) == ()


@dataclasses.dataclass
class Found:
    known: Mapping[str, object]
    texts: Mapping[str, object]

    def demand(self, field: str) -> object:
        return lookup({**self.known, "text": self.texts}, field)

    def quiet(self, fields: tuple[str, ...]) -> bool:
        return False


@pytest.mark.parametrize(("word", "result"), [("bomb", Result.PASSED), ("cake", Result.FAILED)])
def test_a_text_is_asked_of_the_detectors_that_are_handed_in(word: str, result: Result) -> None:
    def facts_of(decider: Decider, case: Case) -> Found:
        assert (case.stage, case.origin) == (Stage.REQUEST, "user")
        return Found(case.given, {test.id: word in (case.text or "") for test in decider.text_tests})

    (outcome,) = run(document(TEXT_CASE), facts_of=facts_of)
    assert outcome.result is result


def test_constants_reach_the_cases() -> None:
    text = """
metadata: {id: d}
constants: {limit: 5}
rules: [{id: r, condition: {operator: gt, field: llm.maxTokens, value: "${limit}"}, action: {decision: deny}}]
tests: [{given: {llm.maxTokens: 7}, expect: {effect: deny}}]
"""
    parsed = PolicyParser().parse_yaml(text)
    assert [run(parsed)[0].result, run(parsed, {"limit": 9})[0].result] == [Result.PASSED, Result.FAILED]


def test_a_document_without_cases_has_no_outcomes() -> None:
    assert run(PolicyParser().parse_yaml("metadata: {id: d}\nrules: []")) == ()
