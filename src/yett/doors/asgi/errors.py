"""
The border of a door: an error that nobody foresaw is ours, and says nothing about our insides.

This is one of the three places that catch every exception.
"""

import logging
from collections.abc import Awaitable

from yett.doors.asgi.protocol import Asgi, Message, Receive, Scope, Send

__all__ = ["bordered"]

_LOG = logging.getLogger("yett.doors")


def bordered(app: Asgi, answer: bytes, media: bytes = b"application/json") -> Asgi:
    """Send *answer* with 500 where *app* raises, if nothing has been sent yet; always log where it happened."""
    headers = [(b"content-type", media), (b"content-length", str(len(answer)).encode())]

    async def border(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        def watched(message: Message) -> Awaitable[None]:
            nonlocal started
            started = True
            return send(message)

        try:
            await app(scope, receive, watched)
        except Exception as error:
            _LOG.error("unforeseen %s in %s", type(error).__name__, _where(error))
            if started or scope["type"] != "http":
                raise
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": answer})

    return border


def _where(error: BaseException) -> str:
    """Name the places of the traceback; its values and the message may hold text, so they are left out."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(places)
