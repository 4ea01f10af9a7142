import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.conformance_counters import StoppedClock
from tests.adapters.conformance_history import HALF_LIFE, HistoryConformance
from yett.adapters.memory.history import MemoryHistory
from yett.ports.history import History, Past


class TestMemoryHistory(HistoryConformance):
    @pytest.fixture
    def clock(self) -> StoppedClock:
        return StoppedClock()

    @pytest.fixture
    def history(self, clock: StoppedClock) -> History:
        return MemoryHistory(clock, HALF_LIFE)


async def test_those_seen_least_recently_are_forgotten_first() -> None:
    history = MemoryHistory(StoppedClock(), HALF_LIFE, capacity=2)
    for key in ("first", "second"):
        await history.note(key, denied=True, risk=0.5)
    await history.recall("first")
    await history.note("third", denied=True, risk=0.5)
    assert [(await history.recall(key)).denials for key in ("first", "second", "third")] == [1.0, 0.0, 1.0]


async def test_harmless_callers_take_no_room() -> None:
    history = MemoryHistory(StoppedClock(), HALF_LIFE, capacity=1)
    await history.note("risky", denied=False, risk=0.5)
    for number in range(10):
        await history.note(str(number), denied=False, risk=0.0)
        assert await history.recall(str(number)) == Past(1000.0)
    assert (await history.recall("risky")).risk == 0.5


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans(), st.floats(0, 1), st.floats(0, 99))))
async def test_no_more_is_remembered_than_there_is_room_for(notes: list[tuple[str, bool, float, float]]) -> None:
    clock = StoppedClock()
    history = MemoryHistory(clock, HALF_LIFE, capacity=3)
    for key, denied, risk, passed in notes:
        clock.time += passed
        await history.note(key, denied=denied, risk=risk)
        assert len(history._pasts) <= 3
        if denied:
            assert (await history.recall(key)).denials >= 1.0


async def test_a_memory_without_bounds_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = MemoryHistory.__init__
    monkeypatch.setattr(
        MemoryHistory, "__init__", lambda self, clock, half_life, capacity: made(self, clock, half_life, capacity + 1)
    )
    history = MemoryHistory(StoppedClock(), HALF_LIFE, capacity=3)
    for key in "abcd":
        await history.note(key, denied=True, risk=0.0)
    assert len(history._pasts) > 3
