"""
Hierarchy: what stands below may only tighten.

A namespace is a path, such as `acme/payments/checkout`: an organisation, a team, an application. Policies of all namespaces
decide together; those of `acme` bind everybody below, so that nobody below `acme` may allow what `acme` does not.

Only an `allow` can loosen, and only one that stands above what it lifts; and a `restore`, which gives back what was to be
redacted for good. So that can be seen when policies are loaded, and it errs on one side: what is let through cannot
loosen, for any facts.
"""

from collections.abc import Iterable, Iterator, Sequence

from yett.model.decision import Effect
from yett.model.kinds import covers
from yett.model.obligation import Redact, Restore
from yett.policy.clause import Clause
from yett.policy.combining import CLOSING_PRIORITY
from yett.policy.documents import Document
from yett.policy.domain import impossible
from yett.policy.normal import Term, conjuncts
from yett.policy.problems import Problems

__all__ = ["check_hierarchy", "is_below"]

_Meant = tuple[Document, Sequence[Clause]]


def is_below(namespace: str, other: str) -> bool:
    """Say whether *namespace* lies below *other*; what has no namespace is above and below nothing."""
    return bool(other) and namespace.startswith(f"{other}/")


def check_hierarchy(documents: Iterable[_Meant], problems: Problems) -> None:
    """Note every `allow` among *documents* that could lift what a namespace above it does not allow."""
    documents = tuple(documents)
    if not any("/" in document.namespace for document, _ in documents):
        return
    for document, clauses in documents:
        above = [each for each in documents if is_below(document.namespace, each[0].namespace)]
        places = {rule.id: rule.place for rule in document.rules}
        for clause in clauses:
            for parent, lifted in _lifted(clause, above):
                message = f"the rule `{clause.rule}` could allow what `{parent.namespace}` does not: `{lifted.rule}`"
                hint = f"state the exception in `{parent.namespace}`, or a `priority` of at most {lifted.priority}"
                if lifted.priority == CLOSING_PRIORITY:
                    hint = f"`{parent.id}` is closed: state the exception in `{parent.namespace}`"
                problems.add(places.get(clause.rule, document.place), "loosens", message, hint)
                break
            for parent, redacting in _given_back(clause, above):
                what = f"what `{parent.namespace}` redacts: `{redacting.rule}`"
                message = f"the rule `{clause.rule}` could give back {what}"
                hint = f"state the `restore` in `{parent.namespace}`"
                problems.add(places.get(clause.rule, document.place), "loosens", message, hint)
                break


def _lifted(clause: Clause, above: Iterable[_Meant]) -> Iterator[tuple[Document, Clause]]:
    """Yield what *clause* could lift, and whose it is."""
    if clause.effect is not Effect.ALLOW:
        return
    for parent, clauses in above:
        for other in clauses:
            stands_above = other.effect is not Effect.ALLOW and other.priority < clause.priority
            if stands_above and clause.stages & other.stages and not _exclusive(clause, other):
                yield parent, other


def _exclusive(allow: Clause, other: Clause) -> bool:
    """Say whether *other* is false wherever *allow* is definitely true."""
    permitted, restricted = conjuncts(allow.condition), conjuncts(other.condition)
    if permitted is None or restricted is None:
        return False
    return all(_excludes(one, two) for one in permitted for two in restricted)


def _excludes(conjunct: Sequence[Term], other: Iterable[Term]) -> bool:
    return any(impossible((*conjunct, term)) for term in other)


def _given_back(clause: Clause, above: Iterable[_Meant]) -> Iterator[tuple[Document, Clause]]:
    """Yield what redacts above and does not give back what *clause* would, be it at another stage."""
    kinds = [each.kind for each in clause.obligations if isinstance(each, Restore)]
    for parent, clauses in above if kinds else ():
        restored = [each.kind for other in clauses for each in other.obligations if isinstance(each, Restore)]
        for other in clauses:
            redacted = [each.kind for each in other.obligations if isinstance(each, Redact)]
            both = [_narrower(kind, each) for kind in kinds for each in redacted]
            if any(kind and not any(covers(own, kind) for own in restored) for kind in both):
                yield parent, other


def _narrower(kind: str, other: str) -> str:
    """Return what two kinds have in common; nothing where that is nothing."""
    if covers(kind, other):
        return other
    return kind if covers(other, kind) else ""
