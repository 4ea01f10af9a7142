"""Replies: a whole answer, sent."""

from collections.abc import Collection

from yett.doors.asgi.protocol import Send
from yett.doors.asgi.request import Request
from yett.services.calls import Reply

__all__ = ["head_of", "send_reply"]

_THEIRS = 500
"""From this status on it is not the caller who has to change something (RFC 9110, 15.6)."""


def head_of(request: Request, headers: Collection[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of the answer to *request*: *headers*, its identifier, and that nobody may keep it."""
    named = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers] if headers else ()
    return [*named, (b"x-request-id", request.identifier.encode("latin-1")), (b"cache-control", b"no-store")]


async def send_reply(send: Send, request: Request, reply: Reply) -> None:
    """Send a whole answer."""
    headers = head_of(request, reply.headers.items())
    if "content-type" not in reply.headers:
        headers.append((b"content-type", b"application/json"))
    headers.append((b"content-length", str(len(reply.body)).encode()))
    refusal = reply.refusal
    if refusal and refusal.retry_after is not None:
        headers.append((b"retry-after", str(max(1, round(min(refusal.retry_after, 86400)))).encode()))
    elif refusal and refusal.status < _THEIRS:  # what fails behind us may succeed a moment later
        headers.append((b"x-should-retry", b"false"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
