"""
The border of this door: what goes wrong is a refusal, and a refusal is a status of gRPC.

An error that nobody foresaw is ours, and says nothing about our insides; gRPC itself would tell its message. This is
one of the three places that catch every exception.
"""

import logging
from collections.abc import Awaitable
from typing import NoReturn, TypeVar

import grpc

from yett.doors.grpc.policy_pb2 import Problem
from yett.model.errors import YettError
from yett.model.refusal import Refusal
from yett.services.telling import failure

__all__ = ["CODE", "POINTER", "answered", "problem", "refuse", "status"]

CODE = "yett-code"
"""The trailer with the stable word for machines."""
POINTER = "yett-pointer-bin"
"""The trailer with the place in the question, in UTF-8."""
_LOG = logging.getLogger("yett.doors")
_Answer = TypeVar("_Answer")
_STATUSES = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}
_OURS = 500


async def answered(work: Awaitable[_Answer]) -> _Answer | Refusal:
    """Wait for *work*; return what it returns, or why it cannot."""
    try:
        return await work
    except YettError as error:
        return failure(error)
    except Exception as error:  # noqa: BLE001 - the border
        _LOG.error("unforeseen %s in the gRPC door, %s", type(error).__name__, _where(error))
        return failure(YettError())


async def refuse(context: "grpc.aio.ServicerContext[bytes, bytes]", refusal: Refusal) -> NoReturn:
    """End a call with the status of *refusal*."""
    trailers: list[tuple[str, str | bytes]] = [(CODE, refusal.code)]
    if refusal.param:
        trailers.append((POINTER, refusal.param.encode()))
    await context.abort(status(refusal), refusal.message, tuple(trailers))


def status(refusal: Refusal) -> grpc.StatusCode:
    """Return the status of gRPC that says *refusal*."""
    known = _STATUSES.get(refusal.status)
    return known or (grpc.StatusCode.INVALID_ARGUMENT if refusal.status < _OURS else grpc.StatusCode.INTERNAL)


def problem(refusal: Refusal) -> Problem:
    """Tell *refusal* within a stream, which goes on."""
    return Problem(code=refusal.code, message=refusal.message, pointer=refusal.param or "")


def _where(error: BaseException) -> str:
    """Name the last place of the traceback; its values and the message may hold text, so they are left out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else "nowhere"
