"""
Outcome: what rules decide together, as formulas; `yett.policy.combining` says it in Python.

Two decisions are the same when both deny, or both allow with the same effect and the same obligations. Their reasons,
and whom a denial notifies, are left aside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import z3

from yett.model.decision import Decision, Effect
from yett.model.obligation import Obligation, Route
from yett.policy.clause import STRICTNESS, Clause
from yett.policy.proof.encoding import Encoding

__all__ = ["Outcome", "differ", "matches", "outcome", "unlike"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some rules decide."""

    denied: z3.BoolRef
    at_least: dict[Effect, z3.BoolRef]
    """That some rule holds whose effect is this one or a stricter one."""
    owed: dict[Obligation, z3.BoolRef]
    """That some rule holds which brings this obligation."""


def matches(clause: Clause, encoding: Encoding) -> z3.BoolRef:
    """Return the formula that *clause* matches."""
    true, false = encoding.truth(clause.condition)
    return true if clause.definite else z3.Not(false)


def outcome(clauses: Sequence[Clause], encoding: Encoding) -> Outcome:
    """Return what *clauses*, all of one stage, decide."""
    matched = [(clause, matches(clause, encoding)) for clause in clauses]
    allows = [(clause.priority, match) for clause, match in matched if clause.effect is Effect.ALLOW]

    def holds(clause: Clause, match: z3.BoolRef) -> z3.BoolRef:
        lifted = _some(allowed for priority, allowed in allows if priority > clause.priority)
        return z3.And(match, z3.Not(lifted))

    held = [(clause, holds(clause, match)) for clause, match in matched]
    denied = _some(holding for clause, holding in held if clause.effect is Effect.DENY)
    passing = [(clause, holding) for clause, holding in held if clause.effect is not Effect.DENY]
    at_least: dict[Effect, z3.BoolRef] = {
        effect: _some(holding for clause, holding in passing if STRICTNESS[clause.effect] >= rank)
        for effect, rank in STRICTNESS.items()
        if effect is not Effect.ALLOW
    }
    owed: dict[Obligation, z3.BoolRef] = {}
    for clause, holding in passing:
        for obligation in clause.obligations:
            owed[obligation] = z3.Or(owed.get(obligation, z3.BoolVal(val=False)), holding)
    return Outcome(z3.Or(denied, _stranded(owed)), at_least, owed)


def differ(one: Outcome, other: Outcome) -> z3.BoolRef:
    """Return the formula that two outcomes may be different."""
    never = z3.BoolVal(val=False)
    pairs = [(one.at_least[effect], other.at_least[effect]) for effect in one.at_least]
    pairs += [(one.owed.get(each, never), other.owed.get(each, never)) for each in {**one.owed, **other.owed}]
    details = _some(z3.Xor(left, right) for left, right in pairs)
    return z3.Or(z3.Xor(one.denied, other.denied), z3.And(z3.Not(one.denied), z3.Not(other.denied), details))


def unlike(one: Decision, other: Decision) -> bool:
    """Say whether two decisions are different."""
    if not one.allowed and not other.allowed:
        return False
    return (one.allowed, one.effect, one.obligations) != (other.allowed, other.effect, other.obligations)


def _stranded(owed: dict[Obligation, z3.BoolRef]) -> z3.BoolRef:
    """Return the formula that the routes which hold have no model in common."""
    routes = {each.models: holding for each, holding in owed.items() if isinstance(each, Route)}
    models = frozenset().union(*routes)
    missed = [_some(holding for named, holding in routes.items() if model not in named) for model in sorted(models)]
    return reduce(z3.And, missed, _some(routes.values()))


def _some(formulas: Iterable[z3.BoolRef]) -> z3.BoolRef:
    return reduce(z3.Or, formulas, z3.BoolVal(val=False))
