"""Rules at work: context by whole words, neighbours, triggers, and numbers behind numbers."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detectors import plain_patterns
from yett.detectors.expression import Spans
from yett.detectors.rule import TRIGGER, Context, Places, Rule, Scanner, trigger
from yett.detectors.surroundings import Surroundings


def scores(rule: Rule, text: str) -> list[tuple[str, float]]:
    scanner, around = Scanner(rule), Surroundings(text.encode())
    places = scanner.places(around, 0).spans
    return [(around.data[start:end].decode(), scanner.score(around, (start, end))) for start, end in places]


def number(**further: object) -> Rule:
    return Rule("r", "pii.phone", r"\b\d{4,}\b", 0.4, **further)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("12345", 0.4),
        ("phone 12345", 0.8),
        ("Phone: 12345", 0.8),
        ("12345 is my phone", 0.8),
        ("microphone 12345", 0.4),
        ("phones 12345", 0.4),
        ("phone" + " " * 20 + "12345", 0.4),
        ("телефон 12345", 0.8),
        ("микротелефон 12345", 0.4),
        ("我的电话12345", 0.8),
        ("phone order 12345", 0.3),
        ("order 12345", 0.0),
    ],
)
def test_context_counts_by_whole_words_nearby(text: str, score: float) -> None:
    context = Context(("phone", "телефон", "电话"), 0.4, ("order",), -0.5, window=18)
    assert scores(number(context=context), text)[0][1] == pytest.approx(score, abs=0.001)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("account number 12345", 0.8),
        ('{"account_number": 12345}', 0.8),
        ("Account-Number: 12345", 0.8),
        ("accountNumber=12345", 0.8),
        ("account number_of 12345", 0.8),
        ("account numbers 12345", 0.4),
        ("account.number 12345", 0.4),
    ],
)
def test_words_that_belong_together_may_be_written_as_a_name_in_code(text: str, score: float) -> None:
    assert scores(number(context=Context(("account number",), 0.4)), text)[0][1] == pytest.approx(score, abs=0.001)


@pytest.mark.parametrize(
    ("text", "believed"), [("12345", True), ("-12345", False), ("12345-", False), ("x 12345.", True)]
)
def test_what_stands_beside_a_match_may_rule_it_out(text: str, believed: bool) -> None:
    assert (scores(number(beside="-"), text)[0][1] > 0) is believed


def test_a_group_is_reported_and_the_rest_is_its_trigger() -> None:
    rule = Rule("r", "secret.x", r"key=(\w+)", 0.9)
    assert scores(rule, "key=abc") == [("abc", 0.9)]
    assert Scanner(rule).triggered
    assert Scanner(rule).look_behind == TRIGGER + 1


def test_digits_in_front_do_not_hide_a_number() -> None:
    rule = Rule("r", "pii.credit_card", r"\b\d{4}(?: \d{4}){3}\b", 0.9, validator="card")
    assert ("4111 1111 1111 1111", 0.9) in scores(rule, "4242 4111 1111 1111 1111")


def test_what_must_be_seen_around_a_match_is_told() -> None:
    assert (Scanner(number()).look_behind, Scanner(number()).look_ahead) == (1, 0)
    assert Scanner(number(beside="-")).look_ahead == 1
    assert Scanner(number(context=Context(("a",), window=10))).look_ahead == 11


@pytest.mark.parametrize(
    ("pattern", "width"),
    [
        ("abc", 0),
        ("ab(c)", 2),
        ("(a)b", 0),
        ("a{2,5}(b)", 5),
        ("a*(b)", None),
        ("(?:a|bc(d))", 2),
        ("(?:xy(?:z(a)))?", 3),
        ("(?:a(b)){2}", None),
        ("(?:a*|b)(c)", None),
        ("(?P<name>a)", 0),
    ],
)
def test_the_width_of_a_trigger(pattern: str, width: int | None) -> None:
    assert trigger(pattern) == width


@given(st.text("1234 phoner-", max_size=30))
def test_a_score_lies_between_nothing_and_certainty(text: str) -> None:
    context = Context(("phone",), 0.9, ("order",), -0.9, window=8)
    assert all(0 <= score <= 1 for _, score in scores(number(context=context), text))


CARD = Rule("c", "pii.credit_card", r"[2-6](?:[ -]?[0-9]){12,18}", 0.9, validator="card", beside="-. 0123456789")
ADDRESS = Rule("a", "pii.ip_address", r"\d{1,3}(?:\.\d{1,3}){3}", 0.9, validator="ip_address", beside="-.0123456789")
SPOKEN = Rule("k", "secret.x", r"key ?=(\w+)", 0.9, validator="password", beside="-")
PIECES = (
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111111111111112",
    "7",
    "-",
    ", ",
    "203.0.113.7",
    "1.2.3.4",
    "2.203.0.113.9",
)
TEXTS = st.lists(st.sampled_from([*PIECES[:2] * 3, *PIECES, "key=hunter2xx", "é"]), max_size=50).map(", ".join)


def plainly(rule: Rule, data: bytes) -> list[tuple[int, int]]:
    return list(plain_patterns.places(rule, data))


def agrees(scanner: Scanner, text: str) -> bool:
    """Say whether *scanner* finds where a search at every place does, and knows what is valid there."""
    rule, around = scanner.rule, Surroundings(text.encode())
    places = scanner.places(around, 0)
    believed = [plain_patterns.believed(rule, around.data, *span) for span in places.spans]
    return places.spans == plainly(rule, around.data) and places.valid in ([], believed)


@settings(max_examples=60)
@given(TEXTS, st.sampled_from([CARD, ADDRESS, SPOKEN]))
def test_many_places_are_found_as_one_after_the_other(text: str, rule: Rule) -> None:
    assert agrees(Scanner(rule), text)


@settings(max_examples=60)
@given(TEXTS, st.sampled_from([CARD, ADDRESS, SPOKEN]), st.integers(0, 30), st.lists(st.integers(0, 800), max_size=4))
def test_a_search_ends_where_there_are_enough(text: str, rule: Rule, most: int, cuts: list[int]) -> None:
    scanner, around = Scanner(rule), Surroundings(text.encode())
    length = len(around.data)
    stretches = [*pairwise(sorted({0, *(min(cut, length) for cut in cuts), length + 1}))]
    whole, first = scanner.places(around, 0), scanner.places(around, 0, stretches, most)
    assert first.spans == whole.spans[:most]
    assert first.wholes == whole.wholes[:most]
    assert first.valid == whole.valid[:most]
    assert whole.since(most).spans == [span for span in whole.spans if span[0] >= most]


class Trusting(Scanner):
    """Takes what was found next for what begins behind a place that is not valid."""

    def _between(
        self, around: Surroundings, within: tuple[int, int, int], ahead: list[Spans], bad: int
    ) -> tuple[list[Spans], list[bool], int, int]:
        return [], [], within[0], bad + 1


class Short(Scanner):
    """Reads no further than to the end of what is not valid."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule)
        self._beyond = 0


class Blind(Scanner):
    """Sees nothing beside many places."""

    def _clear(self, around: Surroundings, places: list[tuple[int, int]]) -> list[bool]:
        return [True] * len(places)


class Late(Scanner):
    """Goes on one character too late."""

    def places(self, around: Surroundings, start: int, *further: object) -> Places:
        return super().places(around, start + 1, *further)  # type: ignore[arg-type]


@pytest.mark.parametrize("mutant", [Trusting, Short, Blind, Late])
def test_a_search_that_is_hasty_is_noticed(mutant: Callable[[Rule], Scanner]) -> None:
    card = "4111 1111 1111 1111"
    texts = [f"{card}, {card}, {card}, 4242 {card}, {card}", f"{card}, " * 5 + f"-{card}-", card]
    assert all(agrees(Scanner(CARD), text) for text in texts)
    assert not all(agrees(mutant(CARD), text) for text in texts)
