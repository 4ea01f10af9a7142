"""Again and again, until it is closed."""

import asyncio

import pytest

from yett.services.repeating import Repeating


class Work:
    """Counts how often it is done, and waits where it is told to."""

    def __init__(self) -> None:
        self.done = 0
        self.enough = asyncio.Event()
        self.stuck = asyncio.Event()

    async def __call__(self) -> None:
        self.done += 1
        if self.done == 3:
            self.enough.set()
            await self.stuck.wait()


async def test_it_is_done_again_and_again_from_start_to_close() -> None:
    work = Work()
    repeating = Repeating(work, 0.001)
    assert work.done == 0
    repeating.start()
    async with asyncio.timeout(60):
        await work.enough.wait()
    await repeating.aclose()
    assert (work.done, repeating._task is not None and repeating._task.cancelled()) == (3, True)


async def test_to_start_twice_is_to_start_once() -> None:
    repeating = Repeating(Work(), 100)
    before = len(asyncio.all_tasks())
    repeating.start()
    repeating.start()
    assert len(asyncio.all_tasks()) == before + 1
    await repeating.aclose()
    assert len(asyncio.all_tasks()) == before


@pytest.mark.parametrize("times", [1, 2])
async def test_one_that_never_began_can_be_closed(times: int) -> None:
    repeating = Repeating(Work(), 0.001)
    for _ in range(times):
        await repeating.aclose()
    assert repeating._task is None


async def test_a_defect_ends_it_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    repeating = Repeating(broken, 0.001)
    repeating.start()
    async with asyncio.timeout(60):
        while not repeating.trouble:  # noqa: ASYNC110  # a task that ends tells nobody
            await asyncio.sleep(0)
    await repeating.aclose()
    assert repeating.trouble == "ended by a defect: ZeroDivisionError"
    assert [record.levelname for record in caplog.records if record.exc_info] == ["CRITICAL"]
