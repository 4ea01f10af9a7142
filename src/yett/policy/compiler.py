"""Compiler: documents to a program. What compiles cannot fail at run time."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from yett.model.decision import Effect
from yett.model.stage import Stage
from yett.policy.checker import Checker
from yett.policy.clause import Clause
from yett.policy.combining import CLOSING_PRIORITY
from yett.policy.documents import Constant, Document, Rule, Status
from yett.policy.expression import ALWAYS, And, Expression, Leaf, Networks, Operator, Pattern
from yett.policy.hierarchy import check_hierarchy
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems
from yett.policy.program import Program
from yett.policy.redactions import as_sure_as_asked
from yett.policy.values import Sort
from yett.ports.decider import TextTest

__all__ = ["CLOSING_RULE", "Checked", "check_document", "compile_documents", "program_of"]

_PLAIN = frozenset({str, int, float, bool, type(None)})
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
    return Program(clauses, tests.values(), _digest(clauses))


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
    clauses = [
        clause
        for rule in document.rules
        if (clause := _clause(document, rule, Checker(problems, constants), problems, tests)) and rule.enabled
    ]
    if document.closed:
        clauses.append(_closing(document, frozenset(stage for clause in clauses for stage in clause.stages)))
    return clauses, tests


def _clause(
    document: Document, rule: Rule, checker: Checker, problems: Problems, tests: dict[str, TextTest]
) -> Clause | None:
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


def _closing(document: Document, stages: frozenset[Stage]) -> Clause:
    """Return the deny below every priority that closes a policy, wherever its rules apply."""
    return Clause(
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


def _until(condition: Expression, *ends: date | None) -> Expression:
    """Return *condition* as it is asked up to the first of the days *ends*; time is a fact like any other."""
    days = [end.year * 10_000 + end.month * 100 + end.day for end in ends if end is not None]
    return And((Leaf("request.date", Sort.NUMBER, Operator.LT, min(days)), condition)) if days else condition


def _digest(clauses: Iterable[Clause]) -> str:
    compared: dict[type, tuple[str, ...]] = {}
    # Their order is total, so it says nothing about how they came.
    told = [_canonical(clause, compared) for clause in sorted(clauses, key=lambda clause: clause.order)]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True, default=repr).encode()).hexdigest()


def _canonical(value: object, compared: dict[type, tuple[str, ...]]) -> object:
    """
    Return *value* as JSON that says the same for equal values, and something else for others.

    *compared* remembers, by the type, the names of what makes two of them equal.
    """
    kind = type(value)
    if kind is Leaf and isinstance(value, Leaf) and not isinstance(value.value, tuple | Pattern | Networks):
        # Nearly everything is one of these, so it is told without asking what it is made of.
        return ["Leaf", value.field, value.sort, value.operator, value.value, value.sorts]
    if kind in _PLAIN or isinstance(value, StrEnum):
        return value
    if isinstance(value, tuple):
        return [_canonical(item, compared) for item in value]
    if isinstance(value, frozenset):
        return sorted((_canonical(item, compared) for item in value), key=repr)
    if kind not in compared and dataclasses.is_dataclass(kind):
        compared[kind] = tuple(part.name for part in dataclasses.fields(kind) if part.compare)
    return [kind.__name__, *[_canonical(getattr(value, name), compared) for name in compared[kind]]]
