"""The normal form says the same, unknown included."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy import normal
from yett.policy.expression import ALWAYS, And, Expression, Leaf, Not, Operator, Or
from yett.policy.interpreter import truth
from yett.policy.normal import Term, conjuncts
from yett.policy.values import Sort

NAMES = "abcd"


def leaf(name: str) -> Leaf:
    return Leaf(f"metadata.{name}", Sort.ANY, Operator.EQ, value=True)


leaves = st.sampled_from(NAMES).map(leaf)
expressions: st.SearchStrategy[Expression] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=8,
)
facts = st.fixed_dictionaries({f"metadata.{name}": st.sampled_from([True, False, None]) for name in NAMES})


def as_expression(form: tuple[tuple[Term, ...], ...]) -> Expression:
    return Or(tuple(And(tuple(t.literal if t.positive else Not(t.literal) for t in conjunct)) for conjunct in form))


def says_the_same(expression: Expression, known: Mapping[str, object]) -> bool:
    form = conjuncts(expression)
    return form is None or truth(expression, known.get) is truth(as_expression(form), known.get)


@given(expressions, facts)
def test_the_normal_form_says_the_same(expression: Expression, known: Mapping[str, object]) -> None:
    assert says_the_same(expression, known)


def test_a_normal_form_that_forgets_negation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = normal._normal
    monkeypatch.setattr(normal, "_normal", lambda each, *, positive: real(each, positive=True))
    assert not says_the_same(Not(leaf("a")), {"metadata.a": True})


def test_nothing_is_asked_twice() -> None:
    assert conjuncts(And((leaf("a"), leaf("a")))) == ((Term(leaf("a"), positive=True),),)
    assert conjuncts(ALWAYS) == ((),)
    assert conjuncts(Or(())) == ()


@pytest.mark.parametrize("wrap", [lambda each: each, Not])
def test_a_form_that_would_blow_up_is_none(wrap: type[Not]) -> None:
    pairs = [Or((leaf(f"x{n}"), leaf(f"y{n}"))) for n in range(5)]
    assert conjuncts(And(tuple(pairs))) is None
    assert conjuncts(wrap(wrap(And(tuple(pairs))))) is None
    assert conjuncts(Or(tuple(leaf(f"x{n}") for n in range(17)))) is None
    assert len(conjuncts(And(tuple(pairs[:4]))) or ()) == 16
