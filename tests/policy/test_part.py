"""What is left once some facts are known gives the same answers, for all facts that hold these."""

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.policy.test_program import FIELDS, STAGE, Asked, complete_facts, put, some_clauses, some_facts
from yett.model.decision import Effect
from yett.model.unknown import Unknown
from yett.policy import index, part
from yett.policy.clause import Clause
from yett.policy.expression import And, Leaf, Operator
from yett.policy.interpreter import lookup
from yett.policy.part import Part, Rules
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.policy.values import Sort

PROGRAMS = 70


def chosen(facts: Mapping[str, object], names: list[str]) -> dict[str, object]:
    known: dict[str, object] = {}
    for name in names:
        value = lookup(facts, name)
        if value is not Unknown.MISSING and all(isinstance(each, dict) for each in _above(facts, name)):
            put(known, name, value)
    return known


def _above(facts: object, name: str) -> list[object]:
    above: list[object] = []
    for step in name.split(".")[:-1]:
        facts = facts.get(step) if isinstance(facts, dict) else None
        above.append(facts)
    return above


def disagreement(rng: random.Random) -> object:
    clauses = some_clauses(rng)
    program = Program(clauses, (), "r")
    for number in range(6):
        facts = complete_facts(rng) if number % 2 else some_facts(rng)
        known = chosen(facts, rng.sample(tuple(FIELDS), rng.randrange(8)))
        left = program.specialised(known)
        whole, asked = Asked(facts, facts), Asked(facts, facts)
        if left.decide_known(STAGE, facts) != program.decide_known(STAGE, facts):
            return facts
        if left.decide(STAGE, asked) != program.decide(STAGE, whole):
            return facts
        if any(_is_in(known, name) for name in asked.demanded):
            return facts
        again = chosen(facts, rng.sample(tuple(FIELDS), 4))
        if left.specialised(again).decide_known(STAGE, facts) != program.decide_known(STAGE, facts):
            return facts
    return None


def _is_in(known: Mapping[str, object], name: str) -> bool:
    return lookup(known, name) is not Unknown.MISSING


def test_what_is_left_decides_as_the_whole_does() -> None:
    rng = random.Random(21)
    assert [found for _ in range(PROGRAMS) if (found := disagreement(rng)) is not None] == []


MUTANTS = {
    "what is missing is known": (part, "lookup", lambda known, name: (
        None if (value := lookup(known, name)) is Unknown.MISSING else value)),
    "nothing is uncertain": (index.Column, "narrow", lambda column, raw, possible, uncertain: (
        NARROW(column, raw, possible, uncertain)[0], uncertain)),
    "known facts decide nothing": (index.Column, "narrow", lambda column, raw, possible, uncertain: (possible, uncertain)),
    "known facts are demanded again": (part, "_demanding", lambda known, demand, given: DEMANDING(known, demand, {})),
}  # fmt: skip
NARROW = index.Column.narrow
DEMANDING = part._demanding


@pytest.mark.parametrize("mutant", MUTANTS)
def test_leaving_out_otherwise_is_noticed(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    rng = random.Random(21)
    assert any(disagreement(rng) is not None for _ in range(PROGRAMS))


def rule(name: str, *leaves: Leaf, effect: Effect = Effect.DENY, priority: int = 0) -> Clause:
    return Clause("p", "1", name, priority, effect, And(leaves), frozenset({STAGE}), effect is Effect.ALLOW)


FREE = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
OFTEN = Leaf("request.hour", Sort.NUMBER, Operator.GT, 5)
FOUND = Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=True)


def test_only_rules_that_may_still_match_are_left_and_only_their_facts_are_read() -> None:
    program = Program([rule("a", FREE, OFTEN), rule("b", FOUND)], (), "r")
    assert [clause.rule for clause in program.live(STAGE)] == ["a", "b"]
    pro = program.specialised({"team": {"tier": "pro"}})
    assert [clause.rule for clause in pro.live(STAGE)] == ["b"]
    assert pro.reads(STAGE) == {"pii.found"}
    assert program.specialised({"team": {"tier": "free"}}).reads(STAGE) == {"pii.found", "request.hour"}


def test_what_is_left_may_be_monotone_where_the_whole_is_not() -> None:
    program = Program([rule("a", FREE, FOUND, effect=Effect.ALLOW, priority=1), rule("b", FOUND)], (), "r")
    assert not program.monotone(STAGE)
    assert program.specialised({"team": {"tier": "pro"}}).monotone(STAGE)


def test_a_denial_settles_unless_a_costly_fact_may_allow_above_it() -> None:
    cheap, dear = rule("a", FREE), rule("b", FOUND, effect=Effect.ALLOW, priority=1)
    assert Rules([cheap], "r").settle(0b1)
    assert not Rules([dear, cheap], "r").settle(0b10)
    assert not Rules([cheap], "r").settle(0)


def test_the_source_can_be_read() -> None:
    source = Part.of(Rules([rule("a", FREE, FOUND)], "r")).source
    assert "def direct(known):" in source
    assert "demand(" in source
    assert cost("pii.found")


def test_what_follows_from_silence_is_found_once_for_each_outcome_of_the_cheap_facts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(part, "_MOST_SILENCES", 2)
    made: list[int] = []
    found = Part._when_silent
    monkeypatch.setattr(Part, "_when_silent", lambda self, possible: made.append(possible) or found(self, possible))
    program = Program([rule(str(number), replace(OFTEN, value=number), FOUND) for number in range(4)], (), "r")
    for hour in (1, 1, 2, 3, 1):
        facts = {"request": {"hour": hour}, "pii": {"found": False}}
        asked = Asked(facts, facts, knows_silence=True)
        assert program.decide(STAGE, asked).effect is Effect.ALLOW
        assert asked.told_at_once == ("pii.found",)
    assert [possible.bit_count() for possible in made] == [1, 2, 3, 1]


def test_what_is_known_otherwise_is_not_taken_for_silence() -> None:
    program = Program([rule("a", FREE, FOUND), rule("b", FOUND, OFTEN)], (), "r")
    facts = {"team": {"tier": "free"}, "request": {"hour": 9}, "pii": {"found": True}}
    known = program.specialised({"pii": {"found": True}})
    asked = Asked({"team": {"tier": "free"}, "request": {"hour": 9}}, {}, knows_silence=True)
    assert known.decide(STAGE, asked) == program.decide_known(STAGE, facts)
    assert asked.demanded == []
