"""
Doors: which door answers a request.

Rules:

1. The path alone decides, as the server took it apart; nothing that a header says takes part.
2. Every door has a border of its own, so that what nobody foresaw is answered in the shape that its callers read.
"""

from collections.abc import Awaitable

from yett.doors.asgi.errors import bordered
from yett.doors.asgi.protocol import Asgi, Receive, Scope, Send
from yett.doors.proxy import app as proxy
from yett.doors.rest import app as rest
from yett.doors.rest.problems import MEDIA, UNFORESEEN

__all__ = ["doors"]


def doors(models: proxy.Services, decisions: rest.Services) -> Asgi:
    """Open the door to *models*, and the one to *decisions*."""
    to_models = bordered(proxy.ProxyApp(models), proxy.UNFORESEEN)
    to_decisions = bordered(rest.RestApp(decisions), UNFORESEEN, MEDIA.encode())

    def answer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return (to_decisions if rest.serves(scope["path"]) else to_models)(scope, receive, send)

    return answer
