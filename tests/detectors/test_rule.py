"""Rules at work: context by whole words, neighbours, triggers, and numbers behind numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.rule import TRIGGER, Context, Rule, Scanner, trigger
from yett.detectors.surroundings import Surroundings


def scores(rule: Rule, text: str) -> list[tuple[str, float]]:
    scanner, around = Scanner(rule), Surroundings(text.encode())
    found = [each for each, _ in scanner.finds(around, 0)]
    return [(around.data[each.start : each.end].decode(), scanner.score(around, each)) for each in found]


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
