"""A candidate asks once about what no rule can tell apart, and answers as if it had asked about everything."""

from bisect import bisect_right
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_comparison import digest
from yett.model.stage import Stage
from yett.policy import candidate
from yett.policy.candidate import NOTHING_KEPT, Answer, Candidate, Judged
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser
from yett.policy.program import Program

CONDITIONS: tuple[object, ...] = (
    "llm.promptLength > 10",
    "llm.promptLength <= 10.5",
    "llm.promptLength == 12",
    {"operator": "between", "field": "llm.promptLength", "value": [11, 13]},
    {"operator": "in", "field": "metadata.n", "value": [1, True, "x"]},
    "metadata.n > 1.5",
    {"operator": "contains", "field": "metadata.n", "value": "x"},
    "has(metadata.n)",
    "llm.estimatedCost > 1.10",
    "user.id == 'u1'",
)
RULES = st.lists(st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(("allow", "warn", "deny"))), max_size=4)
NUMBERS = st.sampled_from((0, 1, 1.0, 1.5, 2, 10, 10.5, 11, 12, 12.0, 13, 14, {"decimal": "1.10"}, {"decimal": "12"}))
VALUES = st.one_of(NUMBERS, st.sampled_from((None, True, False, "x", "1", {"no": "value"}, ["x", 1], digest("u1"))))
VECTORS = st.dictionaries(
    st.sampled_from(("llm.promptLength", "metadata.n", "llm.estimatedCost", "user.id", "team.id")), VALUES
)
QUESTIONS = st.lists(st.tuples(VECTORS.map(lambda vector: {"*": 1, **vector}), st.booleans()), max_size=8)


def written(rules: "Rules") -> Program:
    """Return the program of *rules*, which are conditions and decisions."""
    said = [
        {"id": f"r{at}", "when" if isinstance(each, str) else "condition": each, "action": {"decision": decision}}
        for at, (each, decision) in enumerate(rules)
    ]
    document = {"metadata": {"id": "p"}, "rules": said}
    return PolicyEngine([PolicyParser().parse_yaml(orjson.dumps(document).decode())]).program


def judged(*, counted: bool = True) -> Judged:
    facts = ["llm.estimatedCost"] if counted else []
    return Judged.of(
        {"stage": "request", "allowed": True, "effect": "allow", "rules": [], "redacts": [], "facts": facts}
    )


Rules = list[tuple[object, str]]
Questions = list[tuple[dict[str, object], bool]]


def agree(rules: Rules, questions: Questions) -> bool:
    """Say whether one candidate, asked everything in turn, says what candidates say that are asked nothing else."""
    known = {counted: judged(counted=counted) for counted in (True, False)}
    asked = Candidate(written(rules), digest)
    together = [asked.answer(known[counted], vector) for vector, counted in questions]
    return together == [alone(rules, vector, counted=counted) for vector, counted in questions]


def alone(rules: Rules, vector: dict[str, object], *, counted: bool) -> Answer:
    return Candidate(written(rules), digest).answer(judged(counted=counted), vector)


@given(RULES, QUESTIONS)
def test_what_was_answered_before_changes_no_answer(rules: Rules, questions: Questions) -> None:
    assert agree(rules, questions)


@pytest.mark.parametrize("mutant", [bisect_right, lambda _bounds, _value: 0])
def test_a_number_taken_for_another_is_caught(mutant: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate, "bisect_left", mutant)
    lengths = (9, 10, 10.5, 11, 12, 13)
    rules: Rules = [(CONDITIONS[0], "deny"), (CONDITIONS[2], "warn")]
    assert not agree(rules, [({"*": 1, "llm.promptLength": length}, True) for length in lengths])


def test_what_is_no_number_is_not_taken_for_one() -> None:
    rules: Rules = [(CONDITIONS[4], "deny"), (CONDITIONS[5], "warn")]
    assert agree(rules, [({"*": 1, "metadata.n": value}, True) for value in (True, 1, "1", 1.5, None, False, 0)])


def test_facts_that_were_not_kept_are_missed_only_by_rules_that_read_any() -> None:
    assert Candidate(written([(CONDITIONS[0], "deny")]), digest).answer(judged(), None).lacking == NOTHING_KEPT
    assert Candidate(written([]), digest).answer(judged(), None).allowed


def test_a_number_that_rules_do_not_tell_apart_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Candidate(written([(CONDITIONS[0], "deny")]), digest)
    told = judged()
    answers = [asked.answer(told, {"*": 1, "llm.promptLength": number, "team.id": number}) for number in range(40)]
    assert len({id(each) for each in answers}) == len({each.allowed for each in answers}) + 1  # below, at and above 10
    assert told.stage is Stage.REQUEST
