"""What somebody did fades with time and with nothing else, and adds up in any order."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from yett.limits import history
from yett.limits.history import faded, joined
from yett.ports.history import Past

HALF = 900.0
SLACK = 1e-12
"""What rounding may add to a number, relative to it."""
MOMENTS = st.floats(0, 1e6)
RISKS = st.floats(0, 1)
PASTS = st.builds(Past, MOMENTS, st.integers(0, 1000).map(float), RISKS)
NOTES = st.lists(st.tuples(st.booleans(), RISKS), max_size=8)


def noted(past: Past, now: float, notes: list[tuple[bool, float]]) -> Past:
    for denied, risk in notes:
        past = history.joined(past, Past(now, float(denied), risk), HALF)
    return past


@pytest.mark.parametrize(("passed", "left"), [(0, 1), (HALF, 0.5), (2 * HALF, 0.25), (1e9, 0), (-HALF, 1)])
def test_what_was_noted_weighs_half_after_each_half_life(passed: float, left: float) -> None:
    past = faded(Past(1000, 4, 0.8), 1000 + passed, HALF)
    assert (past.denials, past.risk) == (4 * left, 0.8 * left)
    assert past.at == max(1000, 1000 + passed)


def test_denials_are_counted_and_the_gravest_risk_counts() -> None:
    past = noted(Past(0), 0, [(True, 0.9), (False, 0.3), (True, 0.5)])
    assert past == Past(0, 2, 0.9)
    assert noted(past, HALF, [(True, 0.3)]) == Past(HALF, 2, 0.45)


def test_a_clock_that_jumps_back_makes_nothing_weigh_more() -> None:
    assert faded(Past(1000, 2, 0.8), 100, HALF) == Past(1000, 2, 0.8)
    assert noted(Past(1000, 2, 0.8), 100, [(True, 0.9)]) == Past(1000, 2.5, 0.8)


def only_fades(past: Past, moments: list[float]) -> None:
    seen = [history.faded(past, now, HALF) for now in sorted(moments)]
    for sooner, later in pairwise([past, *seen]):
        assert 0 <= later.denials <= sooner.denials * (1 + SLACK)
        assert 0 <= later.risk <= sooner.risk * (1 + SLACK)
    for each in seen:
        if each.at >= past.at + 2 * HALF:
            assert each.denials <= past.denials / 2
            assert each.risk <= past.risk / 2


def any_order(past: Past, now: float, notes: list[tuple[bool, float]], order: list[int]) -> None:
    shuffled = [notes[at] for at in sorted(range(len(notes)), key=lambda at: order[at])]
    assert noted(past, now, notes) == noted(past, now, shuffled)


def bounded(past: Past, now: float, notes: list[tuple[bool, float]], order: list[int]) -> None:
    after = noted(past, now, notes)
    assert 0 <= after.risk <= 1
    assert after.risk <= max([past.risk, *(risk for _, risk in notes)])
    assert 0 <= after.denials <= past.denials + len(notes)


FADING = given(PASTS, st.lists(MOMENTS, max_size=6))
ADDING = given(PASTS, MOMENTS, NOTES, st.lists(st.integers(0, 99), min_size=8, max_size=8))


def test_time_only_lowers() -> None:
    settings(deadline=None)(FADING(only_fades))()


@pytest.mark.parametrize("holds", [any_order, bounded])
def test_what_is_noted_at_once_adds_up_in_any_order_and_within_bounds(holds: Callable[..., None]) -> None:
    settings(deadline=None)(ADDING(holds))()


def growing(past: Past, now: float, half_life: float) -> Past:
    return (
        faded(past, past.at - (now - past.at), half_life) if now < past.at else Past(now, past.denials * 2, past.risk)
    )


def lasting(past: Past, now: float, half_life: float) -> Past:
    return Past(max(now, past.at), past.denials, past.risk)


def latest(one: Past, other: Past, half_life: float) -> Past:
    after = joined(one, other, half_life)
    return Past(after.at, after.denials, other.risk)


def summed(one: Past, other: Past, half_life: float) -> Past:
    after = joined(one, other, half_life)
    return Past(after.at, after.denials, faded(one, after.at, half_life).risk + other.risk)


@pytest.mark.parametrize(
    ("name", "mutant", "invariant", "inputs"),
    [
        ("faded", growing, only_fades, FADING),
        ("faded", lasting, only_fades, FADING),
        ("joined", latest, any_order, ADDING),
        ("joined", summed, bounded, ADDING),
    ],
)
def test_arithmetic_that_is_wrong_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    mutant: Callable[..., Past],
    invariant: Callable[..., None],
    inputs: Callable[..., Callable[..., Callable[[], None]]],
) -> None:
    monkeypatch.setattr(history, name, mutant)
    search = settings(max_examples=500, deadline=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        search(inputs(invariant))()  # type: ignore[type-var]
