"""Syntax: what is read can be written again, and means the same."""

import pytest
from hypothesis import given

from tests.detectors.generated import patterns
from yett.detectors.expression import Expression
from yett.detectors.rule import Rule
from yett.detectors.rules import SHIPPED, shipped
from yett.detectors.syntax import (
    Assertion,
    Atom,
    Choice,
    Group,
    Repeat,
    Sequence,
    Unreadable,
    parse,
    relaxed,
    width,
    written,
)

RULES = [rule for name in SHIPPED for rule in shipped(name)]


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("a", Atom("a")),
        (r"\bab", Sequence((Assertion(r"\b"), Atom("a"), Atom("b")))),
        ("a|b", Choice((Atom("a"), Atom("b")))),
        ("a{2,}?", Repeat(Atom("a"), 2, None, lazy=True)),
        ("a{2}", Repeat(Atom("a"), 2, 2, lazy=False)),
        ("a{x", Sequence((Atom("a"), Atom("{"), Atom("x")))),
        ("(?P<n>a)", Group("(?P<n>", Atom("a"))),
        ("x(?i)a|b", Sequence((Atom("x"), Group("(?i:", Choice((Atom("a"), Atom("b"))))))),
        ("[]a]", Atom("[]a]")),
        (r"[^\]\x{e9}]", Atom(r"[^\]\x{e9}]")),
        ("[[:alpha:]]", Atom("[[:alpha:]]")),
        (r"\pL\p{Greek}\x41", Sequence((Atom(r"\pL"), Atom(r"\p{Greek}"), Atom(r"\x41")))),
        ("", Sequence(())),
    ],
)
def test_patterns_are_read(pattern: str, tree: object) -> None:
    assert parse(pattern) == tree


@pytest.mark.parametrize("pattern", ["(", ")", "[a", "a\\", "*a", r"\Qa\E", r"\C", "(?P<n", r"\p{Greek", r"\x"])
def test_what_is_not_understood_is_said_to_be_unreadable(pattern: str) -> None:
    with pytest.raises(Unreadable):
        parse(pattern)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_shipped_patterns_read_and_written_find_the_same(rule: Rule) -> None:
    pattern = rule.pattern
    again = Expression(written(parse(pattern)))
    for example in (*rule.true, *rule.false):
        assert list(again.finditer(example.encode())) == list(Expression(pattern).finditer(example.encode()))


@given(patterns())
def test_reading_what_was_written_gives_the_same_spelling(pattern: str) -> None:
    once = written(parse(pattern))
    assert written(parse(once)) == once


@pytest.mark.parametrize(
    ("pattern", "widths"),
    [
        ("ab", (2, 2)),
        ("a|bcd", (1, 3)),
        ("a{2,5}", (2, 5)),
        ("a*", (0, None)),
        (r"\ba?", (0, 1)),
        ("(?:ab){0,}c", (1, None)),
    ],
)
def test_widths_are_counted_in_characters(pattern: str, widths: tuple[int, int | None]) -> None:
    assert width(parse(pattern)) == widths


def test_relaxing_forgets_long_counts() -> None:
    assert written(relaxed(parse("a{2,3}b{5,9}(?:cd){4}"), 3)) == "a{2,3}b{1,}(?:cd){1,}"
    assert written(relaxed(parse("b{5,9}(?:cd){4}"), 3, least=True)) == "b{5,}(?:cd){1,}"
