"""Reach: whatever may become a match is seen coming."""

from collections.abc import Callable

import pytest
from hypothesis import given

from tests.detectors.generated import TEXTS, patterns
from yett.detectors import reach as module
from yett.detectors.expression import Expression
from yett.detectors.reach import Reach, Reaches, beginnings
from yett.detectors.rule import Rule
from yett.detectors.rules import SHIPPED, shipped

RULES = [rule for name in SHIPPED for rule in shipped(name)]


def begins(begun: str, text: str) -> bool:
    return Expression(rf"^(?:{begun})\z").search(text.encode()) is not None


@pytest.mark.parametrize(
    ("pattern", "begun", "not_begun"),
    [
        ("abc", ["", "a", "ab", "abc"], ["b", "abcd", "bc"]),
        ("a{2,4}b", ["aaa", "aaab"], ["aaaaa"]),
        ("(?:ab|cd)+e", ["abc", "cdab", "abe"], ["ac"]),
        (r"a\b-", ["a", "a-"], ["ab"]),
        (r"\bab", ["a", "ab"], ["b"]),
        ("(?i)ab", ["A"], ["B"]),
        (r"\Qa\E", ["anything", "\n"], []),
    ],
)
def test_beginnings(pattern: str, begun: list[str], not_begun: list[str]) -> None:
    derived = beginnings(pattern)
    assert [text for text in begun if not begins(derived, text)] == []
    assert [text for text in not_begun if begins(derived, text)] == []


def unseen(pattern: str, text: str, derived: str) -> bool:
    """Say whether some match of *pattern* in *text* has a beginning that *derived* does not know."""
    data = text.encode()
    for found in Expression(pattern).finditer(data):
        match = data[found.whole_start : found.whole_end].decode()
        if not all(begins(f"(?s:{derived})", match[:end]) for end in range(1, len(match) + 1)):
            return True
    return False


@given(patterns().filter(lambda pattern: r"\b" not in pattern), TEXTS)
def test_every_beginning_of_every_match_is_known(pattern: str, text: str) -> None:
    assert not unseen(pattern, text, beginnings(pattern))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_beginning_of_every_example_is_held(rule: Rule) -> None:
    reach = Reach([rule.pattern])
    for example in rule.true:
        found = Expression(rule.pattern).search(example.encode())
        assert found is not None
        match = example.encode()[found.whole_start : found.whole_end].decode()
        beginnings_of_it = [match[:end].encode() for end in range(1, len(match) + 1)]
        assert [begun for begun in beginnings_of_it if reach.start(begun, 0)] == []


@pytest.mark.parametrize(
    "mutant",
    [
        lambda pattern: f"(?:{pattern})",
        lambda pattern: beginnings(pattern.partition("|")[0] + ")e" if "|" in pattern else pattern),
        lambda pattern: beginnings(pattern).replace("?", "", 1),
    ],
    ids=["whole matches only", "an alternative forgotten", "one character more asked for"],
)
def test_a_wrong_derivation_is_noticed(mutant: Callable[[str], str]) -> None:
    cases = [("abc", "abc"), ("(?:ab|cd)e", "cde"), ("a{2}b", "aab")]
    assert not any(unseen(*case, beginnings(case[0])) for case in cases)
    assert any(unseen(*case, mutant(case[0])) for case in cases)


def test_what_is_too_large_reaches_everywhere() -> None:
    nested = "(?:" * 500 + "a" + ")" * 500
    assert Reach([nested]).start(b"abc", 1) == 1
    huge = [f"(?:\\pL\\pN){{16}}{count}(?:\\pL\\pN){{16}}" for count in range(1000)]
    assert Reach(huge).start(b"xyz", 1) == 1


KINDRED = [(family, pattern) for family in "ab" for pattern in ("x[0-9]{3}y", "fo o", r"k\s*=", "[^a]b", "zz")]
CUT = module._cut


def differing(text: bytes) -> bool:
    together = Reach([pattern for _, pattern in KINDRED])
    apart = Reaches(KINDRED)
    return any(
        apart.start(text[:end], start) != together.start(text[:end], start)
        for end in range(len(text) + 1)
        for start in range(end + 1)
    )


@pytest.mark.parametrize("together", [1, 30, 16_000])
def test_apart_patterns_reach_as_far_as_together(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOGETHER", together)
    for text in (b"x12", b"a fo ", b"some k =", b"nothing", b"zzx1 fo", b""):
        assert not differing(text)


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("_cut", lambda patterns: list(CUT(patterns))[:-1]),
        ("_cut", lambda patterns: list(CUT(patterns))[1:]),
    ],
    ids=["the last are forgotten", "the first are forgotten"],
)
def test_patterns_that_are_forgotten_are_noticed(name: str, mutant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOGETHER", 30)
    monkeypatch.setattr(module, name, mutant)
    assert any(differing(text) for text in (b"x12", b"a fo ", b"some k ="))


@pytest.mark.parametrize(
    ("pattern", "spaced"),
    [
        ("abc[0-9]+", False),
        (r"\ba\S{3}\b", False),
        ("(?:[^\\s]|x){2}", False),
        ("a b", True),
        (r"a\s?b", True),
        ("a(?:[^b]|c)", True),
        ("a.", True),
        (r"\Qa\E", True),
    ],
)
def test_what_may_hold_white_space_is_told_apart(pattern: str, spaced: bool) -> None:
    assert module._spaced(pattern) is spaced
