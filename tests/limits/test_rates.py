"""GCRA never grants more than the burst plus what the rate yields, whatever the clock does."""

import math
from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from yett.limits import rates
from yett.limits.rates import MICROSECOND, take
from yett.model.rate import Grant, Rate

RATES = st.builds(
    Rate,
    name=st.just("requests"),
    amount=st.integers(1, 50),
    seconds=st.sampled_from([0.001, 0.7, 1.0, 60.0]),
    burst=st.integers(0, 20),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Rate, list[tuple[int, int]]]:
    """Return a rate, and steps of time and cost on its own scale."""
    rate = draw(RATES)
    unit = max(round(rate.seconds * MICROSECOND) // rate.amount, 1)
    step = st.tuples(st.integers(0, 3 * unit), st.integers(0, rate.burst + 1))
    return rate, draw(st.lists(step, max_size=40))


def never_over_grants(history: tuple[Rate, list[tuple[int, int]]], jumps_back: list[int]) -> None:
    rate, steps = history
    full: int | None = None
    true, offset, granted = 0, 10**9, []
    for number, (passed, cost) in enumerate(steps):
        true += passed
        offset -= jumps_back[number // 20] if number % 20 == 19 and number // 20 < len(jumps_back) else 0
        full, grant = rates.take(full, rate, offset + true, cost)
        granted.append((true, cost if grant.allowed else 0))
    period = round(rate.seconds * MICROSECOND)
    for first, (start, _) in enumerate(granted):
        units = 0
        for time, cost in granted[first:]:
            units += cost
            assert units * period <= rate.burst * period + (time - start) * rate.amount


HISTORIES = given(histories(), st.lists(st.integers(0, 10**7), max_size=3))


def test_it_never_over_grants() -> None:
    settings(max_examples=300, deadline=None)(HISTORIES(never_over_grants))()


def generous(full: int | None, rate: Rate, now: int, cost: int = 1) -> tuple[int | None, Grant]:
    _, grant = take(full, rate, now, cost)
    return (full, grant) if grant.allowed else (None, grant)


def forgetful(full: int | None, rate: Rate, now: int, cost: int = 1) -> tuple[int | None, Grant]:
    return take(full, rate, now, min(cost, 1))


def hasty(full: int | None, rate: Rate, now: int, cost: int = 1) -> tuple[int | None, Grant]:
    after, grant = take(full, rate, now, cost)
    return (after - cost * round(rate.seconds * 1e5) if after is not None else None), grant


def wide(full: int | None, rate: Rate, now: int, cost: int = 1) -> tuple[int | None, Grant]:
    return take(full, Rate(rate.name, rate.amount, rate.seconds, rate.burst + 1), now, cost)


@pytest.mark.parametrize("mutant", [generous, forgetful, hasty, wide])
def test_a_limiter_that_over_grants_is_noticed(monkeypatch: pytest.MonkeyPatch, mutant: Callable[..., object]) -> None:
    monkeypatch.setattr(rates, "take", mutant)
    search = settings(max_examples=500, deadline=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        search(HISTORIES(never_over_grants))()


@given(RATES.filter(lambda rate: rate.burst > 0), st.integers(0, 10**12))
def test_the_whole_burst_may_come_at_once_and_then_one_per_period(rate: Rate, now: int) -> None:
    full, grant = take(None, rate, now, rate.burst)
    assert grant == Grant(rate, True, 0, grant.reset)
    assert math.isclose(grant.reset, rate.burst * rate.seconds / rate.amount, rel_tol=1e-9)
    full, refused = take(full, rate, now)
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert take(full, rate, now + math.ceil(refused.retry_after * MICROSECOND + 1))[1].allowed


@given(RATES, st.integers(0, 10**7), st.integers(0, 25))
def test_a_clock_that_jumps_back_locks_out_no_longer_than_a_burst_refills(rate: Rate, jump: int, cost: int) -> None:
    full, _ = take(None, rate, 10**9, cost)
    _, grant = take(full, rate, 10**9 - jump, 0)
    assert 0 <= grant.remaining <= rate.burst
    assert grant.reset <= rate.burst * rate.seconds / rate.amount * (1 + 1e-9)


def test_asking_takes_nothing() -> None:
    rate = Rate("requests", 1, 1.0, 5)
    full, grant = take(None, rate, 0, 2)
    assert (grant.remaining, grant.reset) == (3, 2.0)
    assert take(full, rate, 0, 0) == (full, grant)


def test_more_than_the_burst_is_never_granted_and_says_so() -> None:
    _, grant = take(None, Rate("tokens", 100, 60.0, 10), 0, 11)
    assert (grant.allowed, grant.remaining, grant.retry_after) == (False, 10, math.inf)


@pytest.mark.parametrize(
    ("rate", "cost"), [(Rate("x", 0, 1.0, 1), 1), (Rate("x", 1, 0.0, 1), 1), (Rate("x", 1, 1.0, 1), -1)]
)
def test_nonsense_is_refused(rate: Rate, cost: int) -> None:
    with pytest.raises(ValueError, match="`"):
        take(None, rate, 0, cost)


MINUTE, HOUR = Rate("requests", 60, 60.0, 3), Rate("requests", 100, 3600.0, 2)


def all_or_none(fulls: tuple[int | None, ...], now: int, cost: int) -> tuple[int | None, ...]:
    after, grants = rates.take_all(fulls, (MINUTE, HOUR), now, cost)
    alone = [take(full, rate, now, cost) for full, rate in zip(fulls, (MINUTE, HOUR), strict=True)]
    if all(grant.allowed for _, grant in alone):
        assert list(zip(after, grants, strict=True)) == alone
        return after
    assert after == fulls
    for full, rate, grant, (_, lone) in zip(fulls, (MINUTE, HOUR), grants, alone, strict=True):
        assert grant.allowed == lone.allowed
        assert grant.remaining == take(full, rate, now, 0)[1].remaining
    return after


@given(st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 4)), max_size=30))
def test_several_rates_are_taken_from_together_or_not_at_all(steps: list[tuple[int, int]]) -> None:
    fulls: tuple[int | None, ...] = (None, None)
    now = 0
    for passed, cost in steps:
        now += passed
        fulls = all_or_none(fulls, now, cost)


def test_taking_from_some_only_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def some(
        fulls: tuple[int | None, ...], many: tuple[Rate, ...], now: int, cost: int
    ) -> tuple[tuple[int | None, ...], tuple[Grant, ...]]:
        taken = [take(full, rate, now, cost) for full, rate in zip(fulls, many, strict=True)]
        return tuple(full for full, _ in taken), tuple(grant for _, grant in taken)

    monkeypatch.setattr(rates, "take_all", some)
    with pytest.raises(AssertionError):
        all_or_none((None, None), 0, 3)
