"""Analysis: what a solver says about policies, where one is installed."""

from collections.abc import Collection, Iterable

from yett.model.errors import OperatorError, Place, Problem
from yett.policy.documents import Document

__all__ = ["proved"]


def proved(documents: Iterable[Document], known: Collection[Place] = ()) -> tuple[Problem, ...]:
    """
    Return what is proved to be odd about *documents*; *known* are the places of rules that need no proof any more.

    Raises:
        OperatorError: they do not compile, or no solver is installed.
    """
    try:
        # It takes longer than most commands, and is no part of what everybody installs.
        from yett.policy.proof.oddities import oddities  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = f"to prove something needs `{missing.name}`, which is not installed"
        hint = "`pip install 'yett[analysis]'`"
        raise OperatorError(Problem(Place("--prove"), "not-installed", message, hint)) from None
    return oddities(documents, known)
