"""What rules owe together is what joining says."""

import random

import pytest

from tests.policy.test_program import some_clauses
from yett.model.obligation import Cap, Notify, Obligation, Redact, join
from yett.policy import owing
from yett.policy.owing import Owed


def test_what_is_owed_is_joined_in_the_canonical_order() -> None:
    owed = Owed([(Notify("b"), Notify("a")), (), (Redact("pii"),), (Notify("a"),)])
    assert owed.joined([owed.numbers[0], owed.numbers[3], owed.numbers[2]]) == (
        Notify("a"),
        Notify("b"),
        Redact("pii"),
    )
    assert owed.joined([()]) == ()


def test_notices_are_told_apart() -> None:
    owed = Owed([(Notify("a"), Cap("max_tokens", 5)), (Cap("max_tokens", 5),)])
    assert owed.joined(owed.notices) == (Notify("a"),)
    assert owed.notices[1] == ()


def test_what_merges_is_merged() -> None:
    owed = Owed([(Cap("max_tokens", 5),), (Cap("max_tokens", 3),)])
    assert owed.joined(owed.numbers) == (Cap("max_tokens", 3),)
    assert owed.joined(owed.numbers[:1]) == (Cap("max_tokens", 5),)


def test_what_one_rule_alone_owes_needs_no_joining() -> None:
    owed = Owed(
        [(Notify("a"),), (Notify("b"),), (Notify("b"),), (Notify("c"), Notify("d")), (), (Cap("n", 1),), (Cap("n", 2),)]
    )
    (first,) = owed.numbers[0]
    assert owed.alone(owed.numbers) == [first, -1, -1, -1, -1, -1, -1]


def disagrees(rng: random.Random) -> bool:
    obligations: list[tuple[Obligation, ...]] = [clause.obligations for clause in some_clauses(rng)]
    owed = Owed(obligations)
    chosen = [each for each in range(len(obligations)) if rng.random() < 0.6]
    expected = join(obligation for each in chosen for obligation in obligations[each])
    return owed.joined(owed.numbers[each] for each in chosen) != expected


def test_joining_by_numbers_is_joining() -> None:
    rng = random.Random(3)
    assert not any(disagrees(rng) for _ in range(500))


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("rank", lambda _: ""),
        ("Counter", lambda ranks: dict.fromkeys(ranks, 0)),
        ("sorted", lambda owed, **_: list(owed)),
    ],
)
def test_joining_otherwise_is_noticed(name: str, mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owing, name, mutant, raising=False)
    rng = random.Random(3)
    assert any(disagrees(rng) for _ in range(500))
