"""Remarks: what is to be said about a text that somebody is writing, each with how much it matters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from yett.model.errors import Problem
from yett.policy.lint import NOTES

__all__ = ["Remark", "Severity", "errors", "oddities"]


class Severity(StrEnum):
    """How much a remark matters."""

    ERROR = "error"
    """It does not load, or a test fails."""
    WARNING = "warning"
    """It is allowed, and probably not meant."""
    NOTE = "note"
    """It is worth knowing, and often meant."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem, and how much it matters."""

    problem: Problem
    severity: Severity


def errors(problems: Iterable[Problem]) -> Iterator[Remark]:
    """Say of *problems* that they are errors."""
    return (Remark(problem, Severity.ERROR) for problem in problems)


def oddities(problems: Iterable[Problem]) -> Iterator[Remark]:
    """Tell the warnings among what lint finds from the notes."""
    return (Remark(each, Severity.NOTE if each.code in NOTES else Severity.WARNING) for each in problems)
