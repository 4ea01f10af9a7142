"""
Oddities: rules that lint does not see through, and a solver does.

A rule is told as idle beside those that are not: of two that make each other idle, the first stays.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from yett.model.errors import Place, Problem
from yett.policy.clause import Clause
from yett.policy.compiler import compile_documents
from yett.policy.documents import Constant, Document, Status
from yett.policy.proof.questions import idle, matchless

__all__ = ["oddities"]


def oddities(
    documents: Iterable[Document], known: Collection[Place] = (), constants: Mapping[str, Constant] | None = None
) -> tuple[Problem, ...]:
    """
    Return the rules of *documents* that can never be true, and those that change nothing.

    *known* are the places of rules that something was told about already.

    Raises:
        OperatorError: they do not compile.
    """
    documents = tuple(documents)
    clauses = compile_documents(documents, constants).clauses
    places = {
        (document.id, rule.id): rule.place
        for document in documents
        if document.status is Status.ACTIVE
        for rule in document.rules
    }
    alive = [clause for clause in clauses if places.get((clause.policy, clause.rule)) not in known]
    asked = [(clause, place) for clause in alive if (place := places.get((clause.policy, clause.rule)))]
    asked.sort(key=lambda each: (each[1].file, each[1].line, each[1].column))
    return tuple(reversed(list(_told(asked, alive))))


def _told(asked: list[tuple[Clause, Place]], remaining: list[Clause]) -> Iterator[Problem]:
    for clause, place in reversed(asked):
        others = [each for each in remaining if each is not clause]
        if matchless(clause).holds:
            remaining = others
            message = f"the rule `{clause.rule}` can never be true: its conditions exclude each other"
            yield Problem(place, "never", message)
        elif (beside := idle(clause, others)) is not None:
            remaining = others
            named = ", ".join(f"`{each.rule}`" for each in beside)
            message = f"the rule `{clause.rule}` changes no decision"
            yield Problem(place, "idle", message, f"beside {named}, remove it" if named else "remove it")
