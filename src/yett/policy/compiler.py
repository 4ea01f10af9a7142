"""Compiler: documents to a program. What compiles cannot fail at run time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.checker import Checker
from yett.policy.clause import Clause
from yett.policy.combining import CLOSING_PRIORITY
from yett.policy.documents import Constant, Document, Rule, Status
from yett.policy.expression import ALWAYS, And, Expression, Leaf, Operator
from yett.policy.hierarchy import check_hierarchy
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems
from yett.policy.program import Program
from yett.policy.redactions import as_sure_as_asked
from yett.policy.revision import revision_of
from yett.policy.values import Sort
from yett.ports.decider import TextTest

__all__ = ["CLOSING_RULE", "Checked", "check_document", "clause_of", "closing_of", "compile_documents", "program_of"]

CLOSING_RULE = "(closed)"
"""What the rule is called that closes a policy."""


class Checked(NamedTuple):
    """A document, and what it means."""

    document: Document
    clauses: Sequence[Clause]
    tests: Mapping[str, TextTest]
    """The conditions on text, by their identifiers."""


def compile_documents(documents: Iterable[Document], constants: Mapping[str, Constant] | None = None) -> Program:
    """
    Compile the active ones of *documents*; *constants* override those of the documents by name.

    Raises:
        OperatorError: something is wrong with them.
    """
    documents = tuple(documents)
    problems = Problems()
    with collector_paused():
        checked = [check_document(document, problems, constants) for document in documents]
    _distinct(documents, problems)
    check_hierarchy(
        [(each.document, each.clauses) for each in checked if each.document.status is Status.ACTIVE], problems
    )
    problems.raise_any()
    return program_of(checked)


def check_document(document: Document, problems: Problems, constants: Mapping[str, Constant] | None = None) -> Checked:
    """Note everything that keeps *document* from being compiled; *constants* override its own."""
    if constants:
        return Checked(document, *_clauses(document, constants, problems))
    meaning = document.meaning
    if meaning is None:
        found = Problems()
        meaning = _clauses(document, {}, found)
        problems.add_all(found)
        if not found:
            # What a document means follows from it alone, so it is found out once.
            object.__setattr__(document, "meaning", meaning)
    return Checked(document, *meaning)


def program_of(checked: Iterable[Checked]) -> Program:
    """Return the program of those documents that are active; they had no problems, and their names are distinct."""
    active = [each for each in checked if each.document.status is Status.ACTIVE]
    clauses = [clause for each in active for clause in each.clauses]
    tests = {name: test for each in active for name, test in each.tests.items()}
    return Program(clauses, tests.values(), revision_of(clauses))


def _distinct(documents: Iterable[Document], problems: Problems) -> None:
    seen: dict[str, Document] = {}
    for document in documents:
        if document.id in seen:
            hint = f"first at {seen[document.id].place}"
            problems.add(document.place, "duplicate-id", f"two policies are called `{document.id}`", hint)
        seen.setdefault(document.id, document)


def _clauses(
    document: Document, constants: Mapping[str, Constant], problems: Problems
) -> tuple[list[Clause], dict[str, TextTest]]:
    constants = {**dict(document.constants), **constants}
    tests: dict[str, TextTest] = {}
    written = [
        (rule, clause)
        for rule in document.rules
        if (clause := clause_of(document, rule, Checker(problems, constants), problems, tests))
    ]
    clauses = [clause for rule, clause in written if rule.enabled]
    # Rules that are set aside still say what is closed: setting the last exception aside opens nothing.
    return clauses + closing_of(document, [clause for _, clause in written]), tests


def clause_of(
    document: Document, rule: Rule, checker: Checker, problems: Problems, tests: dict[str, TextTest]
) -> Clause | None:
    """Return what *rule* of a *document* means, noting *problems* and its conditions on text; None where it means nothing."""
    condition = checker.expression(rule.condition) if rule.condition else ALWAYS
    if condition is None:
        return None
    stages = checker.stages if rule.stages is None else checker.stages & rule.stages
    if not stages:
        message = f"the rule `{rule.id}` never applies: at no stage do all its fields exist"
        problems.add(rule.place, "no-stage", message, "split it, or change `stages`")
    if rule.enabled:
        tests.update(checker.tests)
    return Clause(
        policy=document.id,
        version=document.version,
        rule=rule.id,
        priority=document.priority,
        effect=rule.action.effect,
        condition=_until(condition, rule.expires, document.expires),
        stages=stages,
        definite=rule.skips_missing or rule.action.effect is Effect.ALLOW,
        text=rule.action.text,
        obligations=as_sure_as_asked(rule.action.obligations, condition),
    )


def closing_of(document: Document, clauses: Iterable[Clause]) -> list[Clause]:
    """
    Return the deny below every priority that closes a policy; none where it is open.

    It is closed wherever its *clauses* apply; without any, everywhere.
    """
    if not document.closed:
        return []
    stages = frozenset(stage for clause in clauses for stage in clause.stages) or frozenset(Stage)
    closing = Clause(
        policy=document.id,
        version=document.version,
        rule=CLOSING_RULE,
        priority=CLOSING_PRIORITY,
        effect=Effect.DENY,
        condition=_until(ALWAYS, document.expires),
        stages=stages,
        # Where nobody says what day it is, what is closed stays closed.
        definite=document.expires is None,
        text="nothing allows it",
    )
    return [closing]


def _until(condition: Expression, *ends: date | None) -> Expression:
    """Return *condition* as it is asked up to the first of the days *ends*; time is a fact like any other."""
    days = [end.year * 10_000 + end.month * 100 + end.day for end in ends if end is not None]
    return And((Leaf("request.date", Sort.NUMBER, Operator.LT, min(days)), condition)) if days else condition
