"""
Health: whether this door serves, as gRPC's own protocol asks it (grpc.health.v1).

Rules:

1. It is told to everybody: whoever spreads calls has no credential.
2. Whoever watches is told when the end begins, and then their call ends, so that it keeps nobody waiting.
3. Watching is free of charge, so it is bounded.
"""

import asyncio

from grpc_health.v1 import health_pb2, health_pb2_grpc

from yett.doors.grpc.errors import refuse
from yett.model.refusal import Refusal

__all__ = ["HEALTH", "MOST_WATCHING", "Health"]

HEALTH = "grpc.health.v1.Health"
MOST_WATCHING = 128
"""At the same time."""
_UNKNOWN = Refusal(404, "not_found", "there is no such service here")
_CROWDED = Refusal(429, "rate_limit_exceeded", "too many watch at the same time; ask now and then instead")


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # it carries no types
    """The state of this door."""

    def __init__(self, services: frozenset[str]) -> None:
        """Speak for *services*, and for the whole, which has no name."""
        self._services = services | {""}
        self._ending = asyncio.Event()
        self._watching = 0

    def end(self) -> None:
        """Begin to say that nothing is served any more."""
        self._ending.set()

    async def Check(self, request, context):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, N802 - gRPC's
        """Say whether a service is served now."""
        if request.service not in self._services:
            await refuse(context, _UNKNOWN)
        return self._state()

    async def Watch(self, request, context):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, N802 - gRPC's
        """Say it now, and again when it changes."""
        if request.service not in self._services:
            await context.write(_told("SERVICE_UNKNOWN"))
            return
        if self._watching >= MOST_WATCHING:
            await refuse(context, _CROWDED)
        self._watching += 1
        try:
            await context.write(self._state())
            await self._ending.wait()
            await context.write(self._state())
        finally:
            self._watching -= 1

    def _state(self) -> health_pb2.HealthCheckResponse:
        return _told("NOT_SERVING" if self._ending.is_set() else "SERVING")


def _told(state: str) -> health_pb2.HealthCheckResponse:
    return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.ServingStatus.Value(state))
