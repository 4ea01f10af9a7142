"""
GrpcDoor: the gRPC door, opened where the configuration gives it a port.

Its libraries are an extra, so they are looked for when a port is given, and what is missing is told at the start.
"""

import errno
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from yett.compose.settings import Server
from yett.model.errors import OperatorError, Place, Problem
from yett.ports.clock import Clock
from yett.services.admission import Admission
from yett.services.deciding import Deciding
from yett.services.snapshots import Snapshots

__all__ = ["Called", "opened_grpc", "reserved"]

Called = tuple[Deciding, Admission, Snapshots, Clock]
"""What the door calls."""
_PLACE = Place("server.grpc_port")


async def opened_grpc(
    server: Server, called: Called, *, shared: bool = False
) -> tuple[int, Callable[[float], Awaitable[None]]]:
    """
    Open the door as *server* says, on a port that may be *shared*; return the port, and what ends it within seconds.

    Raises:
        OperatorError: a library is missing, the port cannot be had, or the certificate cannot be used.
    """
    try:
        from yett.doors.grpc.server import CannotListen, Endpoint, GrpcServer, Services  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        message = f"`server.grpc_port` needs `{missing.name}`, which is not installed"
        raise OperatorError(Problem(_PLACE, "not-installed", message, "`pip install 'yett[grpc]'`")) from None
    identity = _identity(server)
    endpoint = Endpoint(server.host, server.grpc_port or 0, server.max_request_size, shared, identity)
    door = GrpcServer(Services(*called), endpoint)
    try:
        return await door.start(), door.stop
    except CannotListen:
        await door.stop(0)
        raise OperatorError(_in_use(server.host, server.grpc_port)) from None


def _identity(server: Server) -> tuple[bytes, bytes] | None:
    if server.grpc_key is None or server.grpc_certificate is None:
        return None
    return _read(server.grpc_key, "server.grpc_key"), _read(server.grpc_certificate, "server.grpc_certificate")


def _read(file: Path, place: str) -> bytes:
    try:
        told = file.read_bytes()
    except OSError as error:
        why = f"`{file}` cannot be read: {(error.strerror or 'it is no file').lower()}"
        raise OperatorError(Problem(Place(place), "unreadable-file", why, "name a file that can be read")) from None
    if b"-----BEGIN " not in told:
        raise OperatorError(Problem(Place(place), "bad-value", f"`{file}` is not PEM", "name a file in PEM"))
    return told


@contextmanager
def reserved(host: str, port: int) -> Iterator[int]:
    """
    Keep *port* (0: any that is free) for processes that share it, without listening; gives the port.

    Raises:
        OperatorError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as alone:  # nobody else shares it
            port = alone.getsockname()[1]
        with socket.socket(family) as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind((host, port))
            yield port
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL}:
            raise
        raise OperatorError(_in_use(host, port)) from None


def _in_use(host: str, port: int | None) -> Problem:
    message = f"`{host}:{port}` is in use by another process, or cannot be listened on"
    return Problem(_PLACE, "cannot-listen", message, "stop that process or choose another port")
