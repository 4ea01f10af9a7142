"""
Telling: from the conjuncts that match to a decision; the fast way to what `yett.policy.combining` defines.

Rules:

1. What depends on a rule alone, such as its reason, is made once. Decisions are interned by the set of conjuncts that
   matched with certainty: equal things, one object. None is ever found by a question, so nothing here can be stale.
2. What is rare (a fact without a value, routes that exclude each other) is left to the specification itself.
3. Whoever asks cannot make it keep more than a number of bytes, which grows neither with rules nor with requests.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import compress

from yett.model.decision import Decision, Effect
from yett.model.obligation import Obligation, Route
from yett.policy.clause import STRICTNESS, Clause
from yett.policy.combining import Matched, combine
from yett.policy.interpreter import Look, unknown
from yett.policy.layout import Layout
from yett.policy.listing import Listing
from yett.policy.owing import Owed

__all__ = ["Telling"]

_INTERNED = 1 << 24
"""How many bytes of decisions are kept per stage, about; at one more all are forgotten, and what is asked often is back soon."""
_EACH = 512
"""What a decision takes without what follows."""
_ITEM = 8
"""What a reason takes, or an obligation, of which the rules hold the rest."""
_MERGED = 1024
"""What an obligation takes on top that was merged."""
_STRANDED = Route(frozenset())
_new = object.__new__
_put_allowed, _put_effect, _put_reasons, _put_obligations, _put_revision, _put_reason = (
    vars(Decision)[part].__set__ for part in ("allowed", "effect", "reasons", "obligations", "revision", "reason")
)
"""Put a part into a decision that is being made; the way of a frozen object takes twice as long."""


class Telling:
    """What the rules *clauses*, whose bits are in *layout*, say when they match."""

    def __init__(self, clauses: Sequence[Clause], layout: Layout, revision: str) -> None:
        self._clauses = clauses
        self._layout = layout
        self._revision = revision
        self._reasons = layout.placed([clause.certain for clause in clauses], layout.every)
        of_effect = {effect: self._bits([clause.effect is effect for clause in clauses]) for effect in Effect}
        self._texts = layout.placed([clause.text or clause.rule for clause in clauses], layout.every)
        self._denials = of_effect[Effect.DENY]
        self._allows = of_effect[Effect.ALLOW]
        strictest_first = sorted(of_effect, key=STRICTNESS.__getitem__, reverse=True)
        self._effects = [(effect, of_effect[effect]) for effect in strictest_first if of_effect[effect]]
        self._owing = self._bits([bool(clause.obligations) for clause in clauses]) & ~self._denials
        owed = Owed([clause.obligations for clause in clauses])
        self._notifying = self._bits(map(bool, owed.notices))
        self._from = self._holding_from()
        self._merging = self._bits([not owed.merging.isdisjoint(numbers) for numbers in owed.numbers])
        self._routing = self._bits([not owed.routes.isdisjoint(numbers) for numbers in owed.numbers])
        self._joins = _Joins(owed, layout, owed.numbers)
        self._notices = _Joins(owed, layout, owed.notices)
        self._each = _EACH + len(layout.owners) // 4
        self._left = _INTERNED
        self.interned: dict[int, Decision] = {}
        """Decisions by the conjuncts that matched."""

    def _bits(self, chosen: Iterable[bool]) -> int:
        # No two rules have a bit in common, so their sum is their union.
        return sum(compress(self._layout.masks, chosen))

    def _holding_from(self) -> dict[int, int]:
        """Return, per priority, the bits of all rules at it or above; rules come highest priority first."""
        holding, bits = {}, 0
        for clause, mask in zip(self._clauses, self._layout.masks, strict=True):
            bits |= mask
            holding[clause.priority] = bits
        return holding

    def denial(self, possible: int) -> int | None:
        """Return the priority of the deny that decides of the *possible* conjuncts; None where none does."""
        denials = possible & self._denials
        return self._first(denials).priority if _is_first(denials, possible & self._allows) else None

    def _first(self, possible: int) -> Clause:
        """Return the first rule that has one of the bits in *possible*, of which there are some."""
        return self._clauses[self._layout.owners[(possible & -possible).bit_length() - 1]]

    def _strictest(self, possible: int) -> tuple[Effect, int]:
        """Return the strictest effect that one of these rules asks for, and the bits of all rules that do."""
        for effect, bits in self._effects:
            if possible & bits:
                return effect, bits
        return Effect.ALLOW, self._allows

    def certain(self, possible: int) -> Decision:
        """Return the decision where the *possible* conjuncts are definitely true."""
        return self.interned.get(possible) or self.told(possible)

    def told(self, possible: int) -> Decision:
        """Make that decision, and keep it."""
        decision = self._told(possible)
        owed = len(decision.obligations)
        held = self._each + _ITEM * (possible.bit_count() + owed)
        if possible & self._merging:
            held += _MERGED * owed
        if held > self._left:
            self.interned.clear()
            self._left = _INTERNED
        if held <= self._left:
            self._left -= held
            self.interned[possible] = decision
        return decision

    def decision(self, possible: int, uncertain: int, look: Look) -> Decision:
        """Return the decision where those of the *possible* conjuncts that are *uncertain* are only possibly true."""
        if not possible & uncertain:
            return self.certain(possible)
        matched, look = [], cache(look)
        for each in self._layout.rules(possible):
            clause = self._clauses[each]
            doubtful = possible & uncertain & self._layout.masks[each]
            matched.append(Matched(clause, tuple(sorted(unknown(clause.condition, look))) if doubtful else ()))
        return combine(matched, self._revision)

    def _told(self, possible: int) -> Decision:
        denials, allows = possible & self._denials, possible & self._allows
        denied = _is_first(denials, allows)
        if denied:
            effect, deciding = Effect.DENY, denials
            obligations = self._notices.of(possible & self._notifying)
        else:
            floor = self._from[self._first(allows).priority] if allows else -1
            holding = possible & floor & ~denials
            obligations = self._joins.of(holding & self._owing)
            if holding & self._routing and _STRANDED in obligations:
                return combine((Matched(self._clauses[each]) for each in self._layout.rules(possible)), self._revision)
            effect, asking = self._strictest(holding)
            deciding = possible & asking
        decision = _new(Decision)
        _put_allowed(decision, not denied)
        _put_effect(decision, effect)
        _put_reasons(decision, Listing(self._reasons, possible) if possible else ())
        _put_obligations(decision, obligations)
        _put_revision(decision, self._revision)
        _put_reason(decision, self._texts.first(deciding) if deciding else "")
        return decision


def _is_first(some: int, others: int) -> bool:
    """Say whether the lowest bit of *some* is lower than that of *others*."""
    return some != 0 and (not others or some & -some < others & -others)


class _Joins:
    """What rules owe together, by their bits; *numbers* are those of what each owes."""

    def __init__(self, owed: Owed, layout: Layout, numbers: Sequence[tuple[int, ...]]) -> None:
        self._owed = owed
        self._numbered = owed.every.__getitem__
        alone = owed.alone(numbers)
        self._others = sum(compress(layout.masks, [number < 0 for number in alone]))
        owing = sum(compress(layout.masks, numbers))
        self._numbers = layout.placed(numbers, owing)
        self._alone = layout.placed(alone, owing)

    def of(self, owing: int) -> tuple[Obligation, ...]:
        """Join what the rules *owing* owe."""
        if owing & self._others:
            return self._owed.joined(self._numbers.listed(owing))
        alone = self._alone.listed(owing)
        alone.sort()
        return tuple(map(self._numbered, alone))
