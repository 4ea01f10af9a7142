"""The intermediate form tells different conditions apart, and compiles patterns that cannot run away."""

import pytest

from yett.policy.expression import ALWAYS, And, Each, Leaf, Networks, Not, Operator, Or, Pattern, fields, searcher
from yett.policy.values import Sort


def test_fields_are_those_that_are_read() -> None:
    leaf = Leaf("a.b", Sort.ANY, Operator.EQ, 1)
    each = Each("c.d", Sort.STRINGS, every=True, inner=Leaf("", Sort.STRING, Operator.EQ, "x"))
    assert list(fields(And((leaf, Or((Not(each), leaf)))))) == ["a.b", "c.d", "a.b"]
    assert list(fields(ALWAYS)) == []


def test_true_and_one_are_different_leaves() -> None:
    truth, one = Leaf("a.b", Sort.ANY, Operator.EQ, value=True), Leaf("a.b", Sort.ANY, Operator.EQ, 1)
    assert truth != one
    assert len({truth, one}) == 2
    assert Leaf("a.b", Sort.ANY, Operator.IN, (True,)) != Leaf("a.b", Sort.ANY, Operator.IN, (1,))


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("b+", "abbc", True),
        ("^b", "ab", False),
        ("(?i)AB", "xab", True),
        ("a.c", "a\ud800c", True),
        ("é", "caf\u00e9", True),
    ],
)
def test_patterns_search(pattern: str, text: str, answer: bool) -> None:
    assert Pattern(pattern).holds(text) is answer


def test_a_pattern_that_backtracks_elsewhere_is_linear_here() -> None:
    assert not searcher("^(a+)+$")("a" * 100_000 + "!")


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{2000}", "\ud800", "*"])
def test_what_is_no_re2_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        searcher(pattern)


def test_patterns_are_equal_when_their_texts_are() -> None:
    assert Pattern("a") == Pattern("a") != Pattern("b")
    assert repr(Pattern("a")) == "Pattern(text='a')"


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("10.1.2.3", True), ("11.0.0.1", False), ("::ffff:10.1.2.3", True), ("fe80::1", True), ("fe80::1%eth0", True),
        ("2001::1", False), ("10.1.2", None), ("10.1.2.300", None), ("", None), ("\ud800", None), ("010.1.2.3", None),
    ],
)  # fmt: skip
def test_addresses_are_found_in_networks(address: str, answer: bool | None) -> None:
    assert Networks(("10.0.0.0/8", "fe80::/10")).hold(address) is answer
