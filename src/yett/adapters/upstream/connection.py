"""
Connection: one kept connection to a provider, one request at a time, parsed by llhttp.

Rules:

1. It is free for the next request only when the answer came to its proper end, nothing followed it, and both sides
   want to go on. In every other case it is closed.
2. It keeps no more than a head's size of anything that is not yet an answer: no endless header, no endless line
   between chunks, no endless trailer, no endless series of interim answers.
3. One timer watches the head, the pauses and the whole. While our own reader is behind, only the whole counts.
"""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable
from typing import cast

import httptools

from yett.adapters.upstream.answer import HttpAnswer
from yett.adapters.upstream.destination import Destination
from yett.model.errors import UpstreamError, UpstreamTimeout

__all__ = ["Connection"]

_INTERIM = 8
"""Interim answers (1xx) before the real one."""


class _Refused(Exception):
    """Stops the parser."""


class Connection(asyncio.Protocol):
    """A connection to *destination*; it tells *freed* when it may be used again and *lost* when it is gone."""

    def __init__(
        self, destination: Destination, freed: Callable[["Connection"], None], lost: Callable[["Connection"], None]
    ) -> None:
        self._destination = destination
        self._freed = freed
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._answer: HttpAnswer | None = None
        self._timer: TimerHandle | None = None
        self._gone = False
        self.heard = self._loop.time()
        """When something last happened."""

    @property
    def usable(self) -> bool:
        """Whether another request may be sent."""
        return self._answer is None and not self._transport.is_closing()

    def ask(self, request: bytes, deadline: float) -> HttpAnswer:
        """Send *request*, whose answer must be whole by *deadline*."""
        self._answer = answer = HttpAnswer(self, self._loop)
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._head_bytes = self._body_bytes = self._unheard = self._interim = 0
        self._ended = self._lasts = False
        self._deadline = deadline
        self.heard = self._loop.time()
        if self._gone:  # since it was made; nobody will tell that again
            self._fail(self._error("closed the connection before it was asked"))
            return answer
        self._transport.write(request)
        self._watch()
        return answer

    # What the network calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._answer is None:  # nothing was asked, so this is nobody's
            self._transport.abort()
            return
        self.heard = self._loop.time()
        self._unheard += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._stop(error.__context__)
        else:
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Know that the other side is gone."""
        self._gone = True
        self._lost(self)
        if self._timer is not None:
            self._timer.cancel()
        if (answer := self._answer) is None:
            return
        self._answer = None
        if not answer.head.done():
            reset = "broke the connection" if exc else "closed the connection before it answered"
            answer.fail(self._error(reset))
        elif exc is None and self._ends_with_the_connection():
            answer.finish()
        else:
            answer.fail(self._error("broke off in the middle of its answer"))

    # What the parser calls

    def on_message_begin(self) -> None:
        """Begin an answer; a second one was not asked for."""
        if self._ended:
            raise _Refused

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers are counted and left out."""
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > self._destination.header_bytes:
            raise _Refused
        if self._answer is not None and not self._answer.status:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Take the head."""
        status = self._parser.get_status_code()
        if status < 200:  # noqa: PLR2004  # interim (RFC 9110 §15.2)
            self._interim += 1
            self._headers = {}
            if self._interim > _INTERIM:
                raise _Refused
            return
        if (encoding := self._headers.get("content-encoding", "identity")).lower() != "identity":
            raise self._error(f"answered in the encoding `{encoding[:20]}`, which was not asked for", status)
        if self._headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise _Refused
        self._count(int(self._headers.get("content-length", "0")))
        if self._answer is not None:
            self._answer.begin(status, self._headers)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._unheard = 0
        self._body_bytes += len(body)
        self._count(self._body_bytes)
        if self._answer is not None:
            self._answer.feed(body)

    def on_message_complete(self) -> None:
        """Know that the answer is whole, unless it was an interim one."""
        self._ended = self._answer is not None and bool(self._answer.status)
        self._lasts = self._parser.should_keep_alive()  # only known here

    # What the answer calls

    def pause(self) -> None:
        """Take nothing more from the network."""
        self._transport.pause_reading()

    def resume(self) -> None:
        """Take from the network again."""
        self.heard = self._loop.time()
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def abandon(self) -> None:
        """Close: nobody wants the rest."""
        self._answer = None
        self._transport.abort()

    # What follows

    def _stop(self, why: BaseException | None) -> None:
        """Close, because of something that cannot be read; an answer that was whole before it is still good."""
        if self._ended and (answer := self._answer) is not None:
            self._answer = None
            answer.finish()
            self._transport.abort()
        else:
            self._fail(why if isinstance(why, UpstreamError) else self._malformed())

    def _go_on(self) -> None:
        """Hand the connection back when the answer is whole; else see that the rest comes."""
        if self._ended and (answer := self._answer) is not None:
            self._answer = None
            if answer.paused:
                self._transport.resume_reading()
            if self._lasts:
                self._freed(self)
            else:
                self._transport.close()
            answer.finish()
        elif self._unheard > self._destination.header_bytes:
            self._fail(self._malformed())
        else:
            self._watch()

    def _watch(self) -> None:
        """See that the timer strikes when patience ends; it is left alone while it strikes early enough."""
        answer, patience, due = self._answer, self._destination.patience, self._deadline
        if answer is None:
            return
        if not answer.paused:
            due = min(due, self.heard + (patience.idle if answer.status else patience.first_byte))
        if self._timer is None or self._timer.when() > due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(due, self._struck, due)

    def _struck(self, due: float) -> None:
        """Find out whether patience really ended: something may have come since the timer was set."""
        self._timer = None
        answer, patience = self._answer, self._destination.patience
        if answer is None:
            return
        waited = self._loop.time() - self.heard
        late = not answer.paused and waited >= (patience.idle if answer.status else patience.first_byte)
        if late or due >= self._deadline:
            self._fail(UpstreamTimeout(f"upstream `{self._destination.name}` did not answer in time"))
        else:
            self._watch()

    def _fail(self, error: UpstreamError) -> None:
        if (answer := self._answer) is not None:
            self._answer = None
            answer.fail(error)
        self._transport.abort()

    def _ends_with_the_connection(self) -> bool:
        """Say whether the answer's head gave its body no other end (RFC 9112 §6.3)."""
        return "content-length" not in self._headers and "transfer-encoding" not in self._headers

    def _count(self, size: int) -> None:
        if size > (limit := self._destination.answer_bytes):
            raise self._error(f"answered with more than {limit} bytes")

    def _malformed(self) -> UpstreamError:
        return self._error("did not answer in proper HTTP")

    def _error(self, says: str, status: int | None = None) -> UpstreamError:
        return UpstreamError(f"upstream `{self._destination.name}` {says}", status=status)
