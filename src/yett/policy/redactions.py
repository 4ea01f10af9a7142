"""
Redactions: which findings a rule takes out, and whether that can be known as they come.

Rules:

1. A rule that asks for a score redacts only what is that sure: a sure finding makes a doubtful one no surer.
2. In a stream a finding is let out or redacted when it comes. That is right only where each finding that a rule would
   redact makes the rule match by itself; a rule that redacts one thing because another was found needs whole answers.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from yett.model.kinds import covers, family
from yett.model.obligation import Drop, Obligation, Redact
from yett.policy.clause import Clause
from yett.policy.expression import Expression, Leaf, Operator
from yett.policy.normal import Term, conjuncts
from yett.policy.schema import field

__all__ = ["as_sure_as_asked", "each_by_itself"]

_AT_LEAST = frozenset({Operator.GT, Operator.GTE})


def as_sure_as_asked(obligations: Iterable[Obligation], condition: Expression) -> tuple[Obligation, ...]:
    """Let the redactions among *obligations* concern what is as sure as *condition* asks for."""
    obligations = tuple(obligations)
    if not any(isinstance(each, Redact) and not each.least for each in obligations):
        return obligations
    normal = conjuncts(condition) or ()
    return tuple(
        replace(each, least=_least(each.kind, normal)) if isinstance(each, Redact) and not each.least else each
        for each in obligations
    )


def _least(kind: str, normal: Iterable[tuple[Term, ...]]) -> float:
    """Return the lowest score of *kind*'s family that makes one of the conjuncts match; zero where one asks for none."""
    asked = [max((_score(term, kind) for term in conjunct), default=0.0) for conjunct in normal]
    return min(asked, default=0.0)


def _score(term: Term, kind: str) -> float:
    literal = term.literal
    if not term.positive or not isinstance(literal, Leaf) or literal.operator not in _AT_LEAST:
        return 0.0
    about = _family_of(literal.field)
    number = literal.value
    told = about == family(kind) and literal.field.endswith(".score") and isinstance(number, int | float)
    if not told or not isinstance(number, int | float):
        return 0.0
    return math.nextafter(number, math.inf) if literal.operator is Operator.GT else float(number)


def each_by_itself(clause: Clause) -> bool:
    """Say whether every finding that *clause* redacts or drops makes it match by itself, as far as findings go."""
    taken = [each for each in clause.obligations if isinstance(each, Redact | Drop)]
    if not taken:
        return True
    normal = conjuncts(clause.condition)
    return normal is not None and all(_speaks_for_itself(each, normal) for each in taken)


def _speaks_for_itself(taken: Redact | Drop, normal: tuple[tuple[Term, ...], ...]) -> bool:
    """Say whether, wherever other findings can make a conjunct match, one that is *taken* out makes one match alone."""
    alone = [_apart(conjunct) for conjunct in normal if all(_suffices(term, taken) for term in conjunct)]
    others = [_apart(conjunct) for conjunct in normal if not all(_suffices(term, taken) for term in conjunct)]
    return all(any(own <= other for own in alone) for other in others)


def _apart(conjunct: Iterable[Term]) -> frozenset[Term]:
    """Return what *conjunct* asks besides findings."""
    return frozenset(term for term in conjunct if not _asks_findings(term))


def _asks_findings(term: Term) -> bool:
    about = field(term.literal.field)
    return about is not None and about.findings


def _suffices(term: Term, taken: Redact | Drop) -> bool:
    """Say whether one finding that is *taken* out makes *term* true, or *term* speaks of no findings."""
    literal = term.literal
    if not _asks_findings(term):
        return True
    if not term.positive or not isinstance(literal, Leaf) or taken.kind == "*":
        return False
    name, attribute = _family_of(literal.field), literal.field.rpartition(".")[2]
    match literal.operator:
        case Operator.EQ if literal.value is True:
            return name == family(taken.kind) and attribute in {"found", "containsPII"}
        case Operator.CONTAINS if attribute in {"types", "piiTypes"}:
            return covers(f"{name}.{literal.value}", taken.kind)
        case Operator.GT | Operator.GTE:
            return isinstance(taken, Redact) and 0 < _score(term, taken.kind) <= taken.least
        case _:
            return False


def _family_of(name: str) -> str:
    """Return the family of kinds that the field *name* speaks of."""
    if name in {"llm.containsPII", "llm.piiTypes"}:
        return "pii"
    head = name.partition(".")[0]
    return "secret" if head == "secrets" else head
