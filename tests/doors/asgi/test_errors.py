"""The border of a door."""

import logging
from typing import Any

import pytest

from yett.doors.asgi.errors import bordered
from yett.doors.asgi.protocol import Message, Receive, Scope, Send

SECRET = "what the caller wrote"


async def sent_by(app: Any, kind: str = "http") -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nobody asks")

    await bordered(app, b"ours", b"text/plain")({"type": kind}, receive, send)
    return sent


async def test_an_unforeseen_error_is_ours_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError(SECRET)

    with caplog.at_level(logging.ERROR):
        start, body = await sent_by(app)
    assert start["status"] == 500
    assert body["body"] == b"ours"
    assert start["headers"] == [(b"content-type", b"text/plain"), (b"content-length", b"4")]
    assert SECRET not in caplog.text
    assert "KeyError" in caplog.text
    assert "test_errors.py" in caplog.text


async def test_an_answer_that_has_begun_is_broken_off() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    with pytest.raises(ValueError, match=SECRET):
        await sent_by(app)


async def test_what_goes_well_passes() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    assert [message["status"] for message in await sent_by(app)] == [204]
