"""Expressions: RE2 over bytes, with what stands before seen."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors import generated
from yett.detectors.expression import BadPattern, Expression, Found, compiled


def test_a_match_without_group_points_at_itself() -> None:
    assert Expression("b+").search(b"abba") == Found(1, 3, 1, 3)


def test_where_a_match_begins_can_be_asked_alone() -> None:
    assert Expression("b+").first(b"abba") == 1
    assert Expression("b+").first(b"abba", 3) == -1


def test_a_group_is_what_is_pointed_at() -> None:
    assert Expression("a(b+)").search(b"xabb") == Found(1, 4, 2, 4)


def test_a_group_that_takes_no_part_leaves_the_whole() -> None:
    assert Expression("a(b)?").search(b"xa") == Found(1, 2, 1, 2)


def test_matches_follow_one_another() -> None:
    assert [found.start for found in Expression("aa").finditer(b"aaaaa")] == [0, 2]


def test_what_stands_before_the_start_is_seen() -> None:
    assert Expression(r"\bfoo").search(b"xfoo", 1) is None
    assert Expression(r"(?m:^)foo").search(b"xfoo", 1) is None
    assert list(Expression(r"\bfoo").finditer(b"xfoo", 1)) == []


@given(generated.patterns(), generated.TEXTS, st.integers(0, 24), st.integers(0, 24))
def test_what_is_found_is_what_the_module_finds(pattern: str, text: str, start: int, stop: int) -> None:
    data = text.encode()
    start, stop = min(start, len(data)), min(stop, len(data))
    expression, plain = Expression(pattern), re2.compile(pattern.encode())
    assert [found[:2] for found in expression.finditer(data, start, stop)] == [
        match.span() for match in plain.finditer(data, start, stop)
    ]
    match = plain.search(data, start)
    assert expression.first(data, start) == (-1 if match is None else match.start())


def test_what_stands_behind_the_end_is_seen() -> None:
    assert Expression(r"foo\b").search(b"foox", 0, 3) is None
    assert Expression("foo$").search(b"foox", 0, 3) is None
    assert Expression("fo+").search(b"foox", 0, 2) == Found(0, 2, 0, 2)


def test_nothing_is_found_over_and_over() -> None:
    assert [found.start for found in Expression("a*").finditer(b"baab")] == [0, 1, 3, 4]


def test_a_large_pattern_has_room_for_its_automaton(capfd: pytest.CaptureFixture[str]) -> None:
    large = Expression(r"(?i)a(?:[\pL-]{1,14} ){0,12}b|b(?:\pL{1,12} ){0,12}c")
    assert large.search("a привет мир abc и ещё c".encode() * 200) is not None
    assert "out of memory" not in capfd.readouterr().err


def test_characters_are_characters_though_bytes_are_handed_in() -> None:
    assert Expression("^.$").search("é".encode()) == Found(0, 2, 0, 2)


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "\ud800"])
def test_what_re2_does_not_accept_is_told(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Expression(pattern)


def test_a_pattern_is_compiled_once() -> None:
    assert compiled("once") is compiled("once")
