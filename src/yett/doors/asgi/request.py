"""
Request: what stands in a request's head, and its body.

Rules:

1. Only JSON in the clear is read: another media type or an encoding could be read otherwise by whoever comes after us.
2. One credential: two that differ are an attempt to be two people.
"""

import os
import re

from yett.doors.asgi.protocol import Receive, Scope
from yett.model.errors import CallerError

__all__ = ["GONE", "CallerLeft", "Request", "read_body"]

GONE = "http.disconnect"
"""What is received when the caller has hung up."""
_JSON = b"application/json"
_IDENTIFIER = re.compile(rb"[A-Za-z0-9._-]{1,128}\Z")


class Request:
    """What stands in a request's head."""

    __slots__ = ("client", "headers", "identifier", "record_id")

    def __init__(self, scope: Scope) -> None:
        """Read the head of *scope*."""
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        self.client: str = client[0] if client else ""
        self.record_id = f"req_{os.urandom(12).hex()}"
        told = self.headers.get(b"x-request-id")
        self.identifier = told.decode("ascii") if told and _IDENTIFIER.match(told) else self.record_id

    def credential(self) -> str | None:
        """
        Return the one credential that is shown.

        Raises:
            CallerError: there are two that differ.
        """
        scheme, _, bearer = self.headers.get(b"authorization", b"").partition(b" ")
        bearer = bearer.strip() if scheme.lower() == b"bearer" else b""
        key = self.headers.get(b"x-api-key", b"").strip()
        if bearer and key and bearer != key:
            raise CallerError("`authorization` and `x-api-key` show different credentials; send one of them")
        return (bearer or key).decode("latin-1") or None

    def check_json(self) -> None:
        """
        Check that the body is JSON in the clear.

        Raises:
            CallerError: it is declared to be something else.
        """
        declared = self.headers.get(b"content-type", b"")
        if declared != _JSON and not _is_json(declared):
            raise CallerError("send the body as `content-type: application/json`, in UTF-8", status=415)
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise CallerError("send the body without `content-encoding`", status=415)


def _is_json(declared: bytes) -> bool:
    media, _, parameters = declared.lower().partition(b";")
    return media.strip() == _JSON and parameters.strip().removeprefix(b"charset=").strip(b'"') in {b"", b"utf-8"}


async def read_body(receive: Receive, most: int) -> bytes:
    """
    Read the whole body.

    Raises:
        CallerError: it has more than *most* bytes.
        CallerLeft: the caller hung up.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        pieces = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > most:
                break
        body = b"".join(pieces)
    if message["type"] == GONE:
        raise CallerLeft
    if len(body) > most:
        raise CallerError(f"the body has more than {most} bytes", status=413, code="request_too_large")
    return body


class CallerLeft(Exception):
    """The caller hung up before the request was whole."""
