"""
Cases: run the tests that travel with a document, and those of a suite.

Rules:

1. A document is tested on its own, as if it were active, so that its tests mean the same beside any other policy; a
   suite tests the documents that it names together, as if all were active.
2. A case names every rule that matches for certain. Rules that match only because a fact is missing may be named or left
   out, so that a case need not state every fact there is.
3. A case that gives a text needs detectors; where there are none it is skipped, and never said to have passed.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yett.model.decision import Decision
from yett.model.errors import Problem
from yett.model.stage import Stage
from yett.policy.compiler import CLOSING_RULE, compile_documents
from yett.policy.contexts import Texts, stage_of
from yett.policy.documents import Case, Constant, Document, Status
from yett.policy.interpreter import Look, lookup
from yett.policy.program import Program
from yett.policy.schema import cost
from yett.ports.decider import Decider, Facts

__all__ = ["FactsOf", "Outcome", "Posed", "Result", "Trial", "differences", "failures", "run", "try_documents"]

FactsOf = Callable[[Decider, Case], Facts]
"""Makes facts out of a case's text, as a guard would for this decider."""


class Result(StrEnum):
    """What became of a case."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, what became of it, and why."""

    policy: str
    case: Case
    result: Result
    message: str = ""


@dataclass(frozen=True, slots=True)
class Posed:
    """A case as it was put to a program: what a rule sees there, and what was decided."""

    case: Case
    stage: Stage
    look: Look
    decision: Decision
    costly: Callable[[str], bool] | None = None
    """Which facts had to be computed; None where all of them were stated."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Documents that were tried together, by cases of their own or of a suite."""

    name: str
    program: Program
    outcomes: tuple[Outcome, ...]
    posed: tuple[Posed, ...]
    """The cases that were not skipped."""


def run(
    document: Document, constants: Mapping[str, Constant] | None = None, facts_of: FactsOf | None = None
) -> tuple[Outcome, ...]:
    """
    Run the cases of *document*; *facts_of* makes facts out of texts.

    Raises:
        OperatorError: the document does not compile.
    """
    if not document.cases:
        return ()
    return try_documents(document.id, [document], document.cases, constants, facts_of).outcomes


def try_documents(
    name: str,
    documents: Iterable[Document],
    cases: Iterable[Case],
    constants: Mapping[str, Constant] | None = None,
    facts_of: FactsOf | None = None,
) -> Trial:
    """
    Run *cases* against *documents*, as if all of these were active; *name* is what the outcomes go by.

    Raises:
        OperatorError: the documents do not compile.
    """
    active = [dataclasses.replace(document, status=Status.ACTIVE) for document in documents]
    program = compile_documents(active, constants)
    texts = Texts(program.text_tests)
    outcomes, posed = [], []
    for case in cases:
        put = _put(case, program, texts, facts_of)
        outcomes.append(_outcome(name, case, put))
        posed += [put] if put else []
    return Trial(name, program, tuple(outcomes), tuple(posed))


def failures(outcomes: tuple[Outcome, ...]) -> tuple[Problem, ...]:
    """Return the failed ones among *outcomes* as problems."""
    return tuple(
        Problem(outcome.case.place, "failed-test", f"`{outcome.case.name}` failed: {outcome.message}")
        for outcome in outcomes
        if outcome.result is Result.FAILED
    )


def _put(case: Case, program: Program, texts: Texts, facts_of: FactsOf | None) -> Posed | None:
    """Put *case* to *program*; None where its text needs detectors and there are none."""
    stage = case.stage or stage_of(case.given)
    if case.text is None:
        known = texts.answered(case.given)
        return Posed(case, stage, lambda field: lookup(known, field), program.decide_known(stage, known))
    if facts_of is None:
        return None
    facts = facts_of(program, dataclasses.replace(case, stage=stage))
    return Posed(case, stage, _looking_at(facts), program.decide(stage, facts), _costly)


def _costly(field: str) -> bool:
    return cost(field) > 0


def _looking_at(facts: Facts) -> Look:
    seen: dict[str, object] = {}

    def look(field: str) -> object:
        if not _costly(field):
            return lookup(facts.known, field)
        if field not in seen:
            seen[field] = facts.demand(field)
        return seen[field]

    return look


def _outcome(name: str, case: Case, put: Posed | None) -> Outcome:
    if put is None:
        return Outcome(name, case, Result.SKIPPED, "a text needs detectors")
    wrong = "; ".join(differences(case, put.decision))
    return Outcome(name, case, Result.FAILED if wrong else Result.PASSED, wrong)


def differences(case: Case, decision: Decision) -> Iterator[str]:
    """Say in what *decision* differs from what *case* expects."""
    if case.effect is not None and decision.effect is not case.effect:
        yield f"expected `{case.effect}`, got `{decision.effect}`"
    if case.allowed is not None and decision.allowed is not case.allowed:
        yield "expected it to be allowed" if case.allowed else "expected it to be refused"
    if case.rules is None:
        return
    matched = {reason.rule for reason in decision.reasons} - {CLOSING_RULE}
    certain = {reason.rule for reason in decision.reasons if not reason.unknown} - {CLOSING_RULE}
    if not certain <= case.rules <= matched:
        yield f"expected the rules {_listed(case.rules)}, matched {_listed(certain | (matched & case.rules))}"


def _listed(rules: set[str] | frozenset[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in sorted(rules)) or "none"
