"""Tasks that begin at once."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar

import pytest
import uvloop

from yett.compose.eager import begun

_SAID: ContextVar[str] = ContextVar("_SAID", default="")


async def begin(coroutine: Coroutine[object, object, None]) -> tuple["asyncio.Task[None]", bool]:
    """Begin *coroutine* where no task runs, as a protocol does; return whether it was done at once, too."""
    loop = asyncio.get_running_loop()
    begins: asyncio.Future[tuple[asyncio.Task[None], bool]] = loop.create_future()

    def now() -> None:
        try:
            task = begun(loop, coroutine)
        except TypeError as error:
            begins.set_exception(error)
        else:
            begins.set_result((task, task.done()))

    loop.call_soon(now)
    return await begins


async def test_what_never_waits_is_done_at_once() -> None:
    seen: list[object] = []

    async def answer() -> None:
        seen.append(asyncio.current_task())

    task, at_once = await begin(answer())
    assert at_once
    assert seen == [task]


async def test_what_waits_goes_on_as_any_task_and_can_be_cancelled() -> None:
    go, seen = asyncio.Event(), list[str]()

    async def answer() -> None:
        seen.append("begun")
        await go.wait()
        seen.append("done")

    task, at_once = await begin(answer())
    other, _ = await begin(answer())
    assert not at_once
    assert seen == ["begun", "begun"]
    other.cancel()
    go.set()
    await asyncio.wait([task, other])
    assert other.cancelled()
    assert seen == ["begun", "begun", "done"]


async def test_what_fails_at_once_fails_as_a_task_does() -> None:
    async def answer() -> None:
        raise ValueError("no")

    task, at_once = await begin(answer())
    assert at_once
    with pytest.raises(ValueError, match="no"):
        await task


async def test_what_it_sets_in_its_context_stays_there() -> None:
    async def answer() -> None:
        _SAID.set("inside")
        await asyncio.sleep(0)
        assert _SAID.get() == "inside"

    task, _ = await begin(answer())
    await task
    assert _SAID.get() == ""


async def test_the_loop_is_left_as_it_was_even_if_there_is_no_task() -> None:
    loop = asyncio.get_running_loop()
    before = loop.call_soon
    with pytest.raises(TypeError):
        await begin("no coroutine")  # type: ignore[arg-type]
    assert loop.call_soon == before


async def test_what_others_want_soon_meanwhile_is_done_soon() -> None:
    loop, done = asyncio.get_running_loop(), list[str]()

    def making(
        loop: asyncio.AbstractEventLoop, coroutine: Coroutine[object, object, None], **_: object
    ) -> "asyncio.Task[None]":
        loop.call_soon(done.append, "soon")
        return asyncio.Task(coroutine, loop=loop)

    async def answer() -> None:
        assert not done

    loop.set_task_factory(making)  # type: ignore[arg-type]
    _, at_once = await begin(answer())
    loop.set_task_factory(None)
    await asyncio.sleep(0)
    assert at_once
    assert done == ["soon"]


async def test_within_a_task_it_begins_at_the_latest_at_the_next_turn() -> None:
    done: list[str] = []

    async def answer() -> None:
        done.append("done")

    await begun(asyncio.get_running_loop(), answer())
    assert done == ["done"]


def test_the_loop_that_serves_can_do_it_too() -> None:
    uvloop.run(test_what_never_waits_is_done_at_once())
    uvloop.run(test_what_waits_goes_on_as_any_task_and_can_be_cancelled())
