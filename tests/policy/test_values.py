"""What a fact may be."""

from decimal import Decimal
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.model.unknown import Unknown
from yett.policy.values import Sort, absent, keyed, read, same, sort_of


class Tier(StrEnum):
    FREE = "free"


class Level(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("raw", "sort", "value"),
    [
        ("a", Sort.STRING, "a"), ("a", Sort.ANY, "a"), (Tier.FREE, Sort.STRING, "free"), ("5", Sort.NUMBER, None),
        (5, Sort.NUMBER, 5), (Level.ONE, Sort.NUMBER, 1), (5, Sort.STRING, None), (True, Sort.NUMBER, None),
        (True, Sort.BOOLEAN, True), (1, Sort.BOOLEAN, None), (1.5, Sort.NUMBER, 1.5), (float("nan"), Sort.NUMBER, None),
        (Decimal("1.5"), Sort.NUMBER, 1.5), (Decimal("0.10000000000000000001"), Sort.NUMBER, Decimal("0.10000000000000000001")), (Decimal("NaN"), Sort.ANY, None), (Decimal("sNaN"), Sort.ANY, None),
        (["a"], Sort.STRINGS, ("a",)), (("a", "b"), Sort.STRINGS, ("a", "b")), (frozenset({"a"}), Sort.STRINGS, ("a",)),
        (["a", 1], Sort.STRINGS, None), (["a", 1], Sort.ANY, ("a", 1)), ([["a"]], Sort.ANY, None), (["a"], Sort.STRING, None),
        ("a", Sort.STRINGS, None), ([], Sort.STRINGS, ()), ({}, Sort.ANY, None), (None, Sort.ANY, None),
        (Unknown.MISSING, Sort.ANY, None), (b"a", Sort.ANY, None), (1j, Sort.ANY, None), ([None], Sort.ANY, None),
    ],
)  # fmt: skip
def test_facts_are_read_without_coercion(raw: object, sort: Sort, value: object) -> None:
    found = read(raw, sort)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ("a", "a", True),
        (Decimal("0.5"), 0.5, True),
    ],
)
def test_equality_needs_one_sort(left: str | float | Decimal, right: str | float | Decimal, equal: bool) -> None:
    assert same(left, right) is equal
    assert (keyed(left) == keyed(right)) is equal


scalars = st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False) | st.decimals(allow_nan=False)


@given(scalars, scalars)
def test_equal_keys_mean_same_values(left: str | float | Decimal, right: str | float | Decimal) -> None:
    assert (keyed(left) == keyed(right)) is same(left, right)
    assert sort_of(left) in {Sort.STRING, Sort.NUMBER, Sort.BOOLEAN}


@pytest.mark.parametrize(
    ("raw", "answer"), [(None, True), (Unknown.MISSING, True), (Unknown.UNAVAILABLE, False), (0, False)]
)
def test_absent_means_that_nobody_said(raw: object, answer: bool) -> None:
    assert absent(raw) is answer
