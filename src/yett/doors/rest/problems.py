"""Problems: what is wrong, in the shape of RFC 9457 (`application/problem+json`)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

import orjson

from yett.model.errors import OperatorError, YettError
from yett.model.refusal import Refusal
from yett.services.calls import Reply
from yett.services.shapes import problem_shape
from yett.services.telling import failure

__all__ = ["MEDIA", "UNFORESEEN", "problem", "problem_of"]

MEDIA = "application/problem+json"
_HEADERS = {"content-type": MEDIA}
_UNAUTHORIZED = {**_HEADERS, "www-authenticate": "Bearer"}


def problem(refusal: Refusal, errors: Iterable[Mapping[str, object]] = ()) -> Reply:
    """Tell *refusal*; *errors* are its parts, where there are several."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.message,
        "code": refusal.code,
    }
    listed = list(errors) or ([{"pointer": refusal.param, "detail": refusal.message}] if refusal.param else [])
    if listed:
        body["errors"] = listed
    headers = _UNAUTHORIZED if refusal.status == HTTPStatus.UNAUTHORIZED else _HEADERS
    return Reply(refusal.status, orjson.dumps(body), headers, refusal)


def problem_of(error: YettError) -> Reply:
    """Tell *error*, by whose fault it is."""
    if isinstance(error, OperatorError):
        refusal = Refusal(400, "invalid_policy", "the policy is wrong")
        return problem(refusal, [problem_shape(each) for each in error.problems])
    return problem(failure(error))


UNFORESEEN = problem(failure(YettError())).body
"""The answer to an error that nobody foresaw."""
