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
    "team.id == 'a'",
    "team.id != 'b' && team.id in ['x', 'c']",
    "'a' in llm.piiTypes",
    "!('b' in llm.piiTypes)",
    {"operator": "any", "field": "llm.piiTypes", "condition": {"operator": "eq", "value": "c"}},
    {"operator": "all", "field": "llm.piiTypes", "condition": {"operator": "in", "value": ["a", "b"]}},
    {"operator": "all", "field": "metadata.n", "condition": {"operator": "ne", "value": "x"}},
    "has(llm.model)",
    {"operator": "starts_with", "field": "llm.model", "value": "a"},
    {"operator": "any", "field": "llm.piiTypes", "condition": {"operator": "matches", "value": "^d"}},
)
"""What may be asked; of texts, the last two ask more than which they are."""
RULES = st.lists(st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(("allow", "warn", "deny"))), max_size=4)
NUMBERS = st.sampled_from((0, 1, 1.0, 1.5, 2, 10, 10.5, 11, 12, 12.0, 13, 14, {"decimal": "1.10"}, {"decimal": "12"}))
TEXTS = st.sampled_from(("", "a", "ab", "b", "c", "d", "x", "1", *map(digest, ("string\0u1", "string\0x"))))
LISTS = st.lists(TEXTS, max_size=3) | st.just(["x", 1])
VALUES = NUMBERS | TEXTS | LISTS | st.sampled_from((None, True, False, {"no": "value"}, {"no": "record"}))
FIELDS = ("llm.promptLength", "metadata.n", "llm.estimatedCost", "llm.piiTypes", "llm.model", "user.id", "team.id")
VECTORS = st.dictionaries(st.sampled_from(FIELDS), VALUES)


def written(rules: "Rules") -> Program:
    """Return the program of *rules*, which are conditions and decisions."""
    said = [
        {"id": f"r{at}", "when" if isinstance(each, str) else "condition": each, "action": {"decision": decision}}
        for at, (each, decision) in enumerate(rules)
    ]
    document = {"metadata": {"id": "p"}, "rules": said}
    return PolicyEngine([PolicyParser().parse_yaml(orjson.dumps(document).decode())]).program


def judged(*, counted: bool = True) -> Judged:
    facts = ["llm.estimatedCost", "llm.piiTypes"] if counted else []
    return Judged.of(
        {"stage": "request", "allowed": True, "effect": "allow", "rules": [], "redacts": [], "facts": facts}
    )


Rules = list[tuple[object, str]]


def test_what_has_a_say_is_told() -> None:
    asked = Candidate(written([(CONDITIONS[0], "deny"), (CONDITIONS[2], "warn"), (CONDITIONS[5], "warn")]), digest)
    assert asked.reads(Stage.REQUEST) == {"llm.promptLength", "metadata.n"}
    assert asked.texts(Stage.REQUEST) == {"llm.promptLength": set(), "metadata.n": set()}
    assert asked.bounds(Stage.REQUEST) == {"llm.promptLength": {10, 12}, "metadata.n": {1.5}}


def test_facts_that_were_not_kept_are_missed_only_by_rules_that_read_any() -> None:
    assert Candidate(written([(CONDITIONS[0], "deny")]), digest).answer(judged(), None).lacking == NOTHING_KEPT
    assert Candidate(written([]), digest).answer(judged(), None).allowed


def test_of_a_text_it_has_a_say_which_it_is_where_no_rule_asks_more() -> None:
    rules: Rules = [(condition, "warn") for condition in CONDITIONS]
    known = {"team.id": {"a", "b", "c", "x"}, "user.id": {digest("string\0u1")}}
    assert known.items() <= Candidate(written(rules), digest).texts(Stage.REQUEST).items()
    assert not {"llm.piiTypes", "llm.model"} & Candidate(written(rules), digest).texts(Stage.REQUEST).keys()
    fewer = Candidate(written(rules[:-2]), digest).texts(Stage.REQUEST)
    assert {"llm.piiTypes": {"a", "b", "c"}, "llm.model": set()}.items() <= fewer.items()
