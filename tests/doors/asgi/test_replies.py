"""A whole answer, sent."""

import pytest

from tests.doors.asgi.wire import Wire, headers_of, request
from yett.doors.asgi.replies import send_reply
from yett.model.refusal import Refusal
from yett.services.calls import Reply


@pytest.mark.parametrize(
    ("refusal", "name", "value"),
    [
        (Refusal(429, "rate_limit_exceeded", "later", retry_after=0.2), b"retry-after", b"1"),
        (Refusal(429, "rate_limit_exceeded", "later", retry_after=float("inf")), b"retry-after", b"86400"),
        (Refusal(403, "policy_violation", "no"), b"x-should-retry", b"false"),
    ],
)
async def test_a_refusal_says_whether_to_come_back(refusal: Refusal, name: bytes, value: bytes) -> None:
    wire = Wire()
    await send_reply(wire.send, request(), Reply(refusal.status, b"{}", {}, refusal))
    assert headers_of(wire)[name] == value


async def test_what_failed_behind_us_may_be_asked_again() -> None:
    wire = Wire()
    await send_reply(wire.send, request(), Reply(502, b"{}", {}, Refusal(502, "upstream_error", "unreachable")))
    assert b"x-should-retry" not in headers_of(wire)


async def test_an_answer_is_nobodys_to_keep_and_bears_its_id() -> None:
    wire, asked = Wire(), request((b"x-request-id", b"mine"))
    await send_reply(wire.send, asked, Reply(200, b"{}", {"x-yett-decision": "allow"}))
    headers = headers_of(wire)
    assert (headers[b"x-request-id"], headers[b"cache-control"], headers[b"content-length"]) == (
        b"mine",
        b"no-store",
        b"2",
    )
    assert b"x-should-retry" not in headers
