"""Telltale: part of a pattern, that occurs wherever the pattern matches, and tells enough."""

from collections.abc import Callable

import pytest
from hypothesis import given

from tests.detectors.generated import TEXTS, patterns
from yett.detectors.expression import Expression
from yett.detectors.syntax import Node, Sequence, parse, written
from yett.detectors.telltale import apart, letters, telltale

SENTENCE = r"(?i)\b(?:delete|wipe)\b[^.\n]{0,40}\bfiles?\b[^.\n]{0,40}\b(?:without asking|unannounced)\b"


def told(pattern: str) -> str:
    return written(telltale(parse(pattern)))


def missed(pattern: str, text: str, tell: Callable[[Node], Node]) -> bool:
    """Say whether *pattern* is in *text*, but what tells of it is not."""
    node = tell(parse(pattern))
    return Expression(pattern).search(text.encode()) is not None and not Expression(written(node)).search(text.encode())


@pytest.mark.parametrize(
    ("pattern", "telling"),
    [
        (SENTENCE, r"(?i:\b(?:without asking|unannounced)\b)"),
        (r"ab[^x]{0,9}cd", r"ab[^x]{0,9}cd"),
        (r"abcdef[^x]{0,9}cd|gh", r"abcdef|gh"),
        (r"abcdef[^x]{0,2}cd", r"abcdef[^x]{0,2}cd"),
        (r"abcdef[0-9]{4,9}cd", r"abcdef[0-9]{4,9}cd"),
        (r"(?:tell\w{0,4}|show\w{0,4})\W{1,3}it", r"(?:tell\w{0,4}|show\w{0,4})\W{1,3}it"),
        (r"\b(?:P[A-Z])?[A-Z0-9]{12}x", "[A-Z0-9]{12}x"),
        ("不要拒.{0,9}a", "不要拒"),
        (r"format\s{1,4}[a-z]:", r"format\s{1,4}[a-z]:"),
        (r"one[a-z. -]{0,9}key:[a-z0-9]{32}", "key:[a-z0-9]{32}"),
        (r"send (?:me |us ){1,3}data[^.]{0,9}to", "send (?:me |us )"),
        (r"to (?:me |us ){1,3}secrets[^.]{0,9}to", "(?:me |us )secrets"),
        (r"send (?:me |us ){0,3}data[^.]{0,9}to", r"send (?:me |us ){0,3}data[^.]{0,9}to"),
    ],
)
def test_one_part_is_told_where_it_has_letters_enough(pattern: str, telling: str) -> None:
    assert told(pattern) == telling


@given(patterns(), TEXTS)
def test_what_tells_of_a_pattern_is_wherever_it_matches(pattern: str, text: str) -> None:
    assert not missed(pattern, text, telltale)


def test_a_part_whose_end_was_cut_off_is_noticed() -> None:
    def mutant(node: Node) -> Node:
        return Sequence((*node.parts[:1], *node.parts[2:])) if isinstance(node, Sequence) else node

    once = (r"send (?:me |us ){1,3}data", "send me us data")
    assert not missed(*once, telltale)
    assert missed(*once, lambda _: parse("send (?:me |us )data"))
    case = (r"poprzedni\w{0,3}\W{1,3}instrukcj", "poprzednie instrukcje")
    assert not missed(*case, telltale)
    assert missed(*case, mutant)


def test_parts_apart_are_those_that_tell_something() -> None:
    assert list(map(written, apart(parse(SENTENCE)))) == [
        r"(?i:\b(?:delete|wipe)\b)",
        r"(?i:\bfiles{0,1}\b)",
        r"(?i:\b(?:without asking|unannounced)\b)",
    ]
    assert list(map(written, apart(parse("ab[^x]{0,9}c[^x]{0,9}de")))) == ["ab", "de"]
    assert apart(parse("ab|cd")) == ()


def test_letters_are_counted_at_their_fewest() -> None:
    assert letters(parse(r"ab(?:c|de)f{2}\d[xyz]-")) == len("abcff")
