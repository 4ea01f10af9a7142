"""
The tree of errors: whose fault it is.

    YettError                ours, and the root of the tree
    ├── CallerError          the request is wrong: 4xx
    ├── UpstreamError        the model's provider failed: 502
    │   └── UpstreamTimeout  it did not answer in time: 504
    ├── OperatorError        configuration or policy is wrong: exit code 2, with the place and the cure
    └── NotReady             we cannot do our part just now: 503

A denial is not in this tree: it is a value (`yett.model.refusal`).
"""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "CallerError",
    "NotReady",
    "OperatorError",
    "Place",
    "Problem",
    "UpstreamError",
    "UpstreamTimeout",
    "YettError",
]


class YettError(Exception):
    """Something that Yett promised did not happen."""


class CallerError(YettError):
    """The request cannot be understood; *param* names the place."""

    def __init__(
        self, message: str, *, param: str | None = None, status: int = 400, code: str = "invalid_request"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status
        self.code = code


class UpstreamError(YettError):
    """The provider failed; *status* is what it answered, if it did."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.retry_after = retry_after


class UpstreamTimeout(UpstreamError):
    """The provider did not answer in time."""


class NotReady(YettError):
    """A part that must not be skipped cannot do its work, such as the journal when the disk is full."""


class Place(NamedTuple):
    """Where in a file: *line* and *column* count from 1; 0 says that there is none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration or a policy, and what would be right."""

    place: Place
    code: str
    """A stable word, documented on a page of its own, such as `unknown-field`."""
    message: str
    """Lower case, no full stop, the user's input in backticks."""
    hint: str = ""
    """The cure, such as ``did you mean `pii.email`?``."""

    def __str__(self) -> str:
        cure = f"; {self.hint}" if self.hint else ""
        return f"{self.place}: {self.message}{cure} [{self.code}]"


class OperatorError(YettError):
    """Configuration or policy is wrong; it carries every problem at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
