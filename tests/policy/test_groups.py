"""Exchanges that no rule can tell apart are asked about once, with the outcome that asking about each would have."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from types import ModuleType
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.test_candidate import CONDITIONS, RULES, VECTORS, Rules, judged, written
from tests.policy.test_comparison import digest
from yett.policy import candidate, groups
from yett.policy.candidate import Candidate
from yett.policy.comparison import Comparison, Outcome
from yett.policy.groups import Groups

HOLE = {"number": 0}
Vector = dict[str, object]
EXCHANGES = st.lists(st.tuples(VECTORS.map(lambda vector: {"*": 1, **vector}), VECTORS, st.booleans()), max_size=6)


def compared(rules: Rules) -> Comparison:
    return Comparison(Candidate(written(rules), digest))


def split(vectors: Sequence[Vector | None]) -> tuple[list[Vector | None], list[int | float]]:
    """Return *vectors* with holes for their numbers, and the numbers."""
    numbers = [
        value
        for vector in vectors
        for name, value in (vector or {}).items()
        if type(value) in {int, float} and name != "*"
    ]
    holed = [
        vector
        and {name: HOLE if type(value) in {int, float} and name != "*" else value for name, value in vector.items()}
        for vector in vectors
    ]
    return holed, numbers  # type: ignore[return-value]


def outcomes(
    rules: Rules, exchanges: Sequence[tuple[Vector, Vector | None, bool]]
) -> tuple[list[Outcome], list[Outcome]]:
    """Return what comes of asking about groups, and what of asking about each exchange."""
    comparison, found, alone = compared(rules), [], []
    made = Groups(comparison, HOLE)
    for first, second, counted in exchanges:
        stages = [(judged(counted=counted), 0), (judged(counted=True), 1), (judged(counted=True), 0)]
        holed, numbers = split((first, second))
        group = made.group(b"1" if counted else b"0", stages, holed)
        (key,) = group.keys([numbers])
        found.append(group.outcome(key, numbers))
        alone.append(comparison.outcome([(each, (first, second)[at]) for each, at in stages]))
        assert group.vectors(numbers) == [first, second, first]
    return found, alone


@given(RULES, EXCHANGES)
def test_a_group_has_the_outcome_of_each_exchange_in_it(
    rules: Rules, exchanges: list[tuple[Vector, Vector, bool]]
) -> None:
    found, alone = outcomes(rules, exchanges)
    assert found == alone


NUMBERS = (9, 10, 10.5, 11, 12, 13)
TOLD_APART: Rules = [(CONDITIONS[0], "deny"), (CONDITIONS[2], "warn")]


def lengths(*numbers: object) -> list[tuple[Vector, Vector | None, bool]]:
    return [({"*": 1, "llm.promptLength": number, "team.id": number}, None, True) for number in numbers]


@pytest.mark.parametrize(
    ("name", "mutant"),
    [("bisect_left", bisect_right), ("bisect_left", lambda _bounds, _value: 0), ("add", lambda low, _high: low)],
)
def test_a_number_taken_for_another_is_caught(name: str, mutant: Callable[..., int]) -> None:
    with mock.patch.object(groups, name, mutant):
        found, alone = outcomes([(CONDITIONS[2], "deny")], lengths(11, 12, 13))
    assert found != alone


NAMED: Rules = [("team.id in ['a', 'b']", "deny"), (CONDITIONS[15], "warn")]
BY_MORE: Rules = [(CONDITIONS[-2], "deny"), (CONDITIONS[-1], "warn")]
KINDS: tuple[list[str], ...] = ([], ["a"], ["a", "e"], ["e"], ["a", "b"], ["e", "d"])


def texts() -> list[tuple[Vector, Vector | None, bool]]:
    """Return exchanges that differ in texts, and in lists of texts."""
    vectors: list[Vector] = [
        *({"team.id": name, "llm.model": f"z{name}"} for name in ("c", "a", "ab", "b")),
        *({"llm.model": name} for name in ("b", "ab")),
        *({"llm.piiTypes": kinds} for kinds in KINDS),
    ]
    whole = [{"*": 1, "team.id": "", "llm.model": "", **vector} for vector in vectors]
    return [(vector, vector, True) for vector in whole]


def some(value: object, texts: frozenset[str] | None) -> object:
    """Forget that there are other texts in a list."""
    return sorted((texts or frozenset()).intersection(value)) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("where", "name", "mutant", "rules"),
    [
        (groups, "_said", lambda value, _texts: value if isinstance(value, list) else None, NAMED),
        (groups, "_said", some, NAMED),
        (candidate, "_asks_equality", lambda _literal: True, BY_MORE[:1]),
        (candidate, "_asks_equality", lambda _literal: True, BY_MORE[1:]),
        (candidate, "_values", lambda leaf: () if isinstance(leaf.value, tuple) else (leaf.value,), NAMED),
    ],
)
def test_a_text_taken_for_another_is_caught(
    where: ModuleType, name: str, mutant: Callable[..., object], rules: Rules
) -> None:
    with mock.patch.object(where, name, mutant):
        found, alone = outcomes(rules, texts())
    assert found != alone
    assert [*map(list, zip(*outcomes(rules, texts()), strict=True))] == [[each, each] for each in alone]


def test_texts_that_are_none_of_those_asked_for_are_asked_about_once() -> None:
    comparison = compared(NAMED)
    made = Groups(comparison, HOLE)
    with mock.patch.object(comparison, "outcome", wraps=comparison.outcome) as asked:
        for at in range(40):
            vector: Vector = {"*": 1, "team.id": f"t{at}", "llm.model": f"m{at}", "llm.piiTypes": ["a", f"k{at}"]}
            group = made.group(b"", [(judged(), 0)], [vector])
            group.outcome((), ())
    assert asked.call_count == 1


def test_what_is_no_number_is_not_taken_for_one() -> None:
    exchanges = lengths(*NUMBERS, None, "x", True, {"decimal": "12"}, {"no": "value"})
    found, alone = outcomes(TOLD_APART, exchanges)
    assert found == alone


def test_what_rules_do_not_tell_apart_is_asked_about_once() -> None:
    comparison = compared([(CONDITIONS[0], "deny")])
    made = Groups(comparison, HOLE)
    with mock.patch.object(comparison, "outcome", wraps=comparison.outcome) as asked:
        for model in ("m", "n"):
            vector = {"*": 1, "llm.model": model, "llm.promptLength": HOLE, "team.id": HOLE}
            group = made.group(b"", [(judged(), 0)], [vector])
            rows = [(number, number) for number in range(40)]
            for key, row in zip(group.keys(rows), rows, strict=True):
                group.outcome(key, row)
    assert asked.call_count == 3  # below, at and above 10


@pytest.mark.parametrize(
    ("rows", "problem"),
    [([(1, 2)], ValueError), ([(), ()], ValueError), ([(1,), (1, 2)], ValueError), ([("x",)], TypeError)],
)
def test_numbers_that_are_not_those_of_the_vector_are_an_error(
    rows: list[tuple[int, ...]], problem: type[Exception]
) -> None:
    group = Groups(compared(TOLD_APART), HOLE).group(b"", [(judged(), 0)], [{"*": 1, "llm.promptLength": HOLE}])
    with pytest.raises(problem):
        group.keys(rows)


def test_what_is_remembered_stays_bounded() -> None:
    with mock.patch.object(groups, "_MOST_SHAPES", 1), mock.patch.object(groups, "_MOST_ALIKE", 1):
        found, alone = outcomes(TOLD_APART, [*lengths(*NUMBERS), ({"*": 1}, None, True), *lengths(None, 9, 12)])
    assert found == alone
