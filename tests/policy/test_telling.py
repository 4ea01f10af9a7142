"""What is told quickly is what the specification of combining says."""

import random

import pytest

from tests.policy.test_program import some_clauses
from yett.model.decision import Decision
from yett.policy import owing, telling
from yett.policy.clause import Clause
from yett.policy.combining import Matched, combine
from yett.policy.layout import Layout
from yett.policy.telling import Telling


def disagreement(rng: random.Random) -> tuple[Decision, Decision] | None:
    clauses = sorted(some_clauses(rng), key=lambda clause: clause.order)
    layout = Layout(clauses)
    told = Telling(clauses, layout, "r")
    for _ in range(20):
        possible = rng.randrange(layout.every + 1)
        expected = combine((Matched(clauses[each]) for each in layout.rules(possible)), "r")
        if told.certain(possible) != expected:
            return told.certain(possible), expected
    return None


def test_every_set_of_conjuncts_is_told_as_combining_says() -> None:
    rng = random.Random(11)
    assert [found for _ in range(600) if (found := disagreement(rng))] == []


@pytest.mark.parametrize(
    ("where", "name", "mutant"),
    [
        (Telling, "_holding_from", lambda told: dict.fromkeys(range(3), -1)),
        (owing, "_is_notice", lambda obligation: True),
        (owing, "join_ranked", lambda ranked: tuple(each for _, each in ranked)),
        (owing, "sorted", lambda owed, **_: list(owed)),
        (telling, "_STRANDED", None),
        (telling, "STRICTNESS", {effect: -rank for effect, rank in telling.STRICTNESS.items()}),
    ],
)
def test_telling_otherwise_is_noticed(
    where: object, name: str, mutant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, mutant, raising=False)
    rng = random.Random(11)
    assert any(disagreement(rng) for _ in range(600))


def made() -> tuple[list[Clause], Telling]:
    clauses = sorted(some_clauses(random.Random(2)), key=lambda clause: clause.order)
    return clauses, Telling(clauses, Layout(clauses), "r")


def test_equal_decisions_are_one_object() -> None:
    _, told = made()
    assert told.certain(1) is told.certain(1)
    assert told.interned[1] is told.certain(1)


def test_the_number_of_objects_that_are_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_INTERNED", 1)
    _, told = made()
    for possible in range(8):
        told.certain(possible)
    assert len(told.interned) == 1


def test_the_priority_of_the_deny_that_decides_is_known_without_telling() -> None:
    rng = random.Random(5)
    denied = 0
    for _ in range(200):
        clauses = sorted(some_clauses(rng), key=lambda clause: clause.order)
        layout = Layout(clauses)
        told = Telling(clauses, layout, "r")
        possible = rng.randrange(layout.every + 1)
        verdict = telling_verdict([clauses[each] for each in layout.rules(possible)])
        assert told.denial(possible) == verdict
        denied += verdict is not None
    assert denied > 20


def telling_verdict(matching: list[Clause]) -> int | None:
    top = next((clause for clause in matching if clause.effect in {"allow", "deny"}), None)
    return top.priority if top is not None and top.effect == "deny" else None
