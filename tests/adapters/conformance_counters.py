"""What every `Counters` must do. A test of one inherits this and provides the fixtures `counters` and `clock`."""

import asyncio

from yett.model.rate import Rate
from yett.ports.counters import Counters


class StoppedClock:
    """A clock that goes when it is told to."""

    def __init__(self, time: float = 1_000.0) -> None:
        self.time = time

    def now(self) -> float:
        return self.time

    def elapsed(self) -> float:
        return self.time


SECOND = Rate("requests", 1, 1.0, 3)
MINUTE = Rate("tokens", 60, 60.0, 10)


class CountersConformance:
    """Inherit, name it `Test…`, and add the fixtures `counters` and `clock`, a `StoppedClock` that they go by."""

    async def test_a_burst_is_granted_and_no_more(self, counters: Counters, clock: StoppedClock) -> None:
        grants = [(await counters.take("k", [SECOND]))[0] for _ in range(4)]
        assert [grant.allowed for grant in grants] == [True, True, True, False]
        assert [grant.remaining for grant in grants] == [2, 1, 0, 0]
        assert grants[3].retry_after == 1.0

    async def test_time_gives_back(self, counters: Counters, clock: StoppedClock) -> None:
        await counters.take("k", [SECOND], cost=3)
        clock.time += 2
        assert (await counters.take("k", [SECOND], cost=2))[0].allowed
        assert not (await counters.take("k", [SECOND]))[0].allowed

    async def test_keys_do_not_share(self, counters: Counters, clock: StoppedClock) -> None:
        await counters.take("one", [SECOND], cost=3)
        assert (await counters.take("two", [SECOND]))[0].remaining == 2

    async def test_of_several_rates_all_or_none_are_taken_from(self, counters: Counters, clock: StoppedClock) -> None:
        refused = await counters.take("k", [SECOND, MINUTE], cost=4)
        assert [grant.allowed for grant in refused] == [False, True]
        assert [grant.remaining for grant in refused] == [3, 10]
        granted = await counters.take("k", [SECOND, MINUTE], cost=3)
        assert [grant.remaining for grant in granted] == [0, 7]

    async def test_those_who_come_at_once_do_not_get_more(self, counters: Counters, clock: StoppedClock) -> None:
        grants = await asyncio.gather(*(counters.take("k", [SECOND, MINUTE]) for _ in range(50)))
        assert sum(all(grant.allowed for grant in pair) for pair in grants) == 3
        assert (await counters.take("k", [MINUTE], cost=0))[0].remaining == 7

    async def test_no_rate_is_no_limit(self, counters: Counters, clock: StoppedClock) -> None:
        assert list(await counters.take("k", [])) == []
