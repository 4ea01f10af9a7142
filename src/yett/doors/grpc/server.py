"""
GrpcServer: the door itself: methods, health, reflection, and how much it bears.

Rules:

1. A port that cannot be had keeps the house from opening.
2. When asked to stop, no new call is taken, whoever watches is told, and streams end after the answers that are owed.
   What is under way is finished until the time is up.
3. Nothing is kept without bound: not messages, not metadata, not calls, not peers that have gone.
"""

from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha.reflection import SERVICE_NAME as REFLECTION
from grpc_reflection.v1alpha.reflection import enable_server_reflection

from yett.doors.grpc.access import Access
from yett.doors.grpc.decisions import SERVICE, Decisions
from yett.doors.grpc.health import HEALTH, Health
from yett.ports.clock import Clock
from yett.services.admission import Admission
from yett.services.deciding import Deciding
from yett.services.snapshots import Snapshots

__all__ = ["CannotListen", "Endpoint", "GrpcServer", "Services"]

_CALLS = 1024
"""At the same time, as many as requests over HTTP."""
_OPTIONS = (
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.absolute_max_metadata_size", 16 * 1024),
    ("grpc.max_concurrent_streams", 256),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


class CannotListen(Exception):
    """The port cannot be had."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the door is, and how much it takes in."""

    host: str
    port: int
    """0 takes any that is free."""
    most_bytes: int
    """The largest message that is read."""
    shared: bool = False
    """Whether several processes take the port."""
    identity: tuple[bytes, bytes] | None = None
    """The private key and the chain of certificates, as PEM; in the clear without them."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the door calls."""

    deciding: Deciding
    admission: Admission
    snapshots: Snapshots
    clock: Clock


class GrpcServer:
    """The door, from its opening to its end."""

    def __init__(self, services: Services, endpoint: Endpoint) -> None:
        """Call *services* at *endpoint*; within a running event loop."""
        self._decisions = Decisions(services.deciding, services.clock)
        self._health = Health(frozenset({SERVICE}))
        self._endpoint = endpoint
        self._server = grpc.aio.server(
            interceptors=(Access(services.admission, services.snapshots),),
            options=(
                *_OPTIONS,
                ("grpc.max_receive_message_length", endpoint.most_bytes),
                ("grpc.so_reuseport", int(endpoint.shared)),
            ),
            maximum_concurrent_rpcs=_CALLS,
        )
        methods: Any = self._decisions.methods()
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        enable_server_reflection((SERVICE, HEALTH, REFLECTION), self._server)
        self.port = 0

    async def start(self) -> int:
        """
        Begin to serve; return the port.

        Raises:
            CannotListen: it is taken, or the key and the certificates are none.
        """
        host = f"[{self._endpoint.host}]" if ":" in self._endpoint.host else self._endpoint.host
        address = f"{host}:{self._endpoint.port}"
        try:
            if self._endpoint.identity is None:
                self.port = self._server.add_insecure_port(address)
            else:
                credentials = grpc.ssl_server_credentials([self._endpoint.identity])
                self.port = self._server.add_secure_port(address, credentials)
        except RuntimeError as error:
            raise CannotListen(address) from error
        await self._server.start()
        return self.port

    async def stop(self, seconds: float) -> None:
        """Stop as the rules say, within *seconds*; once more does no harm."""
        self._health.end()
        self._decisions.end()
        await self._server.stop(seconds)
