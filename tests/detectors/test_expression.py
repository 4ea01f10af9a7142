"""Expressions: RE2 over bytes, with what stands before seen."""

import pytest

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


def test_characters_are_characters_though_bytes_are_handed_in() -> None:
    assert Expression("^.$").search("é".encode()) == Found(0, 2, 0, 2)


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "\ud800"])
def test_what_re2_does_not_accept_is_told(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Expression(pattern)


def test_a_pattern_is_compiled_once() -> None:
    assert compiled("once") is compiled("once")
