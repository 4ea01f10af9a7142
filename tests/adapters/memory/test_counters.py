import pytest

from tests.adapters.conformance_counters import CountersConformance, StoppedClock
from yett.adapters.memory.counters import MemoryCounters
from yett.model.rate import Rate
from yett.ports.counters import Counters

SECOND = Rate("requests", 1, 1.0, 3)


class TestMemoryCounters(CountersConformance):
    @pytest.fixture
    def clock(self) -> StoppedClock:
        return StoppedClock()

    @pytest.fixture
    def counters(self, clock: StoppedClock) -> Counters:
        return MemoryCounters(clock)


async def test_keys_that_are_whole_again_are_forgotten() -> None:
    clock = StoppedClock()
    counters = MemoryCounters(clock, capacity=100)
    for number in range(1000):
        await counters.take(str(number), [SECOND])
        clock.time += 0.1
        assert len(counters._taken) <= 100


async def test_a_flood_of_keys_pushes_out_those_that_have_taken_least() -> None:
    counters = MemoryCounters(StoppedClock(), capacity=100)
    await counters.take("spent", [SECOND], cost=3)
    for number in range(1000):
        await counters.take(str(number), [SECOND])
        assert len(counters._taken) <= 100
    assert not (await counters.take("spent", [SECOND]))[0].allowed
