"""
StrictProtocol: HTTP/1.1 as the server speaks it: llhttp, with the limits that it lacks.

Rules:

1. A request has one meaning or none. Whatever two parsers might read differently (RFC 9112 §11.2) is refused, and so
   are trailers, which would otherwise join the headers after these were judged.
2. Nobody is waited for without end: not for a head, not for a body, not for a reader that does not read.
3. Nothing is kept without bound: not heads, not bodies, not connections, not requests.
4. Where something was refused the connection ends. It never carries a second answer.
5. Requests are answered one by one. What is sent ahead of an answer is not read; the connection ends after that answer
   and the client asks again (RFC 9112 §9.3.2), so that a client's leaving is always noticed.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import cast

import httptools
import orjson
import uvicorn
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from yett.compose.answering import STATUS_LINES, Answering, App
from yett.compose.head import LARGE_HEAD, MALFORMED, objection, target, too_large, weight
from yett.model.refusal import Refusal

__all__ = ["Bounds", "StrictProtocol", "bounded"]

_MOMENT = 0.001
"""Seconds by which loops may ring early."""
_FRAMES = frozenset({b"content-length", b"transfer-encoding"})
_LATE = Refusal(408, "request_timeout", "the request did not arrive in time")
# llhttp takes what follows such a head for the other protocol, and so would lose the body.
_UPGRADE = Refusal(400, "invalid_request", "a request with a body cannot upgrade; let the client speak HTTP/1.1 only")
_CROWDED = Refusal(503, "not_ready", "too many requests at the same time", retry_after=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the server bears, and for how many seconds."""

    header_bytes: int = 16 * 1024
    """Of a whole head: the target, and all names and values."""
    header_count: int = 100
    body_bytes: int = 1024 * 1024
    requests: int = 1024
    """At the same time."""
    connections: int = 4096
    header_seconds: float = 10
    """From the first byte of a head, or from the connection's beginning, until the head is whole."""
    body_seconds: float = 30
    idle_seconds: float = 75
    """Between an answer and the next request."""
    stall_seconds: float = 60
    """Until somebody who does not read what we send is given up."""
    linger_seconds: float = 2
    """For a refused client to stop sending and read why; closing at once would destroy the answer on its way."""


class _Phase(Enum):
    HEAD = "head"
    BODY = "body"
    DONE = "done"


_HEAD, _BODY, _DONE = _Phase  # looked up many times a request, and an enumeration is slow at that


class _Refused(Exception):
    """Stops the parser."""


