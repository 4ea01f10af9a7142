"""More findings never make a monotone program milder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.expression import And, Each, Expression, Leaf, Not, Operator, Or
from yett.policy.interpreter import decide, lookup
from yett.policy.monotony import is_monotone
from yett.policy.values import Sort

SCORE = Leaf("injection.score", Sort.NUMBER, Operator.GT, 0.5)
LOW = Leaf("injection.score", Sort.NUMBER, Operator.LT, 0.5)
EXACT = Leaf("injection.count", Sort.NUMBER, Operator.EQ, 1)
FOUND = Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=True)
CLEAN = Leaf("pii.found", Sort.BOOLEAN, Operator.EQ, value=False)
MAIL = Leaf("pii.types", Sort.STRINGS, Operator.CONTAINS, "email")
TEXT = Leaf("text.0f", Sort.BOOLEAN, Operator.EQ, value=True)
TIER = Leaf("team.tier", Sort.STRING, Operator.EQ, "free")
STATED = Leaf("pii.score", Sort.NUMBER, Operator.EXISTS)
MAILS = Leaf("", Sort.STRING, Operator.EQ, "email")


@pytest.mark.parametrize(
    ("effect", "condition", "answer"),
    [
        (Effect.DENY, SCORE, True), (Effect.DENY, LOW, False), (Effect.DENY, Not(SCORE), False), (Effect.DENY, Not(LOW), True),
        (Effect.DENY, EXACT, False), (Effect.DENY, FOUND, True), (Effect.DENY, CLEAN, False), (Effect.DENY, MAIL, True),
        (Effect.DENY, Not(MAIL), False), (Effect.DENY, TEXT, True), (Effect.DENY, Not(TEXT), False), (Effect.DENY, Not(TIER), True),
        (Effect.DENY, And((SCORE, TIER)), True), (Effect.DENY, Or((SCORE, LOW)), False), (Effect.DENY, Not(STATED), True),
        (Effect.ALLOW, SCORE, False), (Effect.ALLOW, LOW, True), (Effect.ALLOW, Not(FOUND), True), (Effect.ALLOW, TIER, True),
        (Effect.SANITIZE, LOW, False), (Effect.WARN, SCORE, True),
        (Effect.DENY, Each("pii.types", Sort.STRINGS, every=False, inner=MAILS), True),
        (Effect.DENY, Each("pii.types", Sort.STRINGS, every=True, inner=MAILS), False),
        (Effect.DENY, Leaf("text.0f", Sort.BOOLEAN, Operator.IN, (True,)), False),
    ],
)  # fmt: skip
def test_directions(effect: Effect, condition: Expression, answer: bool) -> None:
    clause = Clause("p", "1", "r", 0, effect, condition, frozenset(Stage), definite=False)
    assert is_monotone([clause]) is answer
    assert is_monotone([]) is True


LITERALS = [SCORE, LOW, FOUND, CLEAN, MAIL, Not(MAIL), TEXT, TIER, Not(SCORE), And((SCORE, TIER)), Or((LOW, MAIL))]


def milder(clauses: list[Clause], before: tuple[float, int], more: tuple[float, int]) -> bool:
    """Say whether finding *more* than *before* turns a deny into an allow."""

    def decided(score: float, mails: int) -> bool:
        found = {"score": score}
        mail = {"found": mails > 0, "types": ["email"] * mails}
        facts = {"injection": found, "pii": mail, "text": {"0f": mails > 1}, "team": {"tier": "free"}}
        return decide(clauses, lambda field: lookup(facts, field)).allowed

    return not decided(*before) and decided(before[0] + more[0], before[1] + more[1])


finds = st.tuples(st.floats(0, 1), st.integers(0, 2))
programs = st.lists(
    st.builds(
        lambda effect, condition, priority, number: Clause(
            "p", "1", f"r{number}", priority, effect, condition, frozenset(Stage), definite=effect is Effect.ALLOW
        ),
        st.sampled_from([Effect.ALLOW, Effect.DENY]),
        st.sampled_from(LITERALS),
        st.integers(0, 2),
        st.integers(0, 99),
    ),
    max_size=4,
)


@given(programs, finds, finds)
def test_more_findings_never_turn_a_deny_into_an_allow(
    clauses: list[Clause], before: tuple[float, int], more: tuple[float, int]
) -> None:
    assert not (is_monotone(clauses) and milder(clauses, before, more))


def test_a_check_that_forgets_the_direction_of_allows_is_caught() -> None:
    clauses = [
        Clause("p", "1", "open", 1, Effect.ALLOW, SCORE, frozenset(Stage), definite=True),
        Clause("p", "1", "shut", 0, Effect.DENY, And(()), frozenset(Stage), definite=False),
    ]
    assert milder(clauses, (0.0, 0), (0.9, 0))
    assert not is_monotone(clauses)
