"""A candidate is asked about facts that were recorded, and says which of them have a say."""

import orjson
from hypothesis import strategies as st

from tests.policy.test_comparison import digest
from yett.model.stage import Stage
from yett.policy.candidate import NOTHING_KEPT, Candidate, Judged
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


def test_what_has_a_say_is_told() -> None:
    asked = Candidate(written([(CONDITIONS[0], "deny"), (CONDITIONS[2], "warn"), (CONDITIONS[5], "warn")]), digest)
    assert asked.reads(Stage.REQUEST) == {"llm.promptLength", "metadata.n"}
    assert asked.bounds(Stage.REQUEST) == {"llm.promptLength": {10, 12}, "metadata.n": {1.5}}


def test_facts_that_were_not_kept_are_missed_only_by_rules_that_read_any() -> None:
    assert Candidate(written([(CONDITIONS[0], "deny")]), digest).answer(judged(), None).lacking == NOTHING_KEPT
    assert Candidate(written([]), digest).answer(judged(), None).allowed
