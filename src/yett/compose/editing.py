"""
Editing: an editor is told about policies and suites what the command line tells, while they are written.

Rules:

1. A policy is told of as `yett policy validate` and `yett policy lint` do, a suite as `yett policy test` does.
2. A file that is open in the editor is as it is there, not as it was saved; also where another one speaks of it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NoReturn

from yett.compose.policies import is_suite
from yett.compose.proof import prove
from yett.compose.texts import Reading, text_of
from yett.compose.trial import ordinary_facts
from yett.compose.validation import validate_policies
from yett.model.errors import OperatorError, Place, Problem
from yett.policy.cases import FactsOf
from yett.policy.lint import lint
from yett.policy.problems import Problems
from yett.services.remarks import Remark, errors, oddities

__all__ = ["remarks", "serve_editor"]


def serve_editor(version: str, pages: str, today: Callable[[], date]) -> NoReturn:
    """
    Speak the Language Server Protocol over standard input and output, and end the process with its exit code.

    *pages* is the address of the documentation, which has a page for each code; *today* says what day it is.

    Raises:
        OperatorError: the library that speaks it is not installed.
    """
    try:
        # It takes longer than most commands, and is no part of what everybody installs.
        from yett.doors.lsp.server import serve  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = f"to speak to editors needs `{missing.name}`, which is not installed"
        raise OperatorError(
            Problem(Place("yett policy lsp"), "not-installed", message, "`pip install 'yett[lsp]'`")
        ) from None
    facts = cache(ordinary_facts)
    serve(lambda path, texts: remarks(path, texts, today(), facts), is_suite, version, pages)


def remarks(
    path: Path, texts: Mapping[Path, str], today: date, facts: Callable[[], FactsOf] = ordinary_facts
) -> tuple[Remark, ...]:
    """Return what is to be said about the file *path*; *texts* are the files that are open in the editor."""
    reading = _reading(texts)
    try:
        if is_suite(path):
            return tuple(errors(prove([path], reading=reading, facts=facts).failures))
        validation = validate_policies((path,), reading, facts)
        return (*errors(validation.failures), *oddities(lint(validation.documents, today)))
    except OperatorError as error:
        return tuple(errors(error.problems))


def _reading(texts: Mapping[Path, str]) -> Reading:
    def reading(path: Path, problems: Problems) -> str | None:
        text = texts.get(path)
        return text_of(path, problems) if text is None else text.removeprefix("\ufeff")

    return reading
