"""Validation: look at policy files as a start would, their own tests included."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yett.compose.policies import read_policies
from yett.compose.texts import Reading, text_of
from yett.compose.trial import ordinary_facts
from yett.model.errors import Problem
from yett.policy.cases import FactsOf, Outcome, failures, run
from yett.policy.compiler import compile_documents
from yett.policy.documents import Document

__all__ = ["Validation", "validate_policies"]


@dataclass(frozen=True, slots=True)
class Validation:
    """Policies that can be understood, and what became of their tests."""

    documents: tuple[Document, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Problem, ...]:
        """The tests that failed."""
        return failures(self.outcomes)


def validate_policies(
    paths: tuple[Path, ...], reading: Reading = text_of, facts: Callable[[], FactsOf] = ordinary_facts
) -> Validation:
    """
    Read, compile and test the policies in *paths*, each file on its own.

    *reading* gives what the files hold; *facts* are asked for where a test has a text to be looked at.

    Raises:
        OperatorError: they cannot be understood; it carries every problem of every file.
    """
    documents = read_policies(paths, reading)
    for path in paths:
        compile_documents([document for document in documents if document.place.file == str(path)])
    wanted = any(case.text is not None for document in documents for case in document.cases)
    facts_of = facts() if wanted else None
    outcomes = (outcome for document in documents for outcome in run(document, facts_of=facts_of))
    return Validation(documents, tuple(outcomes))
