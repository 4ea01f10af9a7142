"""What is told quickly is what the specification of combining says."""

import random
import tracemalloc
from dataclasses import replace

import pytest

from tests.policy.test_program import some_clauses
from yett.model.decision import Decision, Effect
from yett.model.obligation import Cap, Notify, Obligation
from yett.model.stage import Stage
from yett.policy import owing, telling
from yett.policy.clause import Clause
from yett.policy.combining import Matched, combine
from yett.policy.expression import ALWAYS
from yett.policy.layout import Layout, Placed
from yett.policy.owing import Owed
from yett.policy.telling import Telling


def disagreement(rng: random.Random) -> tuple[Decision, Decision] | None:
    clauses = sorted(some_clauses(rng), key=lambda clause: clause.order)
    layout = Layout(clauses)
    told = Telling(clauses, layout, "r")
    for _ in range(20):
        possible = rng.randrange(layout.every + 1)
        expected = combine((Matched(clauses[each]) for each in layout.rules(possible)), "r")
        decided = told.certain(possible)
        if decided.reason != expected.reason or decided != expected:
            return decided, expected
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
        (telling._Joins, "of", lambda joins, owing: tuple(map(joins._numbered, joins._alone.listed(owing)))),
        (Owed, "alone", lambda _, numbers: [each[0] if each else -1 for each in numbers]),
        (owing, "Route", Cap),
        (telling, "_STRANDED", None),
        (Placed, "first", lambda placed, possible: placed.listed(possible)[-1]),
        (telling, "_is_first", lambda some, _: some != 0),
        (telling, "_put_allowed", lambda decision, _, put=telling._put_allowed: put(decision, True)),
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


@pytest.mark.parametrize("owed", [(Notify("a", "@"),), (Notify("a"), Notify("b")), (Cap("n", 5),)])
def test_who_asks_cannot_make_it_keep_more_than_a_number_of_bytes(
    owed: tuple[Obligation, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_INTERNED", 1 << 18)
    assert 1 << 17 < kept(owed, 2_000) < 3 << 17
    monkeypatch.setattr(telling, "_EACH", 0)
    monkeypatch.setattr(telling, "_ITEM", 0)
    monkeypatch.setattr(telling, "_MERGED", 0)
    assert kept(owed, 2_000) > 1 << 20


def kept(owed: tuple[Obligation, ...], questions: int) -> int:
    """Return the bytes that so many questions, each to other rules of 300 that owe something, make it keep at most."""
    clauses = [
        Clause("p", "1", f"r{number:03}", 0, Effect.WARN, ALWAYS, frozenset(Stage), definite=False, obligations=each)
        for number in range(300)
        for each in [tuple(replace(one, message=str(number)) if one == Notify("a", "@") else one for one in owed)]
    ]
    told = Telling(clauses, Layout(clauses), "r")
    rng = random.Random(1)
    tracemalloc.start()
    for _ in range(questions):
        assert len(told.certain(rng.getrandbits(300)).reasons) > 0
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_a_decision_that_is_too_large_to_be_kept_is_told_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_INTERNED", 1)
    _, told = made()
    assert told.certain(1) == told.certain(1)
    assert told.interned == {}


def test_what_is_asked_often_is_kept_again_after_all_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_INTERNED", 4 * telling._EACH)
    _, told = made()
    for possible in range(1, 8):
        told.certain(possible)
    assert 0 < len(told.interned) < 5
    assert told.certain(7) is told.certain(7)


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
