"""
StrictProtocol: HTTP/1.1 as the server speaks it: uvicorn's protocol on llhttp, with the limits that both lack.

Rules:

1. A request has one meaning or none. Whatever two parsers might read differently (RFC 9112 §11.2) is refused, and so
   are trailers, which would otherwise join the headers after these were judged.
2. Nobody is waited for without end: not for a head, not for a body, not for a reader that does not read.
3. Nothing is kept without bound: not heads, not bodies, not connections, not requests.
4. Where something was refused the connection ends. It never carries a second answer.
5. Requests are answered one by one. What is sent ahead of an answer is not read; the connection ends after that answer
   and the client asks again (RFC 9112 §9.3.2), so that a client's leaving is always noticed.
"""

from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from enum import Enum

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from yett.compose.head import LARGE_HEAD, MALFORMED, objection, too_large, weight
from yett.model.refusal import Refusal

__all__ = ["Bounds", "StrictProtocol", "bounded"]

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


class StrictProtocol(HttpToolsProtocol):
    """One connection."""

    bounds = Bounds()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        self._phase = _HEAD
        self._head_bytes = self._body_bytes = 0
        self._deaf = False
        self._why = MALFORMED
        self._stalled: TimerHandle | None = None
        self._deadline: TimerHandle | None = self.loop.call_later(self.bounds.header_seconds, self._late)
        self._deadline_of = _HEAD
        if len(self.connections) > self.bounds.connections:
            self._refuse(_CROWDED)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._unset_deadline()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read what came, as far as it may be read, and see what is still to come."""
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._head_bytes = len(data) if self._phase is not _HEAD else self._head_bytes + len(data)
        if self._phase is _DONE:
            self._phase = _HEAD
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # not taken up, as RFC 9110 §7.8 allows; but llhttp reads no further
            self._last()
        except httptools.HttpParserError:
            self._refuse(self._why)
        else:
            self._await_rest()

    def pause_writing(self) -> None:
        """Give somebody who does not read some time."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.bounds.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # What the parser calls

    def on_message_begin(self) -> None:
        """Begin a request, if the one before it has been answered."""
        self._phase = _HEAD
        if _under_way(self.cycle):
            raise _Refused
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers come here, too."""
        if self._phase is not _HEAD:
            raise _Refused
        name = name.lower()
        if name == b"expect":
            self.expect_100_continue = True  # anything else that is expected is refused
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Judge the head, and begin to answer."""
        parser, bounds = self.parser, self.bounds
        # What has come is a bound for the head, and mostly a sufficient one; the head itself is rarely measured.
        heavy = self._head_bytes > bounds.header_bytes and weight(self.url, self.headers) > bounds.header_bytes
        if heavy or len(self.headers) > bounds.header_count:
            why: Refusal | None = LARGE_HEAD
        else:
            why = objection(parser.get_http_version(), parser.get_method(), self.url, self.headers, bounds.body_bytes)
        if why is None and parser.should_upgrade() and not _FRAMES.isdisjoint(name for name, _ in self.headers):
            why = _UPGRADE
        if why is None and len(self.tasks) >= bounds.requests:
            why = _CROWDED
        if why is not None:
            self._why = why
            raise _Refused
        super().on_headers_complete()
        self._phase, self._body_bytes = _BODY, 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_bytes += len(body)
        if self._body_bytes > self.bounds.body_bytes:
            self._why = too_large(self.bounds.body_bytes)
            raise _Refused
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Know that the request is whole."""
        self._phase = _DONE
        super().on_message_complete()

    # What must not last, and how it ends

    def _await_rest(self) -> None:
        """Set a deadline for what is still to come; a request that came in one piece needs none."""
        if self._phase is _DONE:
            self._unset_deadline()
        elif self._phase is _HEAD and self._head_bytes > self.bounds.header_bytes:
            self._refuse(LARGE_HEAD)
        elif self._deadline is None or self._deadline_of is not self._phase:
            self._unset_deadline()
            seconds = self.bounds.header_seconds if self._phase is _HEAD else self.bounds.body_seconds
            self._deadline, self._deadline_of = self.loop.call_later(seconds, self._late), self._phase

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        if self._phase is _HEAD and not self._head_bytes:
            self.transport.close()  # nobody asked, so nobody is told
        else:
            self._refuse(_LATE)

    def _refuse(self, refusal: Refusal) -> None:
        """Say no to what is being read, as far as that can still be said, and close."""
        if self._phase is not _BODY:
            if _under_way(self.cycle):
                self._last()  # this is about something that was sent ahead
            else:
                self._tell(refusal)
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self.cycle.disconnected = True  # whoever is answering is told that nobody is there any more
            self.cycle.message_event.set()
            self._tell(refusal)

    def _last(self) -> None:
        """Read nothing more, and close when the answer that is under way has been given."""
        self._deaf = True
        self._unset_deadline()
        if _under_way(self.cycle):
            self.cycle.keep_alive = False
        else:
            self.transport.close()

    def _tell(self, refusal: Refusal) -> None:
        self._deaf = True
        self._unset_deadline()
        self.transport.write(_told(refusal))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._deadline = self.loop.call_later(self.bounds.linger_seconds, self.transport.abort)
        else:
            self.transport.close()


def _under_way(cycle: RequestResponseCycle | None) -> bool:
    """Say whether an answer is still owed."""
    return cycle is not None and not cycle.response_complete


def _told(refusal: Refusal) -> bytes:
    """Write *refusal* as a whole answer, in the shape of OpenAI's errors: which dialect was meant is not known here."""
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"  # noqa: PLR2004
    error = {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}
    body = orjson.dumps({"error": error})
    head = b"content-type: application/json\r\nconnection: close\r\n"
    if refusal.retry_after is not None:
        head += b"retry-after: %d\r\n" % refusal.retry_after
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (STATUS_LINE[refusal.status], head, len(body), body)


def bounded(bounds: Bounds) -> type[StrictProtocol]:
    """Make the protocol with *bounds*: uvicorn builds protocols itself and has nowhere to hand them in."""
    return type("BoundedProtocol", (StrictProtocol,), {"bounds": bounds})
