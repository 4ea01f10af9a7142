"""Validating: look at a policy as a start would, its own tests included, without letting it decide anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from yett.model.errors import Problem
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.policy.cases import FactsOf, Outcome, failures, run
from yett.policy.compiler import compile_documents
from yett.policy.documents import Case, Document
from yett.policy.parser import PolicyParser
from yett.ports.decider import Decider, Facts
from yett.services.inspection import Inspection
from yett.services.snapshots import Snapshot, Snapshots
from yett.services.stated import Sources, StatedFacts

__all__ = ["Validated", "Validating", "facts_by"]


@dataclass(frozen=True, slots=True)
class Validated:
    """Policies that can be understood, and what became of their tests."""

    documents: tuple[Document, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Problem, ...]:
        """The tests that failed."""
        return failures(self.outcomes)


class Validating:
    """Where policies are looked at."""

    def __init__(self, snapshots: Snapshots, inspection: Inspection) -> None:
        """Read the texts of tests with the detectors of the current one of *snapshots*, off the event loop."""
        self._snapshots = snapshots
        self._inspection = inspection

    async def validate(self, text: str, file: str) -> Validated:
        """
        Read, compile and test the policies in *text*, which problems call *file*.

        Raises:
            OperatorError: they cannot be understood; it carries every problem.
            TimeoutError: their tests take longer than one inspection may.
        """
        snapshot = self._snapshots.current
        return await self._inspection.run(lambda _: _validated(text, file, snapshot), snapshot.limits.deadlines)


def facts_by(snapshot: Snapshot) -> FactsOf:
    """Make facts out of the texts of cases with the detectors of *snapshot*."""

    def facts_of(decider: Decider, case: Case) -> Facts:
        segments = (Segment("/messages/0/content", Origin(case.origin), case.text or ""),)
        estimates = snapshot.estimator.of(case.given, segments) or {}
        sources = Sources(snapshot.guard, segments, decider.text_tests, estimates)
        return StatedFacts(case.stage or Stage.REQUEST, case.given, sources)

    return facts_of


def _validated(text: str, file: str, snapshot: Snapshot) -> Validated:
    documents = PolicyParser().parse_all(text, file)
    compile_documents(documents)
    return Validated(documents, _outcomes(documents, facts_by(snapshot)))


def _outcomes(documents: Sequence[Document], facts_of: FactsOf) -> tuple[Outcome, ...]:
    return tuple(outcome for document in documents for outcome in run(document, facts_of=facts_of))
