"""An error says whose fault it is, where it lies and what would be right."""

from pathlib import PurePosixPath

import pytest

from yett.model.errors import (
    CallerError,
    NotReady,
    OperatorError,
    Place,
    Problem,
    UpstreamError,
    UpstreamTimeout,
    YettError,
)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place("yett.yaml"), "yett.yaml"),
        (Place("yett.yaml", 3), "yett.yaml:3"),
        (Place("yett.yaml", 3, 7), "yett.yaml:3:7"),
        (Place(str(PurePosixPath("/etc/yett.yaml")), 1, 1), "/etc/yett.yaml:1:1"),
    ],
)
def test_a_place_is_told_as_editors_read_it(place: Place, told: str) -> None:
    assert str(place) == told


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("", "p.yaml:2:5: unknown field `pii.mail` [unknown-field]"),
        (
            "did you mean `pii.email`?",
            "p.yaml:2:5: unknown field `pii.mail`; did you mean `pii.email`? [unknown-field]",
        ),
    ],
)
def test_a_problem_names_place_cause_cure_and_code(hint: str, told: str) -> None:
    assert str(Problem(Place("p.yaml", 2, 5), "unknown-field", "unknown field `pii.mail`", hint)) == told


def test_an_operator_hears_of_every_problem_at_once() -> None:
    problems = [Problem(Place("a.yaml", line), "bad-value", f"`{line}` is wrong") for line in (1, 2, 3)]
    error = OperatorError(*problems)
    assert error.problems == tuple(problems)
    assert str(error).splitlines() == [str(problem) for problem in problems]


def test_a_caller_is_told_the_parameter_the_status_and_the_code() -> None:
    plain = CallerError("malformed")
    told = CallerError("too large", param="messages", status=413, code="request_too_large")
    assert (plain.message, plain.param, plain.status, plain.code) == ("malformed", None, 400, "invalid_request")
    assert (told.message, told.param, told.status, told.code) == ("too large", "messages", 413, "request_too_large")


def test_what_a_provider_answered_is_kept() -> None:
    silent, busy = UpstreamTimeout("no answer"), UpstreamError("busy", status=429, retry_after=2.5)
    assert (silent.status, silent.retry_after) == (None, None)
    assert (busy.message, busy.status, busy.retry_after) == ("busy", 429, 2.5)


@pytest.mark.parametrize(
    ("error", "above"),
    [
        (CallerError, YettError),
        (UpstreamError, YettError),
        (UpstreamTimeout, UpstreamError),
        (OperatorError, YettError),
        (NotReady, YettError),
    ],
)
def test_every_error_stands_in_the_tree(error: type[YettError], above: type[YettError]) -> None:
    assert above in error.__mro__
