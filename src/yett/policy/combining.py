"""
Combining: from the rules that match to one decision.

Rules:

1. `allow` and `deny` are verdicts. The one of highest priority decides, `deny` at a tie: a deny loses only to an
   explicit allow of strictly higher priority.
2. All other effects are an allow with obligations. They hold, whatever their priority, unless a matching explicit allow
   of strictly higher priority lifts them.
3. Obligations of all rules that hold are joined; the effect that is told is the strictest among those rules.
4. Where nothing matches, the answer is allow. A closed policy closes with a deny below every priority, so there only an
   explicit allow opens.
5. Routes without a model in common can be obeyed by nobody, so they deny.
6. Of a denied exchange nothing passes, so only its notifications remain to be carried out.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from yett.model.decision import Decision, Effect, Reason
from yett.model.obligation import Notify, Route, join
from yett.policy.clause import STRICTNESS, Clause

__all__ = ["CLOSING_PRIORITY", "Matched", "combine", "settles", "verdict"]

CLOSING_PRIORITY = -(2**63)
"""Below every priority that a document may state."""

_NOWHERE = Route(frozenset())
_VERDICTS = frozenset({Effect.ALLOW, Effect.DENY})


class Matched(NamedTuple):
    """A clause that matches; *unknown* are the fields that leave it only possibly true."""

    clause: Clause
    unknown: tuple[str, ...] = ()


def combine(matched: Iterable[Matched], revision: str = "") -> Decision:
    """Combine the clauses that match, in any order."""
    ordered = sorted(matched, key=lambda match: match.clause.order)
    reasons = tuple(clause.reason(unknown) if unknown else clause.certain for clause, unknown in ordered)
    top = next((match.clause for match in ordered if match.clause.effect in _VERDICTS), None)
    if top is not None and top.effect is Effect.DENY:
        return _denied(ordered, reasons, revision)
    floor = top.priority if top is not None else CLOSING_PRIORITY
    holding = [match for match in ordered if match.clause.priority >= floor and match.clause.effect is not Effect.DENY]
    obligations = join(obligation for match in holding for obligation in match.clause.obligations)
    if _NOWHERE in obligations:
        return _denied(ordered, (_stranded(holding), *reasons), revision)
    effect = max((match.clause.effect for match in holding), key=STRICTNESS.__getitem__, default=Effect.ALLOW)
    return Decision(allowed=True, effect=effect, reasons=reasons, obligations=obligations, revision=revision)


def verdict(clauses: Iterable[Clause]) -> Clause | None:
    """Return the verdict that decides; None when there is none."""
    return min(
        (clause for clause in clauses if clause.effect in _VERDICTS), key=lambda clause: clause.order, default=None
    )


def settles(cheap: Sequence[Matched], dear: Iterable[Clause]) -> bool:
    """Say whether the *cheap* matches deny, whichever of the *dear* clauses match as well."""
    top = verdict(match.clause for match in cheap)
    if top is None or top.effect is not Effect.DENY:
        return False
    return all(clause.priority <= top.priority for clause in dear if clause.effect is Effect.ALLOW)


def _denied(ordered: Sequence[Matched], reasons: tuple[Reason, ...], revision: str) -> Decision:
    owed = (obligation for match in ordered for obligation in match.clause.obligations)
    notices = join(obligation for obligation in owed if isinstance(obligation, Notify))
    return Decision(allowed=False, effect=Effect.DENY, reasons=reasons, obligations=notices, revision=revision)


def _stranded(holding: Sequence[Matched]) -> Reason:
    clause = next(
        match.clause
        for match in holding
        if any(isinstance(obligation, Route) for obligation in match.clause.obligations)
    )
    return Reason(
        clause.policy, clause.version, clause.rule, Effect.DENY, "the routes that apply have no model in common"
    )
