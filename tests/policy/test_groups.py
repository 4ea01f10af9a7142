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
from yett.policy.groups import Group

Vector = dict[str, object]
EXCHANGES = st.lists(st.tuples(VECTORS.map(lambda vector: {"*": 1, **vector}), VECTORS, st.booleans()), max_size=6)


def compared(rules: Rules) -> Comparison:
    return Comparison(Candidate(written(rules), digest))


def together(group: Group, rows: Sequence[Sequence[object]]) -> list[Outcome]:
    """Return what comes of asking about exchanges that have these *rows* of values."""
    columns = [[row[place] for row in rows] for place in group.places]
    short = [each[:1] if all(repr(value) == repr(each[0]) for value in each) else each for each in columns]
    answers = group.answers(short, len(rows), rows.__getitem__)
    assert sum(answers.times.values()) == len(rows)
    return [answers.outcomes[key] for key in answers.keys]


def outcomes(
    rules: Rules, exchanges: Sequence[tuple[Vector, Vector | None, bool]]
) -> tuple[list[Outcome], list[Outcome]]:
    """Return what comes of asking about groups, and what of asking about each exchange."""
    comparison = compared(rules)
    kinds: dict[object, list[int]] = {}
    for at, (first, second, counted) in enumerate(exchanges):
        kinds.setdefault((tuple(first), None if second is None else tuple(second), counted), []).append(at)
    found: dict[int, Outcome] = {}
    alone = []
    for first, second, counted in exchanges:
        stages = [(judged(counted=counted), 0), (judged(counted=True), 1), (judged(counted=True), 0)]
        alone.append(comparison.outcome([(each, (first, second)[at]) for each, at in stages]))
    for (first_names, second_names, counted), places in kinds.items():  # type: ignore[misc]
        stages = [(judged(counted=counted), 0), (judged(counted=True), 1), (judged(counted=True), 0)]
        group = Group(comparison, stages, (first_names, second_names))
        rows = [[*exchanges[at][0].values(), *(exchanges[at][1] or {}).values()] for at in places]
        for begin in (0, len(rows) // 2):  # what was asked about before is not asked about again
            found.update(zip(places[begin:], together(group, rows[begin:]), strict=True))
        for at, row in zip(places, rows, strict=True):
            first, second, _ = exchanges[at]
            assert group.vectors(row) == [first, second, first]
    return [found[at] for at in range(len(exchanges))], alone


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
        (groups, "_said", lambda _value, _texts: None, NAMED),
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
    group = Group(comparison, [(judged(), 0)], [("*", "team.id", "llm.model", "llm.piiTypes")])
    with mock.patch.object(comparison, "outcome", wraps=comparison.outcome) as asked:
        together(group, [(1, f"t{at}", f"m{at}", ["a", f"k{at}"]) for at in range(40)])
    assert asked.call_count == 1


def test_what_is_no_number_is_not_taken_for_one() -> None:
    exchanges = lengths(*NUMBERS, None, "x", True, {"decimal": "12"}, {"no": "value"})
    found, alone = outcomes(TOLD_APART, exchanges)
    assert found == alone


def test_what_rules_do_not_tell_apart_is_asked_about_once() -> None:
    comparison = compared([(CONDITIONS[0], "deny")])
    group = Group(comparison, [(judged(), 0)], [("*", "llm.model", "llm.promptLength", "team.id")])
    with mock.patch.object(comparison, "outcome", wraps=comparison.outcome) as asked:
        for model in ("m", "n"):
            together(group, [(1, model, number, number) for number in range(40)])
    assert asked.call_count == 3  # below, at and above 10


@pytest.mark.parametrize("values", [(), (1,), (1, 2, 3)])
def test_values_that_are_not_those_of_the_vector_are_an_error(values: tuple[int, ...]) -> None:
    group = Group(compared(TOLD_APART), [(judged(), 0)], [("*", "llm.promptLength")])
    with pytest.raises(ValueError, match="the values are not those"):
        group.vectors(values)
    with pytest.raises(ValueError, match="the values are not those"):
        group.answers([[1], [2]], 1, lambda _at: values)


def test_what_is_remembered_stays_bounded() -> None:
    with mock.patch.object(groups, "_MOST_ALIKE", 1):
        found, alone = outcomes(TOLD_APART, [*lengths(*NUMBERS), ({"*": 1}, None, True), *lengths(None, 9, 12)])
    assert found == alone
