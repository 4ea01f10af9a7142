"""
HttpUpstream: a provider that is reached over HTTP.

Rules:

1. Only the operator says where a request goes and which credential it carries. Whatever else comes in the headers of
   a request, these do not.
2. The upstream is not trusted: its answer is bounded in time and in size, it is not followed elsewhere, and it is
   refused when it comes encoded, since we asked for no encoding.
3. A connection whose answer has not come to its end is closed. It never carries another request, so that nobody is
   ever given the rest of somebody else's answer.
4. What is said about a failure holds no address and no credential.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

import aiohttp
from yarl import URL

from yett.adapters.upstream.destination import Destination
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.ports.upstream import Answer, Outgoing

__all__ = ["HttpUpstream", "mapped"]

# Headers that say who asks, where, or how the connection is used (RFC 9110 §7.6.1). They are ours to set.
_OURS = frozenset(
    {
        "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "cookie", "expect",
        "forwarded", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "x-api-key", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    },
)  # fmt: skip

# What a failure of the library is to us; the first row that fits counts. Messages follow the upstream's name.
_ERRORS: tuple[tuple[type[BaseException], type[UpstreamError], str], ...] = (
    (aiohttp.ConnectionTimeoutError, UpstreamTimeout, "could not be reached in time"),
    (TimeoutError, UpstreamTimeout, "did not answer in time"),
    (aiohttp.ClientSSLError, UpstreamError, "could not be reached: its certificate was not accepted"),
    (ssl.SSLError, UpstreamError, "could not be reached: its certificate was not accepted"),
    (aiohttp.ClientConnectorDNSError, UpstreamError, "could not be reached: its name is not known"),
    (aiohttp.ClientConnectorError, UpstreamError, "could not be reached"),
    (aiohttp.ServerDisconnectedError, UpstreamError, "closed the connection before it answered"),
    (aiohttp.ClientConnectionError, UpstreamError, "broke the connection"),
    (aiohttp.ClientPayloadError, UpstreamError, "broke off in the middle of its answer"),
    (aiohttp.ClientResponseError, UpstreamError, "did not answer in proper HTTP"),
    (aiohttp.ClientError, UpstreamError, "failed"),
    (OSError, UpstreamError, "could not be reached"),
)
_FAILURES = (aiohttp.ClientError, OSError)


@contextmanager
def mapped(name: str) -> Iterator[None]:
    """Turn the library's errors inside the block into ours, about upstream *name*."""
    try:
        yield
    except _FAILURES as error:
        kind, says = next((ours, says) for theirs, ours, says in _ERRORS if isinstance(error, theirs))
        # Not chained: the library's own message may show the address.
        raise kind(f"upstream `{name}` {says}") from None


class _HttpAnswer:
    """An answer whose head is there."""

    def __init__(self, destination: Destination, response: aiohttp.ClientResponse, deadline: float) -> None:
        self._destination = destination
        self._response = response
        self._deadline = deadline
        self._headers = {name.lower(): value for name, value in response.headers.items()}

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    def accepted(self) -> "_HttpAnswer":
        """Return this answer; refuse it if its head already says that it cannot be taken."""
        if (encoding := self._headers.get("content-encoding", "identity")) != "identity":
            raise self._refused(f"answered in the encoding `{encoding[:20]}`, which was not asked for")
        self._count(int(self._headers.get("content-length", "0")))
        return self

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        clock, content = asyncio.get_running_loop().time, self._response.content
        idle, taken = self._destination.patience.idle, 0
        with mapped(self._destination.name):
            while True:
                async with asyncio.timeout_at(min(clock() + idle, self._deadline)):
                    piece = await content.readany()
                if not piece:
                    return
                taken += len(piece)
                self._count(taken)
                yield piece

    async def aclose(self) -> None:
        # An answer that came to its end has already given its connection back; for any other this closes it.
        self._response.close()

    def _count(self, size: int) -> None:
        if size > self._destination.answer_bytes:
            raise self._refused(f"answered with more than {self._destination.answer_bytes} bytes")

    def _refused(self, says: str) -> UpstreamError:
        self._response.close()
        return UpstreamError(f"upstream `{self._destination.name}` {says}", status=self.status)


class HttpUpstream:
    """A provider that speaks HTTP. It is made anywhere and used in one event loop."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._base = destination.base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

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

    async def open(self, outgoing: Outgoing) -> Answer:
        """Send *outgoing* and return when the answer's head is there, whatever its status."""
        session = self._session or self._opened()
        patience, now = self._destination.patience, asyncio.get_running_loop().time()
        # The base address ends in a host or a path, so that with this slash no path can name another host.
        url = URL(f"{self._base}/{outgoing.path.removeprefix('/')}", encoded=True)
        headers = {name: value for name, value in outgoing.headers.items() if name.lower() not in _OURS}
        headers.setdefault("content-type", "application/json")
        with mapped(self.name):
            async with asyncio.timeout_at(now + min(patience.first_byte, patience.total)):
                response = await session.post(url, data=outgoing.body, headers=headers, allow_redirects=False)
        return _HttpAnswer(self._destination, response, now + patience.total).accepted()

    async def aclose(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        destination = self._destination
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=destination.connections),
            headers={**destination.headers, "accept-encoding": "identity", "user-agent": "yett"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=destination.patience.connect),
            auto_decompress=False,
            trust_env=False,
            max_line_size=destination.header_bytes,
            max_field_size=destination.header_bytes,
        )
        return self._session
