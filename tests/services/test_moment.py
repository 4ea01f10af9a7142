"""What time it is, as facts."""

from collections.abc import Mapping

import pytest

from yett.services.moment import clock_facts, dated

NEW_YEAR = 1_798_761_599.9  # 2026-12-31 23:59:59.9 UTC


@pytest.mark.parametrize(
    ("now", "date", "hour"), [(0.0, 19700101, 0), (NEW_YEAR, 20261231, 23), (NEW_YEAR + 0.2, 20270101, 0)]
)
def test_the_clock_is_read_in_utc(now: float, date: int, hour: int) -> None:
    assert clock_facts(now) == {"date": date, "hour": hour}


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({}, {"date": 20261231, "hour": 23}),
        ({"request": {}}, {"date": 20261231, "hour": 23}),
        ({"request": {"ip": "::1", "hour": 7}}, {"ip": "::1", "date": 20261231, "hour": 7}),
        ({"request": {"date": 5, "hour": 6}}, {"date": 5, "hour": 6}),
        ({"request": "what is no mapping"}, "what is no mapping"),
    ],
)
def test_what_is_stated_stays(context: Mapping[str, object], told: object) -> None:
    before = dict(context)
    assert dated(context, NEW_YEAR) == {**context, "request": told}
    assert context == before
