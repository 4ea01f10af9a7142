"""
Access: who may call, by the metadata of a call.

Rules:

1. Who calls is known before a message is read; only health is told to everybody.
2. One credential: two that differ are an attempt to be two people.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc

from yett.doors.grpc.errors import answered, refuse
from yett.doors.grpc.health import HEALTH
from yett.model.errors import CallerError
from yett.model.principal import Principal
from yett.model.refusal import Refusal
from yett.services.admission import Admission
from yett.services.snapshots import Snapshots

__all__ = ["Access", "credential"]


class Access(grpc.aio.ServerInterceptor):
    """The porter of this door."""

    def __init__(self, admission: Admission, snapshots: Snapshots) -> None:
        """Know those whom *admission* knows."""
        self._admission = admission
        self._snapshots = snapshots

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], handler_call_details: grpc.HandlerCallDetails
    ) -> Any:
        """Let a call go on, or end it."""
        details = handler_call_details
        if not details.method.startswith(f"/{HEALTH}/"):
            told = await answered(self._principal(details.invocation_metadata))
            if isinstance(told, Refusal):
                return _refusing(told)
        return await continuation(details)

    async def _principal(self, metadata: Iterable[tuple[str, str | bytes]]) -> Principal | Refusal:
        return await self._admission.identify(credential(metadata), self._snapshots.current)


def credential(metadata: Iterable[tuple[str, str | bytes]]) -> str | None:
    """
    Return the one credential that *metadata* shows.

    Raises:
        CallerError: there are two that differ.
    """
    shown = set()
    for name, value in metadata:
        if name == "authorization":
            scheme, _, bearer = str(value).partition(" ")
            shown |= {bearer.strip()} if scheme.lower() == "bearer" else set()
        elif name == "x-api-key":
            shown.add(str(value).strip())
    shown.discard("")
    if len(shown) > 1:
        raise CallerError("the metadata shows different credentials; send one of them")
    return next(iter(shown), None)


def _refusing(refusal: Refusal) -> "grpc.RpcMethodHandler[Any, Any]":
    """Make the handler of a call that is refused, of whichever kind it is, before its messages are read."""

    async def end(_: Any, context: Any) -> None:
        await refuse(context, refusal)

    return grpc.stream_stream_rpc_method_handler(end)
