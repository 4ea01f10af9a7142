"""Texts: files that an operator names, read or refused."""

from pathlib import Path

from yett.model.errors import OperatorError, Place, Problem

__all__ = ["read_text"]


def read_text(file: Path) -> str:
    """
    Return what *file* holds.

    Raises:
        OperatorError: it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read").lower()
        problem = Problem(Place(str(file)), "unreadable-file", f"`{file}` {why}", "name a file that can be read")
        raise OperatorError(problem) from None