class StrictProtocol(asyncio.Protocol):
    """One connection."""

    bounds = Bounds()

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Speak for the application of *config*, as uvicorn's server asks for it."""
        if not config.loaded:
            config.load()
        self.transport: asyncio.Transport = None  # type: ignore[assignment]  # until it is made
        self.paused: asyncio.Event | None = None
        self.cycle: Answering | None = None
        self._app = cast("App", config.loaded_app)
        self._app_state = app_state
        self._state = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._reading = True
        self._phase = _HEAD
        self._head_bytes = self._body_bytes = 0
        self._deaf = False
        self._why = MALFORMED
        self._stalled: asyncio.TimerHandle | None = None
        self._deadline: float | None = None
        self._deadline_of = _HEAD
        self._timer: asyncio.TimerHandle | None = None
        self._rings = 0.0

    @property
    def default_headers(self) -> Iterable[tuple[bytes, bytes]]:
        """What stands in the head of every answer."""
        return self._state.default_headers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, unless there are too many."""
        self.transport = cast("asyncio.Transport", transport)
        connections = cast("set[object]", self._state.connections)
        connections.add(self)
        self._about = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "server": get_local_addr(self.transport),
            "client": get_remote_addr(self.transport),
            "scheme": "https" if is_ssl(self.transport) else "http",
            "root_path": "",
        }
        self._set_deadline(self.bounds.header_seconds)
        if len(connections) > self.bounds.connections:
            self._refuse(_CROWDED)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        cast("set[object]", self._state.connections).discard(self)
        if self.cycle is not None:
            self.cycle.leave()
        if self._timer is not None:
            self._timer.cancel()
        self._deadline = None
        self._deaf = True
        self.resume_writing()
        if exc is None:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Read what came, as far as it may be read, and see what is still to come."""
        if self._deaf:
            return
        self._head_bytes = len(data) if self._phase is not _HEAD else self._head_bytes + len(data)
        if self._phase is _DONE:
            self._phase = _HEAD
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # not taken up, as RFC 9110 §7.8 allows; but llhttp reads no further
            self._last()
        except httptools.HttpParserError:
            self._refuse(self._why)
        else:
            self._await_rest()

    def shutdown(self) -> None:
        """Close, after the answer that is under way."""
        if self.busy:
            self.cycle.keep_alive = False  # type: ignore[union-attr]
        else:
            self.transport.close()

    @property
    def busy(self) -> bool:
        """Whether an answer is still owed."""
        return self.cycle is not None and not self.cycle.complete

    # What the transport and the answer call

    def pause_writing(self) -> None:
        """Give somebody who does not read some time."""
        self.paused = asyncio.Event()
        self._stalled = self._loop.call_later(self.bounds.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self.paused is not None:
            self.paused.set()
            self.paused = None
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def pause_reading(self) -> None:
        """Read no more until somebody takes what was read."""
        if self._reading:
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if not self._reading:
            self._reading = True
            self.transport.resume_reading()

    def ended(self, task: "asyncio.Task[None]") -> None:
        """Let go of *task*, which answered."""
        self._state.tasks.discard(task)

    def answered(self) -> None:
        """Await the next request, if there may be one."""
        if self.transport.is_closing():
            return
        self.resume_reading()
        if self._phase is _DONE:
            self._set_deadline(self.bounds.idle_seconds)

    # What the parser calls

    def on_message_begin(self) -> None:
        """Begin a request, if the one before it has been answered."""
        self._phase = _HEAD
        if self.cycle is not None and not self.cycle.complete:
            raise _Refused
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._continues = False

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers come here, too."""
        if self._phase is not _HEAD:
            raise _Refused
        name = name.lower()
        if name == b"expect":
            self._continues = True  # anything else that is expected is refused
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Judge the head, and prepare to answer."""
        parser, bounds, headers = self._parser, self.bounds, self._headers
        version, method = parser.get_http_version(), parser.get_method()
        # What has come is a bound for the head, and mostly a sufficient one; the head itself is rarely measured.
        heavy = self._head_bytes > bounds.header_bytes and weight(self._url, headers) > bounds.header_bytes
        if heavy or len(headers) > bounds.header_count:
            why: Refusal | None = LARGE_HEAD
        else:
            why = objection(version, method, self._url, headers, bounds.body_bytes)
        if why is None and parser.should_upgrade() and not _FRAMES.isdisjoint(name for name, _ in headers):
            why = _UPGRADE
        if why is None and len(self._state.tasks) >= bounds.requests:
            why = _CROWDED
        if why is not None:
            self._why = why
            raise _Refused
        scope = {
            **self._about,
            "http_version": version,
            "method": method.decode("ascii"),
            **target(self._url),
            "headers": headers,
            "state": self._app_state.copy(),
        }
        keep_alive = version != "1.0" and parser.should_keep_alive()
        self.cycle = Answering(self, scope, keep_alive=keep_alive, continues=self._continues)
        task = self._loop.create_task(self.cycle.run(self._app))
        self._state.tasks.add(task)
        task.add_done_callback(self.cycle.ended)
        self._phase, self._body_bytes = _BODY, 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self.bounds.body_bytes:
            self._why = too_large(self.bounds.body_bytes)
            raise _Refused
        self.cycle.take(body)  # type: ignore[union-attr]  # its head has come

    def on_message_complete(self) -> None:
        """Know that the request is whole."""
        self._phase = _DONE
        self.cycle.end()  # type: ignore[union-attr]

    # What must not last, and how it ends

    def _await_rest(self) -> None:
        """Set a deadline for what is still to come; a request that came in one piece needs none."""
        if self._phase is _DONE:
            self._deadline = None
        elif self._phase is _HEAD and self._head_bytes > self.bounds.header_bytes:
            self._refuse(LARGE_HEAD)
        elif self._deadline is None or self._deadline_of is not self._phase:
            self._set_deadline(self.bounds.header_seconds if self._phase is _HEAD else self.bounds.body_seconds)

    def _set_deadline(self, seconds: float) -> None:
        """Give so many *seconds* for what is due in this phase; a timer that rings no later will do."""
        self._deadline, self._deadline_of = self._loop.time() + seconds, self._phase
        if self._timer is None or self._rings > self._deadline:
            self._ring_in(seconds)

    def _unset_deadline(self) -> None:
        self._deadline = None

    def _ring_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        """See whether the time is up: most deadlines were met, or moved, since the timer was set."""
        self._timer = None
        if self._deadline is None:
            return
        left = self._deadline - self._loop.time()
        if left > _MOMENT:
            self._ring_in(left)
        else:
            self._deadline = None
            self._late()

    def _late(self) -> None:
        if self._phase is _DONE or (self._phase is _HEAD and not self._head_bytes):
            self.transport.close()  # nobody asked, so nobody is told
        else:
            self._refuse(_LATE)

    def _refuse(self, refusal: Refusal) -> None:
        """Say no to what is being read, as far as that can still be said, and close."""
        if self._phase is not _BODY or self.cycle is None:
            if self.busy:
                self._last()  # this is about something that was sent ahead
            else:
                self._tell(refusal)
        elif self.cycle.started:
            self.transport.close()
        else:
            self.cycle.leave()  # whoever is answering is told that nobody is there any more
            self._tell(refusal)

    def _last(self) -> None:
        """Read nothing more, and close when the answer that is under way has been given."""
        self._deaf = True
        self._unset_deadline()
        self.shutdown()

    def _tell(self, refusal: Refusal) -> None:
        self._deaf = True
        self._unset_deadline()
        self.transport.write(_told(refusal))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._stalled = self._loop.call_later(self.bounds.linger_seconds, self.transport.abort)
        else:
            self.transport.close()


def _told(refusal: Refusal) -> bytes:
    """Write *refusal* as a whole answer, in the shape of OpenAI's errors: which dialect was meant is not known here."""
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"  # noqa: PLR2004
    error = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    body = orjson.dumps({"error": error})
    head = b"content-type: application/json\r\nconnection: close\r\n"
    if refusal.retry_after is not None:
        head += b"retry-after: %d\r\n" % refusal.retry_after
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (STATUS_LINES[refusal.status], head, len(body), body)


def bounded(bounds: Bounds) -> type[StrictProtocol]:
    """Make the protocol with *bounds*: uvicorn builds protocols itself and has nowhere to hand them in."""
    return type("BoundedProtocol", (StrictProtocol,), {"bounds": bounds})
