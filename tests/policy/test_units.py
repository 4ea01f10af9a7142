"""A number that cannot be counted in its field's unit is told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.policy.schema import field, known_fields
from yett.policy.units import Unit, amiss
from yett.policy.values import Sort


@pytest.mark.parametrize(
    ("unit", "fits", "not_so"),
    [
        (Unit.SHARE, [0, 1, 0.5, Decimal("0.7")], [50, 1.01, -0.1]),
        (Unit.HOUR, [0, 23, 7.0], [24, -1, 7.5]),
        (Unit.TOKENS, [0, 4096], [0.5, -1]),
        (Unit.CHARACTERS, [0, 10**9], [1.5]),
        (Unit.TIMES, [3], [0.1]),
        (Unit.DOLLARS, [0, Decimal("0.000001"), 12.5], [Decimal("-0.01")]),
        (Unit.DAY, [20261121, 20240229], [20261131, 1, 20250229, 20261121.5]),
    ],
)
def test_what_a_unit_counts(unit: Unit, fits: list[object], not_so: list[object]) -> None:
    assert [amiss(unit, value) for value in fits] == [""] * len(fits)
    assert all(amiss(unit, value) for value in not_so)


@given(st.dates())
def test_every_day_is_one(day: date) -> None:
    assert amiss(Unit.DAY, day.year * 10_000 + day.month * 100 + day.day) == ""


@pytest.mark.parametrize("value", ["50", True, None])
def test_what_is_no_number_has_no_unit(value: object) -> None:
    assert amiss(Unit.SHARE, value) == ""


def test_every_number_that_has_a_name_of_its_own_has_a_unit() -> None:
    told = {name: field(name) for name in known_fields()}
    assert [name for name, about in told.items() if about and about.sort is Sort.NUMBER and about.unit is None] == []
