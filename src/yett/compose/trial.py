"""Trial: a policy whose own cases fail does not come into force."""

from collections.abc import Mapping, Sequence

from yett.compose.detectors import Detectors, configured_detectors
from yett.compose.patterns import PatternCache
from yett.compose.settings import Settings
from yett.guard.guard import Guard
from yett.model.errors import OperatorError
from yett.model.interaction import Interaction
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.policy.cases import FactsOf, failures, run
from yett.policy.documents import Case, Constant, Document
from yett.ports.decider import Decider, Facts
from yett.services.estimating import Estimator

__all__ = ["facts_by", "ordinary_facts", "try_cases"]


def try_cases(documents: Sequence[Document], constants: Mapping[str, Constant], detectors: Detectors) -> None:
    """
    Run the cases of *documents*.

    Raises:
        OperatorError: some fail.
    """
    problems = [
        problem for document in documents for problem in failures(run(document, constants, facts_by(detectors)))
    ]
    if problems:
        raise OperatorError(*problems)


def ordinary_facts() -> FactsOf:
    """Make facts out of the texts of cases with the detectors that every gateway has."""
    return facts_by(configured_detectors(Settings(), PatternCache()))


def facts_by(detectors: Detectors) -> FactsOf:
    """Make facts out of the texts of cases with *detectors*."""

    def facts_of(decider: Decider, case: Case) -> Facts:
        guard = Guard(detectors.for_tests(decider.text_tests), decider)
        segment = Segment("/messages/0/content", Origin(case.origin), case.text or "")
        estimates = Estimator().of(case.given, (segment,)) or {}
        return guard.facts(Interaction(case.stage or Stage.REQUEST, (segment,), facts=case.given, estimates=estimates))

    return facts_of
