"""
Head: what the head of a request must be to have one meaning, and be small enough.

llhttp refuses most of what is ambiguous. Here stands the rest: what it lets pass, and what it does not count.
"""

from string import ascii_letters, digits
from urllib.parse import unquote

import httptools

from yett.model.refusal import Refusal

__all__ = ["LARGE_HEAD", "MALFORMED", "objection", "target", "too_large", "weight"]

# What a header may not be twice: whoever reads the other one would decide about another request.
_SINGLE = frozenset(
    {b"authorization", b"content-length", b"content-type", b"expect", b"host", b"transfer-encoding", b"x-api-key"}
)
_METHODS = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"})
_VERSIONS = frozenset({"1.0", "1.1"})
_HOST = (ascii_letters + digits + "._~-:[]%").encode()

MALFORMED = Refusal(400, "invalid_request", "this is not a well-formed HTTP/1.1 request")
LARGE_HEAD = Refusal(431, "request_too_large", "the headers are larger, or more, than this server takes")

_Headers = list[tuple[bytes, bytes]]


def objection(version: str, method: bytes, url: bytes, headers: _Headers, body_bytes: int) -> Refusal | None:
    """Say why a request with this head, and a body of at most *body_bytes*, is refused; None when it is not."""
    if version not in _VERSIONS or method not in _METHODS or b"#" in url:
        return MALFORMED
    known = dict(headers)
    if len(known) != len(headers):
        names = [name for name, _ in headers]
        for name in names:
            if name in _SINGLE and names.count(name) > 1:
                return Refusal(400, "invalid_request", f"the header `{name.decode()}` may only be sent once")
    return _framing(version, known) or _extent(known, body_bytes)


def _framing(version: str, known: dict[bytes, bytes]) -> Refusal | None:
    """Say what is wrong with the headers that say where a request goes and where it ends."""
    if not (host := known.get(b"host", b"" if version == "1.1" else b"-")) or host.translate(None, _HOST):
        return Refusal(400, "invalid_request", "the header `host` is missing or malformed")
    if (coding := known.get(b"transfer-encoding")) is None:
        return None
    if coding.lower() != b"chunked" or version != "1.1" or b"content-length" in known:
        return Refusal(400, "invalid_request", "the header `transfer-encoding` may only be `chunked`, and stand alone")
    return None


def _extent(known: dict[bytes, bytes], body_bytes: int) -> Refusal | None:
    if int(known.get(b"content-length", b"0")) > body_bytes:
        return too_large(body_bytes)
    if known.get(b"expect", b"100-continue").lower() != b"100-continue":
        return Refusal(417, "invalid_request", "nothing but `100-continue` can be expected of this server")
    return None


def too_large(body_bytes: int) -> Refusal:
    """Refuse a body."""
    return Refusal(413, "request_too_large", f"the body is larger than {body_bytes} bytes")


def target(url: bytes) -> dict[str, object]:
    """
    Return what a scope says of the target *url*.

    Raises:
        HttpParserInvalidURLError: it is none.
    """
    if url.startswith(b"/"):
        raw, _, query = url.partition(b"?")
    else:
        parsed = httptools.parse_url(url)
        raw, query = parsed.path, parsed.query or b""
    path = raw.decode("ascii")
    return {"path": unquote(path) if "%" in path else path, "raw_path": raw, "query_string": query}


def weight(url: bytes, headers: _Headers) -> int:
    """Give the bytes of a head, as far as they say something."""
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
