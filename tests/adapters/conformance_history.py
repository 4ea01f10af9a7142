"""What every `History` must do. A test of one inherits this and provides the fixtures `history` and `clock`."""

import pytest

from tests.adapters.conformance_counters import StoppedClock
from yett.ports.history import History

HALF_LIFE = 60.0


class HistoryConformance:
    """Inherit, name it `Test…`, and add `clock`, a `StoppedClock`, and `history`, which goes by it and `HALF_LIFE`."""

    async def test_of_whom_nothing_was_noted_nothing_weighs(self, history: History, clock: StoppedClock) -> None:
        await history.note("k", denied=False, risk=0.0)
        past = await history.recall("k")
        assert (past.denials, past.risk) == (0.0, 0.0)

    async def test_denials_are_counted_and_the_gravest_risk_counts(self, history: History, clock: StoppedClock) -> None:
        for denied, risk in ((True, 0.4), (False, 0.9), (True, 0.0), (False, 0.0)):
            await history.note("k", denied=denied, risk=risk)
        past = await history.recall("k")
        assert (past.denials, past.risk) == (2.0, 0.9)

    async def test_time_takes_half_after_each_half_life(self, history: History, clock: StoppedClock) -> None:
        await history.note("k", denied=True, risk=0.8)
        for left in (1.0, 0.5, 0.25):
            past = await history.recall("k")
            assert past.denials == pytest.approx(left)
            assert past.risk == pytest.approx(0.8 * left)
            clock.time += HALF_LIFE

    async def test_what_is_noted_later_is_added_to_what_is_left(self, history: History, clock: StoppedClock) -> None:
        await history.note("k", denied=True, risk=0.8)
        clock.time += HALF_LIFE
        await history.note("k", denied=True, risk=0.1)
        past = await history.recall("k")
        assert past.denials == pytest.approx(1.5)
        assert past.risk == pytest.approx(0.4)

    async def test_keys_do_not_share(self, history: History, clock: StoppedClock) -> None:
        await history.note("one", denied=True, risk=0.8)
        assert (await history.recall("two")).denials == 0.0
