"""A request's head and body."""

from collections.abc import Sequence

import pytest

from tests.doors.asgi.wire import Wire, part, request
from yett.doors.asgi.protocol import Message
from yett.doors.asgi.request import CallerLeft, read_body
from yett.model.errors import CallerError

JSON = (b"content-type", b"application/json")


@pytest.mark.parametrize(
    ("headers", "credential"),
    [
        ([(b"authorization", b"Bearer abc")], "abc"),
        ([(b"authorization", b"bearer  abc ")], "abc"),
        ([(b"x-api-key", b"abc")], "abc"),
        ([(b"authorization", b"Bearer abc"), (b"x-api-key", b"abc")], "abc"),
        ([(b"authorization", b"Basic abc")], None),
        ([(b"authorization", b"Basic abc"), (b"x-api-key", b" abd ")], "abd"),
        ([(b"authorization", b"Bearer abc"), (b"x-api-key", b" ")], "abc"),
        ([(b"authorization", b"Bearer  "), (b"x-api-key", b"abc")], "abc"),
        ([(b"x-api-key", b"")], None),
        ([(b"authorization", b"Bearer ")], None),
        ([], None),
    ],
)
def test_there_is_one_credential(headers: Sequence[tuple[bytes, bytes]], credential: str | None) -> None:
    assert request(*headers).credential() == credential


def test_two_credentials_that_differ_are_an_attempt_to_be_two() -> None:
    with pytest.raises(CallerError, match="different credentials"):
        request((b"authorization", b"Bearer abc"), (b"x-api-key", b"abd")).credential()


@pytest.mark.parametrize(
    "kind", [b"application/json", b"Application/JSON; charset=UTF-8", b'application/json;charset="utf-8"']
)
def test_json_in_the_clear_is_read(kind: bytes) -> None:
    request((b"content-type", kind)).check_json()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-type", b"text/plain")],
        [(b"content-type", b"application/json2")],
        [(b"content-type", b"application/json; charset=utf-8; charset=utf-7")],
        [(b"content-type", b"application/json; charset=utf-7")],
        [(b"content-type", b"multipart/form-data; boundary=x")],
        [JSON, (b"content-encoding", b"gzip")],
    ],
)
def test_anything_else_is_refused(headers: Sequence[tuple[bytes, bytes]]) -> None:
    with pytest.raises(CallerError) as caught:
        request(*headers).check_json()
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("told", "kept"), [(b"abc-1.2_3", True), (b"", False), (b"a b", False), (b"a" * 129, False), (b"a\r\nb", False)]
)
def test_a_callers_request_id_is_kept_when_it_is_one(told: bytes, kept: bool) -> None:
    asked = request((b"x-request-id", told))
    assert (asked.identifier == told.decode("latin-1")) is kept
    assert asked.record_id.startswith("req_")
    assert asked.record_id != request().record_id


@pytest.mark.parametrize(
    "messages", [[part(b"abcd")], [part(b"ab", more=True), part(b"cd")], [part(b"", more=True), part(b"abcd")]]
)
async def test_a_body_is_read_whole(messages: list[Message]) -> None:
    assert await read_body(Wire(*messages).receive, 4) == b"abcd"


@pytest.mark.parametrize("messages", [[part(b"abcde")], [part(b"abc", more=True), part(b"de", more=True), part(b"f")]])
async def test_a_body_may_have_only_so_many_bytes(messages: list[Message]) -> None:
    with pytest.raises(CallerError) as caught:
        await read_body(Wire(*messages).receive, 4)
    assert (caught.value.status, caught.value.code) == (413, "request_too_large")


async def test_a_caller_who_leaves_before_the_end_has_asked_nothing() -> None:
    wire = Wire(part(b"ab", more=True))
    wire.left.set()
    with pytest.raises(CallerLeft):
        await read_body(wire.receive, 4)
