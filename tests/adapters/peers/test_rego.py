"""Rules in Rego, and Rego's own answers beside the specification's."""

import json
import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.peers import conditions as told
from yett.adapters.peers.peer import Untold, Written, plain, written
from yett.adapters.peers.rego import REGO
from yett.policy.expression import ALWAYS, And, Each, Expression, Leaf, Not, Operator, Or
from yett.policy.interpreter import lookup, truth
from yett.policy.values import Sort

FRACTIONS = frozenset({"llm.cost"})
_WORDS = Leaf("", Sort.STRING, Operator.IN, ("admin", "owner"))
_NONE = Each("user.roles", Sort.STRINGS, True, Not(Leaf("", Sort.STRING, Operator.EQ, "admin")))
_MIXED = Or((Leaf("", Sort.STRING, Operator.EQ, "a"), Leaf("", Sort.STRING, Operator.EQ, "b")))


@pytest.mark.parametrize(
    ("condition", "bodies"),
    [
        (told.BOTH, ['input.team.tier == "free"\ninput.llm.cost > 1.5']),
        (told.NEVER, ['not input.team.tier == "free"\nnot "admin" in input.user.roles']),
        (Or((told.FREE, told.ROLE)), ['input.team.tier == "free"', '"admin" in input.user.roles']),
        (told.FEW, ["1 <= input.llm.tokens; input.llm.tokens <= 9"]),
        (told.PART, ['contains(input.llm.model, "*")']),
        (told.SHAPE, ['regex.match("^m[0-9]$", input.llm.model)']),
        (told.THERE, ["input.metadata.x != null"]),
        (Not(told.THERE), ["not input.metadata.x != null"]),
        (told.SECRET, ['input.text["a-b"] == true']),
        (told.SOME, ['some e0 in input.user.roles; e0 == "admin"']),
        (Not(_NONE), ['some e0 in input.user.roles; e0 == "admin"']),
        (told.EVERY, ['every e0 in input.user.roles { e0 == "admin" }']),
        (Not(told.EVERY), ['some e0 in input.user.roles; not e0 == "admin"']),
        (
            And((told.FREE, told.SOME, told.EVERY)),
            [
                (
                    'input.team.tier == "free"\nsome e1 in input.user.roles; e1 == "admin"\n'
                    'every e2 in input.user.roles { e2 == "admin" }'
                )
            ],
        ),
        (ALWAYS, ["true"]),
        (Or(()), []),
    ],
)
def test_rego_says_conditions(condition: Expression, bodies: list[str]) -> None:
    assert json.loads(REGO.write(condition, FRACTIONS)) == bodies


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (told.NEAR, "nothing for `cidr`"),
        (Not(told.SOME), "`not` amiss"),
        (Not(told.FEW), "what does not lie between"),
        (Each("user.roles", Sort.STRINGS, False, _MIXED), "alternatives about the elements"),
        (Or(tuple(Leaf("llm.tokens", Sort.NUMBER, Operator.EQ, n) for n in range(40))), "too many rules"),
    ],
)
def test_what_rego_cannot_say_has_a_reason(condition: Expression, why: str) -> None:
    with pytest.raises(Untold, match=why):
        REGO.write(condition, FRACTIONS)


if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

_LEAVES = st.sampled_from(
    [told.FREE, told.DEAR, told.MANY, told.CHEAP, told.LISTED, told.ROLE, told.PART, told.FIRST, told.LAST, told.SHAPE]
)
_CONDITIONS = st.recursive(
    _LEAVES | st.sampled_from([told.SOME, told.EVERY, Each("user.roles", Sort.STRINGS, True, _WORDS)]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda each: And(tuple(each))),
        st.lists(parts, min_size=1, max_size=3).map(lambda each: Or(tuple(each))),
        parts.map(Not),
    ),
    max_leaves=5,
)
_FACTS = st.fixed_dictionaries(
    {
        "team": st.fixed_dictionaries({"tier": st.sampled_from(["free", "pro"])}),
        "llm": st.fixed_dictionaries(
            {
                "cost": st.sampled_from([0, 0.5, 1, 1.5, 2]),
                "tokens": st.sampled_from([0, 9, 99, 100]),
                "model": st.sampled_from(["", "m1", "m*", "m12", "x1"]),
            }
        ),
        "user": st.fixed_dictionaries({"roles": st.lists(st.sampled_from(["admin", "owner", "guest"]), max_size=2)}),
    }
)


def disagreements(
    conditions: list[Expression], contexts: list[Mapping[str, object]], spoil: Callable[[str], str] = str
) -> int:
    rules = written(REGO, conditions, contexts)
    spoilt = Written({number: spoil(rule) for number, rule in rules.rules.items()}, rules.untold, rules.fractions)
    wrong = 0
    with REGO.start(spoilt) as ready:
        for facts in contexts:
            matching = {n for n in rules.rules if truth(conditions[n], lambda name, facts=facts: lookup(facts, name))}
            wrong += ready.ask(ready.question(plain(facts, rules.fractions))) != matching
    return wrong


@settings(max_examples=100, deadline=None)
@given(st.lists(_CONDITIONS, min_size=1, max_size=6), st.lists(_FACTS, min_size=1, max_size=4))
def test_rego_itself_answers_as_the_specification(
    conditions: list[Expression], contexts: list[Mapping[str, object]]
) -> None:
    assert disagreements(conditions, contexts) == 0


@pytest.mark.parametrize(
    "spoil", [lambda rule: rule.replace("not ", ""), lambda rule: rule.replace(">", "<"), lambda _: '["true"]']
)
def test_a_rule_that_is_told_otherwise_is_noticed(spoil: Callable[[str], str]) -> None:
    assert disagreements(list(told.RULES), list(told.FACTS), spoil) > 0


def test_rego_matches_what_the_others_do() -> None:
    rules = written(REGO, told.RULES, told.FACTS)
    with REGO.start(rules) as ready:
        answers = [ready.ask(ready.question(plain(facts, rules.fractions))) for facts in told.FACTS]
    assert answers == list(told.MATCHING)


def test_facts_that_rego_has_no_value_for_match_nothing() -> None:
    with REGO.start(written(REGO, told.RULES, told.FACTS)) as ready:
        assert ready.ask(ready.question({"llm": {"model": "\ud800"}})) == set()
        assert ready.ask(ready.question(plain(told.FACTS[0], frozenset()))) == {0}


def test_rules_that_rego_refuses_are_untold(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Untold), REGO.start(Written({0: '["input.a =="]'}, {})):
        pass
    capfd.readouterr()  # regopy prints what is wrong, too
