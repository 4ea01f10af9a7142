"""
HttpUpstream: a provider that is reached over HTTP.

Rules:

1. Only the operator says where a request goes and which credential it carries. Whatever else comes in the headers of
   a request, these do not. The environment names no proxy.
2. The upstream is not trusted: its answer is bounded in time and in size, it is not followed elsewhere, and it is
   refused when it comes encoded, since we asked for no encoding.
3. A connection whose answer has not come to its end is closed. It never carries another request, so that nobody is
   ever given the rest of somebody else's answer.
4. What is said about a failure holds no address and no credential.
5. Nothing is sent twice: a request may have cost money before its connection broke.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from yett.adapters.upstream.answer import HttpAnswer
from yett.adapters.upstream.connection import Connection
from yett.adapters.upstream.destination import Destination
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.ports.upstream import Outgoing

__all__ = ["HttpUpstream", "mapped"]

_IDLE_SECONDS = 15
"""After which a kept connection is not trusted to be still there."""

# Headers that say who asks, where, or how the connection is used (RFC 9110 §7.6.1). They are ours to set.
_OURS = frozenset(
    {
        "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "cookie", "expect",
        "forwarded", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "x-api-key", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    },
)  # fmt: skip
_DEFAULTS = {"accept": "*/*", "content-type": "application/json", "user-agent": "yett"}
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_TARGET = re.compile(r"[\x21-\x7e]+")

# What a failure to connect is to us; the first row that fits counts. Messages follow the upstream's name.
_ERRORS: tuple[tuple[type[OSError], type[UpstreamError], str], ...] = (
    (TimeoutError, UpstreamTimeout, "could not be reached in time"),
    (ssl.SSLCertVerificationError, UpstreamError, "could not be reached: its certificate was not accepted"),
    (ssl.SSLError, UpstreamError, "could not be reached: it does not speak TLS as we do"),
    (socket.gaierror, UpstreamError, "could not be reached: its name is not known"),
    (OSError, UpstreamError, "could not be reached"),
)


@contextmanager
def mapped(name: str) -> Iterator[None]:
    """Turn the system's errors inside the block into ours, about upstream *name*."""
    try:
        yield
    except OSError as error:
        kind, says = next((ours, says) for theirs, ours, says in _ERRORS if isinstance(error, theirs))
        # Not chained: the system's own message shows the address.
        raise kind(f"upstream `{name}` {says}") from None


class HttpUpstream:
    """A provider that speaks HTTP. It is made anywhere and used in one event loop."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        address = urlsplit(destination.base_url)
        self._secure = address.scheme == "https"
        self._host, self._port = address.hostname or "", address.port or (443 if self._secure else 80)
        self._path = address.path.rstrip("/")
        own = {"host": address.netloc.rpartition("@")[2], **destination.headers, "accept-encoding": "identity"}
        self._own = _lines(own)
        self._tls: ssl.SSLContext | None = None
        self._open: set[Connection] = set()
        self._free: list[Connection] = []

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self._destination.name

    def serves(self, model: str) -> bool:
        """Say whether the configuration names *model* for it, or a pattern that fits."""
        return self._destination.serves(model)

    async def models(self) -> tuple[str, ...]:
        """List the models that the configuration names for it; patterns are left out."""
        return self._destination.named

    async def open(self, outgoing: Outgoing) -> HttpAnswer:
        """Send *outgoing* and return when the answer's head is there, whatever its status."""
        deadline = asyncio.get_running_loop().time() + self._destination.patience.total
        request = self._written(outgoing)
        connection = self._kept() or await self._connected()
        answer = connection.ask(request, deadline)
        try:
            await answer.head
        except BaseException:
            answer.abandon()
            raise
        return answer

    async def aclose(self) -> None:
        """Let go of every connection."""
        for connection in list(self._open):
            connection.abandon()
        await asyncio.sleep(0)  # for the transports to notice

    def _written(self, outgoing: Outgoing) -> bytes:
        target = f"{self._path}/{outgoing.path.removeprefix('/')}"
        if not _TARGET.fullmatch(target):
            raise UpstreamError(f"upstream `{self.name}` cannot be asked for such a path")
        theirs = {name: value for name, value in outgoing.headers.items() if name.lower() not in _OURS}
        head = f"POST {target} HTTP/1.1\r\n{self._own}{_lines(_DEFAULTS | theirs)}"
        return f"{head}content-length: {len(outgoing.body)}\r\n\r\n".encode("latin-1") + outgoing.body

    def _kept(self) -> Connection | None:
        """Take the connection that was used last, if it can still be trusted."""
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._free:
            connection = self._free.pop()
            if connection.usable and connection.heard > oldest:
                return connection
            connection.abandon()
        return None

    async def _connected(self) -> Connection:
        loop, destination = asyncio.get_running_loop(), self._destination
        with mapped(self.name):
            async with asyncio.timeout(destination.patience.connect):
                _, connection = await loop.create_connection(
                    lambda: Connection(destination, self._free.append, self._forget),
                    self._host,
                    self._port,
                    ssl=self._context(),
                )
        if connection.usable:
            self._open.add(connection)
        return connection

    def _context(self) -> ssl.SSLContext | None:
        if self._secure and self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)


def _lines(headers: Mapping[str, str]) -> str:
    """Write *headers*; one that would write more than itself is an error, not a header."""
    for name, value in headers.items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise UpstreamError(f"the header `{name[:40]!r}` cannot be sent")
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
