"""The meaning of conditions, case by case."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy import interpreter
from yett.policy.clause import Clause
from yett.policy.expression import ALWAYS, And, Each, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.interpreter import decide, judge, lookup, truth, unknown
from yett.policy.values import Sort

UNAVAILABLE, MISSING = Unknown.UNAVAILABLE, Unknown.MISSING


def any_leaf(operator: Operator, value: object = None) -> Leaf:
    return Leaf("metadata.x", Sort.ANY, operator, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operator", "value", "raw", "answer"),
    [
        (Operator.EQ, 5, 5, True), (Operator.EQ, 5, 5.0, True), (Operator.EQ, 5, "5", False), (Operator.EQ, 1, True, False),
        (Operator.EQ, True, 1, False), (Operator.EQ, True, True, True), (Operator.EQ, 5, [5], None), (Operator.EQ, 5, None, None),
        (Operator.EQ, "a", {"a": 1}, None), (Operator.EQ, 5, float("nan"), None), (Operator.EQ, 5, UNAVAILABLE, None),
        (Operator.IN, (1, "a"), "a", True), (Operator.IN, (1, "a"), True, False), (Operator.IN, (1,), ["a"], None),
        (Operator.GT, 1, 2, True), (Operator.GT, 1, 1, False), (Operator.GT, 1, "2", None), (Operator.GT, 1, True, None),
        (Operator.GTE, 1, 1, True), (Operator.LT, 1, 0.5, True), (Operator.LTE, 1, 1.0, True), (Operator.GT, 1, 10**400, True),
        (Operator.GT, 1, MISSING, None), (Operator.BETWEEN, (9, 17), 9, True), (Operator.BETWEEN, (9, 17), 17, True),
        (Operator.BETWEEN, (9, 17), 17.1, False), (Operator.BETWEEN, (9, 17), "9", None),
        (Operator.CONTAINS, "a", "bab", True), (Operator.CONTAINS, "a", ["b", "a"], True), (Operator.CONTAINS, "a", [], False),
        (Operator.CONTAINS, 1, [True], False), (Operator.CONTAINS, 1, "1", None), (Operator.CONTAINS, "a", 5, None),
        (Operator.CONTAINS, "a", [["a"]], None), (Operator.STARTS_WITH, "ab", "abc", True), (Operator.ENDS_WITH, "c", "abc", True),
        (Operator.STARTS_WITH, "ab", 5, None), (Operator.MATCHES, Pattern("b$"), "ab", True),
        (Operator.MATCHES, Pattern("b"), 5, None), (Operator.CIDR, Networks(("10.0.0.0/8",)), "10.0.0.1", True),
        (Operator.CIDR, Networks(("10.0.0.0/8",)), "nobody", None), (Operator.CIDR, Networks(("10.0.0.0/8",)), 5, None),
        (Operator.EXISTS, None, 0, True), (Operator.EXISTS, None, object(), True), (Operator.EXISTS, None, None, False),
        (Operator.EXISTS, None, MISSING, False), (Operator.EXISTS, None, UNAVAILABLE, None),
    ],
)  # fmt: skip
def test_comparisons(operator: Operator, value: object, raw: object, answer: bool | None) -> None:
    assert judge(any_leaf(operator, value), raw) is answer


@pytest.mark.parametrize(
    ("every", "raw", "answer"),
    [
        (False, ["a", "b"], True), (False, ["b"], False), (False, [], False), (True, [], True), (True, ["a", "b"], False),
        (True, ["a", "a"], True), (False, "a", None), (False, None, None), (False, [1, "a"], None),
    ],
)  # fmt: skip
def test_quantifiers_ask_every_element(every: bool, raw: object, answer: bool | None) -> None:
    inner = Leaf("", Sort.STRING, Operator.EQ, "a")
    assert judge(Each("user.roles", Sort.STRINGS, every, inner), raw) is answer


def test_an_element_without_an_answer_leaves_the_quantifier_open() -> None:
    inner = Leaf("", Sort.ANY, Operator.GT, 5)
    assert judge(Each("metadata.x", Sort.ANY, every=False, inner=inner), ["a", 6]) is True
    assert judge(Each("metadata.x", Sort.ANY, every=False, inner=inner), ["a", 4]) is None
    assert judge(Each("metadata.x", Sort.ANY, every=True, inner=inner), ["a", 4]) is False


def fact(name: str) -> Leaf:
    return Leaf(name, Sort.BOOLEAN, Operator.EQ, value=True)


T, F, U = fact("t"), fact("f"), fact("u")
FACTS: Mapping[str, object] = {"t": True, "f": False}


@pytest.mark.parametrize(
    ("expression", "answer", "because"),
    [
        (And((T, T)), True, set()), (And((T, F)), False, set()), (And((T, U)), None, {"u"}), (And((F, U)), False, set()),
        (And((U, F)), False, set()), (And(()), True, set()), (Or((F, F)), False, set()), (Or((T, U)), True, set()),
        (Or((U, T)), True, set()), (Or((F, U)), None, {"u"}), (Or(()), False, set()), (Not(T), False, set()),
        (Not(U), None, {"u"}), (Not(F), True, set()), (And((U, Or((F, fact("v"))))), None, {"u", "v"}),
        (And((U, Or((T, fact("v"))))), None, {"u"}), (Or((U, Not(U))), None, {"u"}), (ALWAYS, True, set()),
    ],
)  # fmt: skip
def test_logic_is_kleene_s(expression: Expression, answer: bool | None, because: set[str]) -> None:
    assert truth(expression, FACTS.get) is answer
    assert unknown(expression, FACTS.get) == because


names = st.sampled_from("abc")
expressions: st.SearchStrategy[Expression] = st.recursive(
    names.map(fact),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=8,
)


def learning_never_contradicts(expression: Expression, known: Mapping[str, bool], more: Mapping[str, bool]) -> bool:
    """Say whether a truth that is settled by some facts stays when more become known."""
    settled = truth(expression, known.get)
    return settled is None or truth(expression, {**more, **known}.get) is settled


worlds = st.dictionaries(names, st.booleans())


@given(expressions, worlds, worlds)
def test_what_is_certain_stays_certain_when_more_is_known(
    expression: Expression, known: Mapping[str, bool], more: Mapping[str, bool]
) -> None:
    assert learning_never_contradicts(expression, known, more)


def test_logic_that_takes_unknown_for_false_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "judge", lambda literal, raw: raw is True)
    assert not learning_never_contradicts(Not(fact("a")), {}, {"a": True})


@given(expressions, worlds)
def test_only_what_is_unknown_is_blamed(expression: Expression, known: Mapping[str, bool]) -> None:
    blamed = unknown(expression, known.get)
    assert blamed.isdisjoint(known)
    assert bool(blamed) is (truth(expression, known.get) is None)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"a": {"b": {"c": 1}}}, 1), ({"a": {"b": 5}}, MISSING), ({"a": None}, MISSING), ({}, MISSING),
        ({"a": UNAVAILABLE}, UNAVAILABLE), ({"a": {"b": UNAVAILABLE}}, UNAVAILABLE), ({"a": {"b": {"c": None}}}, None),
    ],
)  # fmt: skip
def test_facts_are_looked_up_along_their_path(known: Mapping[str, object], found: object) -> None:
    assert lookup(known, "a.b.c") is found


def clause(effect: Effect, field: str, priority: int = 0, *, definite: bool = False) -> Clause:
    return Clause("p", "1", f"{effect}-{field}", priority, effect, fact(field), frozenset(Stage), definite)


@pytest.mark.parametrize(
    ("effect", "definite", "field", "matches"),
    [
        (Effect.DENY, False, "u", True), (Effect.DENY, True, "u", False), (Effect.WARN, False, "u", True),
        (Effect.ALLOW, True, "u", False), (Effect.ALLOW, True, "t", True), (Effect.DENY, False, "f", False),
    ],
)  # fmt: skip
def test_restrictive_rules_match_when_possible_and_others_when_certain(
    effect: Effect, definite: bool, field: str, matches: bool
) -> None:
    decision = decide([clause(effect, field, definite=definite)], FACTS.get)
    assert bool(decision.reasons) is matches
    assert [reason.unknown for reason in decision.reasons if field == "u"] == [("u",)] * (matches and field == "u")


@pytest.mark.parametrize(
    ("deny", "allow", "reasons"),
    [
        (1, 0, ["deny-t"]),  # nothing costly can overturn it, so nothing costly is asked
        (1, 1, ["deny-t"]),
        (0, 1, ["allow-c", "deny-t"]),
    ],
)
def test_nothing_costly_is_asked_once_cheap_facts_deny(deny: int, allow: int, reasons: list[str]) -> None:
    clauses = [clause(Effect.DENY, "t", deny), clause(Effect.ALLOW, "c", allow, definite=True)]
    asked = []

    def look(field: str) -> object:
        asked.append(field)
        return True

    assert [reason.rule for reason in decide(clauses, look, "", lambda field: field == "c").reasons] == reasons
    assert ("c" in asked) is (len(reasons) > 1)
