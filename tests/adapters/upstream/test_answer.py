"""An answer is filled at one end and emptied at the other."""

import asyncio

import pytest

from yett.adapters.upstream.answer import _HIGH_WATER as HIGH_WATER
from yett.adapters.upstream.answer import HttpAnswer
from yett.model.errors import UpstreamError

BROKEN = UpstreamError("upstream `there` broke off")


class Tap:
    """A source that notes what it is asked to do."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def abandon(self) -> None:
        self.asked.append("abandon")


async def make() -> tuple[Tap, HttpAnswer]:
    tap = Tap()
    return tap, HttpAnswer(tap, asyncio.get_running_loop())


async def test_what_comes_is_what_is_read() -> None:
    _, answer = await make()
    reading = asyncio.create_task(answer.read())
    for piece in (b"a", b"b", b"c"):
        await asyncio.sleep(0)
        answer.feed(piece)
    answer.finish()
    assert await reading == b"abc"
    assert await answer.read() == b""


async def test_the_head_comes_first() -> None:
    _, answer = await make()
    answer.begin(201, {"x": "y"})
    await answer.head
    assert (answer.status, answer.headers) == (201, {"x": "y"})


async def test_what_came_before_a_failure_is_handed_out_first() -> None:
    _, answer = await make()
    answer.begin(200, {})
    answer.feed(b"a")
    answer.fail(BROKEN)
    pieces = answer.chunks()
    assert await anext(pieces) == b"a"
    with pytest.raises(UpstreamError, match="broke off"):
        await anext(pieces)
    with pytest.raises(UpstreamError, match="broke off"):
        await answer.read()


async def test_a_failure_before_the_head_is_raised_by_the_head() -> None:
    _, answer = await make()
    answer.fail(BROKEN)
    with pytest.raises(UpstreamError, match="broke off"):
        await answer.head


async def test_a_failure_wakes_the_reader() -> None:
    _, answer = await make()
    reading = asyncio.create_task(answer.read())
    await asyncio.sleep(0)
    answer.begin(200, {})
    answer.fail(BROKEN)
    with pytest.raises(UpstreamError, match="broke off"):
        await reading


async def test_a_reader_that_is_behind_holds_the_source() -> None:
    tap, answer = await make()
    answer.feed(bytes(HIGH_WATER))
    assert tap.asked == []
    answer.feed(b"x")
    answer.feed(b"x")
    assert tap.asked == ["pause"]
    await anext(aiter(answer.chunks()))
    assert tap.asked == ["pause", "resume"]
    assert not answer.paused


async def test_a_source_that_is_done_is_not_asked_for_anything() -> None:
    tap, answer = await make()
    answer.feed(bytes(HIGH_WATER + 1))
    answer.finish()
    await answer.read()
    await answer.aclose()
    assert tap.asked == ["pause"]


async def test_closing_early_gives_up_once_and_leaves_nothing_to_read() -> None:
    tap, answer = await make()
    await answer.aclose()
    await answer.aclose()
    assert tap.asked == ["abandon"]
    with pytest.raises(UpstreamError, match="closed before its end"):
        await answer.read()
