"""What is wrong, in the shape of RFC 9457."""

import json
from typing import Any

import pytest

from yett.doors.rest.problems import MEDIA, UNFORESEEN, problem, problem_of
from yett.model.errors import CallerError, NotReady, OperatorError, Place, Problem, YettError
from yett.model.refusal import Refusal


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (CallerError("no"), 400, {"title": "Bad Request", "detail": "no", "code": "invalid_request"}),
        (CallerError("no", param="/a"), 400, {"errors": [{"pointer": "/a", "detail": "no"}]}),
        (CallerError("big", status=413, code="request_too_large"), 413, {"code": "request_too_large"}),
        (NotReady("full"), 503, {"code": "not_ready"}),
        (YettError("secret"), 500, {"detail": "something went wrong inside the gateway", "code": "internal_error"}),
        (
            OperatorError(Problem(Place("f", 2), "unknown-field", "m", "h")),
            400,
            {
                "code": "invalid_policy",
                "errors": [
                    {"file": "f", "line": 2, "column": None, "code": "unknown-field", "message": "m", "hint": "h"}
                ],
            },
        ),
    ],
)
def test_an_error_is_told_by_whose_fault_it_is(error: YettError, status: int, told: dict[str, Any]) -> None:
    reply = problem_of(error)
    body = json.loads(reply.body)
    assert (reply.status, body["status"], body["type"]) == (status, status, "about:blank")
    assert reply.headers["content-type"] == MEDIA
    assert {name: body[name] for name in told} == told


def test_whoever_is_not_known_is_told_how_to_be() -> None:
    assert problem(Refusal(401, "invalid_api_key", "who?")).headers["www-authenticate"] == "Bearer"


def test_what_nobody_foresaw_says_nothing_about_our_insides() -> None:
    assert json.loads(UNFORESEEN)["code"] == "internal_error"
