"""
The border of the proxy door: an error that nobody foresaw is ours, and says nothing about our insides.

This is one of the three places that catch every exception.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Asgi", "Message", "Receive", "Scope", "Send", "bordered"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOG = logging.getLogger("yett.proxy")
_BODY = (
    b'{"error":{"message":"something went wrong inside the gateway","type":"server_error",'
    b'"param":null,"code":"internal_error"}}'
)


def bordered(app: Asgi) -> Asgi:
    """Answer 500 where *app* raises, if nothing has been sent yet; always log where it happened."""

    async def border(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await app(scope, receive, watched)
        except Exception as error:
            _LOG.error("unforeseen %s in %s", type(error).__name__, _where(error))
            if started or scope["type"] != "http":
                raise
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": _BODY})

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
