"""
Cases: run the tests that travel with a document.

Rules:

1. A document is tested on its own, as if it were active, so that its tests mean the same beside any other policy.
2. A case names every rule that matches for certain. Rules that match only because a fact is missing may be named or left
   out, so that a case need not state every fact there is.
3. A case that gives a text needs detectors; where there are none it is skipped, and never said to have passed.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yett.model.decision import Decision
from yett.model.errors import Problem
from yett.policy.compiler import CLOSING_RULE, compile_documents
from yett.policy.contexts import Texts, stage_of
from yett.policy.documents import Case, Constant, Document, Status
from yett.policy.program import Program
from yett.ports.decider import Decider, Facts

__all__ = ["FactsOf", "Outcome", "Result", "failures", "run"]

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
    program = compile_documents([dataclasses.replace(document, status=Status.ACTIVE)], constants)
    texts = Texts(program.text_tests)
    return tuple(_outcome(document, case, program, texts, facts_of) for case in document.cases)


def failures(outcomes: tuple[Outcome, ...]) -> tuple[Problem, ...]:
    """Return the failed ones among *outcomes* as problems."""
    return tuple(
        Problem(outcome.case.place, "failed-test", f"`{outcome.case.name}` failed: {outcome.message}")
        for outcome in outcomes
        if outcome.result is Result.FAILED
    )


def _outcome(document: Document, case: Case, program: Program, texts: Texts, facts_of: FactsOf | None) -> Outcome:
    stage = case.stage or stage_of(case.given)
    if case.text is None:
        decision = program.decide_known(stage, texts.answered(case.given))
    elif facts_of is None:
        return Outcome(document.id, case, Result.SKIPPED, "a text needs detectors")
    else:
        decision = program.decide(stage, facts_of(program, dataclasses.replace(case, stage=stage)))
    wrong = "; ".join(_differences(case, decision))
    return Outcome(document.id, case, Result.FAILED if wrong else Result.PASSED, wrong)


def _differences(case: Case, decision: Decision) -> Iterator[str]:
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
