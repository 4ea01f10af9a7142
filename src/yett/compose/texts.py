"""Texts: files that an operator names, read or refused."""

from collections.abc import Callable
from pathlib import Path

from yett.model.errors import Place
from yett.policy.problems import Problems

__all__ = ["Reading", "read_text", "text_of"]

Reading = Callable[[Path, Problems], str | None]
"""Gives what a file holds, as `text_of` does."""


def read_text(file: Path) -> str:
    """
    Return what *file* holds.

    Raises:
        OperatorError: it cannot be read, or is not UTF-8.
    """
    problems = Problems()
    text = text_of(file, problems)
    problems.raise_any()
    return text or ""


def text_of(file: Path, problems: Problems) -> str | None:
    """Return what *file* holds; None, with a problem noted, where it cannot be read or is not UTF-8."""
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        why = (error.strerror or "unreadable").lower()
        problems.add(Place(str(file)), "unreadable-file", f"cannot be read: {why}", "name a file that can be read")
    except UnicodeDecodeError as error:
        problems.add(_place(str(file), error), "encoding", "is not UTF-8", "save the file as UTF-8")
    return None


def _place(file: str, error: UnicodeDecodeError) -> Place:
    """Return where the first byte stands that is none of UTF-8."""
    before = error.object[: error.start].decode("utf-8", "replace")
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
