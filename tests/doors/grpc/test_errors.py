"""What goes wrong, as statuses of gRPC."""

import logging
from typing import Any

import grpc
import pytest

from yett.doors.grpc.errors import answered, problem, status
from yett.model.errors import CallerError, NotReady, YettError
from yett.model.refusal import Refusal


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (409, "INVALID_ARGUMENT"),
        (413, "RESOURCE_EXHAUSTED"),
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (502, "UNAVAILABLE"),
        (503, "UNAVAILABLE"),
        (504, "DEADLINE_EXCEEDED"),
        (599, "INTERNAL"),
    ],
)
def test_a_refusal_has_the_status_that_says_whose_fault_it_is(number: int, name: str) -> None:
    assert status(Refusal(number, "code", "message")) is grpc.StatusCode[name]


@pytest.mark.parametrize(
    ("error", "code"),
    [(CallerError("so"), "invalid_request"), (NotReady("so"), "not_ready"), (YettError("so"), "internal_error")],
)
async def test_what_goes_wrong_is_a_refusal(error: YettError, code: str) -> None:
    async def fail() -> None:
        raise error

    told: Any = await answered(fail())
    assert (type(told), told.code) == (Refusal, code)


async def test_what_nobody_foresaw_says_nothing_about_our_insides(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("the caller's text")

    with caplog.at_level(logging.ERROR):
        told: Any = await answered(fail())
    assert (told.status, told.code) == (500, "internal_error")
    assert "caller" not in told.message
    assert "ZeroDivisionError in the gRPC door, fail:" in caplog.text
    assert "text" not in caplog.text


async def test_what_goes_well_is_handed_on() -> None:
    async def work() -> int:
        return 7

    assert await answered(work()) == 7


def test_a_problem_within_a_stream_has_its_place() -> None:
    told = problem(Refusal(400, "invalid_request", "so", "/stage"))
    assert (told.code, told.message, told.pointer) == ("invalid_request", "so", "/stage")
    assert problem(Refusal(400, "invalid_request", "so")).pointer == ""
