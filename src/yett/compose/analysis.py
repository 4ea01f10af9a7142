"""Analysis: what a solver says about policies, where one is installed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from yett.model.errors import OperatorError, Place, Problem
from yett.policy.difference import Example, Kind, kind_of
from yett.policy.documents import Document
from yett.policy.program import Program

__all__ = ["Proof", "proved", "proved_difference"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a solver says of two sets of policies; None where it does not know."""

    same: bool | None
    """Whether they always decide the same."""
    tightens: bool | None
    """Whether the other allows nothing that the one denies."""
    loosens: bool | None
    """Whether the other denies nothing that the one allows."""
    examples: tuple[Example, ...]
    """Facts that show what is not so."""


def proved_difference(one: Program, other: Program) -> Proof | None:
    """Return what is proved about the difference of *one* and the *other*; None where no solver is installed."""
    try:
        # It takes longer than most commands, and is no part of what everybody installs.
        from yett.policy.proof.questions import equivalent, implies  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    same = equivalent(one.clauses, other.clauses)
    if same.holds:
        return Proof(same=True, tightens=True, loosens=True, examples=())
    tightens, loosens = implies(other.clauses, one.clauses), implies(one.clauses, other.clauses)
    shown = [(answer.example, turned) for answer, turned in ((loosens, False), (tightens, True), (same, False))]
    examples: dict[Kind, Example] = {}
    for found, turned in shown:
        if found is not None:
            left, right = (found.other, found.one) if turned else (found.one, found.other)
            kind = kind_of(left, right)
            if kind is not None:
                examples.setdefault(kind, Example(kind, found.stage, found.facts, left, right))
    return Proof(same.holds, tightens.holds, loosens.holds, tuple(examples[kind] for kind in Kind if kind in examples))


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
