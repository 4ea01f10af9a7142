"""How matches become one decision: every sentence of decision 0003."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Decision, Effect
from yett.model.obligation import Approve, Cap, Drop, Notify, Obligation, Redact, Route, Transform, join
from yett.model.stage import Stage
from yett.policy import combining
from yett.policy.clause import Clause
from yett.policy.combining import CLOSING_PRIORITY, Matched, combine, settles, verdict
from yett.policy.expression import ALWAYS

A, D, S, W, L, R, Q = (
    Effect.ALLOW,
    Effect.DENY,
    Effect.SANITIZE,
    Effect.WARN,
    Effect.LIMIT,
    Effect.ROUTE,
    Effect.REQUIRE_APPROVAL,
)


def clause(effect: Effect, priority: int = 0, *obligations: Obligation, rule: str = "r") -> Clause:
    return Clause("p", "1", rule, priority, effect, ALWAYS, frozenset(Stage), definite=False, obligations=obligations)


def combined(*clauses: Clause) -> Decision:
    return combine(map(Matched, clauses), "rev")


@pytest.mark.parametrize(
    ("matched", "effect"),
    [
        ([], A), ([(A, 0)], A), ([(D, 0)], D),
        ([(D, 0), (A, 0)], D),  # at a tie deny decides
        ([(D, 0), (A, 1)], A), ([(D, 1), (A, 0)], D), ([(D, 0), (A, 1), (D, 2)], D),
        ([(W, 0), (S, 0)], S), ([(S, 9), (W, 0)], S),  # a lower warning never hides a sanitize
        ([(D, 0), (S, 9)], D),  # only an explicit allow lifts a deny
        ([(S, 0), (A, 0)], S), ([(S, 0), (A, 1)], A), ([(S, 2), (A, 1)], S),
        ([(Q, 0), (S, 0), (R, 0), (L, 0), (W, 0)], Q), ([(R, 0), (L, 0)], R), ([(L, 0), (W, 0)], L),
        ([(A, 5), (D, 3), (S, 7)], S),  # the allow lifts the deny, not what stands above it
        ([(D, CLOSING_PRIORITY)], D), ([(D, CLOSING_PRIORITY), (S, 0)], D), ([(D, CLOSING_PRIORITY), (A, -5), (S, 0)], S),
    ],
)  # fmt: skip
def test_priorities_and_effects(matched: list[tuple[Effect, int]], effect: Effect) -> None:
    for order in itertools.permutations(matched):
        decision = combined(*(clause(each, priority) for each, priority in order))
        assert decision.effect is effect
        assert decision.allowed is (effect is not D)
        assert len(decision.reasons) == len(matched)


def test_obligations_hold_from_every_priority_unless_lifted() -> None:
    low, high = clause(L, 1, Cap("max_tokens", 9)), clause(S, 5, Redact("pii"))
    assert combined(low, high).obligations == (Cap("max_tokens", 9), Redact("pii"))
    assert combined(low, high, clause(A, 3)).obligations == (Redact("pii"),)
    assert combined(low, high, clause(A, 1)).obligations == (Cap("max_tokens", 9), Redact("pii"))
    assert combined(low, high, clause(A, 6)).obligations == ()


def test_obligations_are_joined() -> None:
    decision = combined(
        clause(L, 1, Cap("max_tokens", 9)),
        clause(L, 2, Cap("max_tokens", 5)),
        clause(R, 1, Route(frozenset("ab"))),
        clause(R, 2, Route(frozenset("bc"))),
    )
    assert decision.obligations == (Cap("max_tokens", 5), Route(frozenset("b")))


def test_routes_without_a_model_in_common_deny_and_say_so() -> None:
    decision = combined(clause(R, 1, Route(frozenset("a"))), clause(R, 2, Route(frozenset("b"))))
    assert (decision.allowed, decision.effect) == (False, D)
    assert decision.reason == "the routes that apply have no model in common"
    assert combined(clause(R, 1, Route(frozenset("a"))), clause(R, 2, Route(frozenset("b"))), clause(A, 2)).allowed


def test_of_a_denied_exchange_only_notifications_remain() -> None:
    decision = combined(
        clause(D, 0, Notify("soc", "x")), clause(S, 0, Redact("*")), clause(W, 0, Notify("warning", "y"))
    )
    assert decision.obligations == (Notify("soc", "x"), Notify("warning", "y"))


def test_reasons_stand_in_order_and_name_the_revision() -> None:
    decision = combined(clause(W, 1), clause(D, 1), clause(S, 7), clause(W, 1, rule="a"))
    assert [(reason.effect, reason.rule) for reason in decision.reasons] == [(S, "r"), (D, "r"), (W, "a"), (W, "r")]
    assert decision.revision == "rev"


def test_the_verdict_is_the_first_allow_or_deny() -> None:
    assert verdict([clause(S, 9), clause(A, 2), clause(D, 1)]) == clause(A, 2)
    assert verdict([clause(S, 9)]) is None


@pytest.mark.parametrize(
    ("cheap", "dear", "answer"),
    [
        ([(D, 1)], [], True), ([(D, 1)], [(A, 1)], True), ([(D, 1)], [(A, 2)], False), ([(D, 1)], [(D, 5)], True),
        ([(A, 1)], [], False), ([], [], False), ([(D, 1), (A, 2)], [], False), ([(S, 9)], [], False),
    ],
)  # fmt: skip
def test_cheap_matches_settle_a_denial(
    cheap: list[tuple[Effect, int]], dear: list[tuple[Effect, int]], answer: bool
) -> None:
    assert settles([Matched(clause(*each)) for each in cheap], [clause(*each) for each in dear]) is answer


kinds = st.sampled_from(["pii", "pii.email", "*"])
obligations: st.SearchStrategy[Obligation] = st.one_of(
    st.builds(Redact, kinds, st.sampled_from(Transform)),
    st.builds(Drop, kinds, st.frozensets(st.sampled_from(["user", "document"]))),
    st.builds(Notify, st.sampled_from("ab"), st.sampled_from("xy")),
    st.builds(Cap, st.sampled_from(["max_tokens", "n"]), st.integers(0, 9)),
    st.builds(Route, st.frozensets(st.sampled_from("abc"), min_size=1)),
    st.builds(Approve, st.integers(1, 3)),
)
some = st.lists(obligations, max_size=5)


@given(some, some, some)
def test_joining_is_a_semilattice(one: list[Obligation], two: list[Obligation], three: list[Obligation]) -> None:
    assert join([*one, *two]) == join([*two, *one])
    assert join([*join([*one, *two]), *three]) == join([*one, *join([*two, *three])])
    assert join([*one, *one]) == join(one)


matches = st.lists(
    st.builds(
        lambda effect, priority, owed, number: clause(effect, priority, *owed, rule=f"r{number}"),
        st.sampled_from(Effect),
        st.integers(0, 2),
        st.lists(obligations, max_size=2),
        st.integers(0, 9),
    ),
    max_size=6,
    unique_by=lambda each: each.rule,
)


def order_matters(clauses: list[Clause]) -> bool:
    return combined(*clauses) != combined(*reversed(clauses))


@given(matches)
def test_order_never_matters(clauses: list[Clause]) -> None:
    assert not order_matters(clauses)


def test_a_combination_that_takes_the_last_word_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combining, "sorted", lambda each, key: list(each), raising=False)
    assert order_matters([clause(A, 0), clause(D, 0)])


@given(matches)
def test_a_deny_loses_only_to_an_allow_above_it(clauses: list[Clause]) -> None:
    decision = combined(*clauses)
    denies = [each.priority for each in clauses if each.effect is D]
    allows = [each.priority for each in clauses if each.effect is A]
    if denies and max(denies) >= max(allows, default=-1):
        assert not decision.allowed
