"""What means the same is called the same, and nothing else is."""

import dataclasses
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

import pytest

from tests.policy.test_program import some_clauses
from yett.model.decision import Effect
from yett.model.obligation import Approve, Cap, Notify, Redact, Route
from yett.model.stage import Stage
from yett.policy import revision
from yett.policy.clause import Clause
from yett.policy.expression import ALWAYS, Each, Expression, Leaf, Networks, Not, Operator, Or, Pattern
from yett.policy.revision import revision_of
from yett.policy.values import Sort


def canonical(value: object) -> object:
    """Return what a revision is made over, as it was first defined."""
    if type(value) in {str, int, float, bool, type(None)} or isinstance(value, StrEnum):
        return value
    if isinstance(value, tuple):
        return [canonical(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((canonical(item) for item in value), key=repr)
    if isinstance(value, Decimal):
        return repr(value)
    parts = [part.name for part in dataclasses.fields(value) if part.compare]  # type: ignore[arg-type]
    return [type(value).__name__, *(canonical(getattr(value, name)) for name in parts)]


def defined(clauses: Sequence[Clause]) -> str:
    told = [canonical(clause) for clause in sorted(clauses, key=lambda clause: clause.order)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def clause(condition: Expression, **further: object) -> Clause:
    plain = Clause("p", "1", "r", 0, Effect.DENY, condition, frozenset(Stage), definite=False)
    return replace(plain, **further)  # type: ignore[arg-type]


VALUES = (
    "é\"'\n",
    "",
    True,
    False,
    1,
    1.0,
    -0.0,
    0.1,
    10**30,
    Decimal("0.1"),
    ("a", 1),
    None,
    Pattern("a.b"),
    Networks(("10.0.0.0/8",)),
)
CLAUSES = (
    *(clause(Leaf("f", Sort.ANY, Operator.EQ, value)) for value in VALUES),
    clause(Not(Or((Leaf("g", Sort.STRING, Operator.EXISTS), ALWAYS)))),
    clause(Each("l", Sort.STRINGS, True, Leaf("", Sort.STRING, Operator.STARTS_WITH, "a"))),
    clause(ALWAYS, obligations=(Redact("pii", keep=2, origins=frozenset({"user", "tool"})), Notify("a", "b"), Approve(2))),
    clause(ALWAYS, obligations=(Cap("max_tokens", 5), Route(frozenset({"b", "a", "c"})))),
    clause(ALWAYS, definite=True, text="ü", stages=frozenset({Stage.TOOL, Stage.CONTEXT}), priority=-3),
)  # fmt: skip


def test_a_revision_is_what_it_was_defined_to_be() -> None:
    assert all(revision_of([each]) == defined([each]) for each in CLAUSES)
    rng = random.Random(4)
    assert all(revision_of(some) == defined(some) for _ in range(100) if (some := list(some_clauses(rng))))
    assert revision_of([]) == defined([])


def test_nothing_that_differs_has_the_same_revision_and_order_says_nothing() -> None:
    assert len({revision_of([each]) for each in CLAUSES}) == len(CLAUSES)
    some = list(some_clauses(random.Random(1)))
    assert revision_of(some) == revision_of(some[::-1])


def _forgetful(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(revision, "id", lambda _: 0, raising=False)


def _sortless(patch: pytest.MonkeyPatch) -> None:
    kept = revision._Writer._kept
    patch.setattr(revision._Writer, "_kept", lambda *told: "[]" if isinstance(told[1], tuple) else kept(*told))


def _unsorted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(revision, "sorted", lambda each, **_: list(each)[::-1], raising=False)


@pytest.mark.parametrize("broken", [_forgetful, _sortless, _unsorted])
def test_another_revision_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    rng = random.Random(4)
    assert any(revision_of(some) != defined(some) for some in ([*some_clauses(rng), *CLAUSES] for _ in range(5)))
