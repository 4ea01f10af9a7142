"""
Eager: a task whose first step is taken at once.

Most answers never wait for anything. A task that only begins at the next turn of the loop makes two more turns of it,
each with a system call, and its caller waits for the first of them.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextvars import Context

__all__ = ["begun"]


def begun(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[object, object, None]) -> "asyncio.Task[None]":
    """Begin *coroutine* as a task of *loop*, which is running; what never waits is done on return, unless a task calls this."""
    if sys.version_info >= (3, 12):
        return asyncio.Task(coroutine, loop=loop, eager_start=True)
    if asyncio.current_task(loop) is not None:
        return loop.create_task(coroutine)
    soon: list[tuple[Callable[..., object], tuple[object, ...], Context | None]] = []

    def noted(step: Callable[..., object], *told: object, context: Context | None = None) -> None:
        soon.append((step, told, context))

    # Before Python 3.12 a task asks its loop to take the first step soon, and there is no other way to have it now.
    loop.call_soon = noted  # type: ignore[method-assign, assignment]
    try:
        task = loop.create_task(coroutine)
    finally:
        del loop.call_soon
    for step, told, context in soon:
        if context is not None and getattr(step, "__self__", None) is task:
            context.run(step)
        else:  # somebody else's, such as of an object that was collected meanwhile
            loop.call_soon(step, *told, context=context)
    return task
