"""
Program: compiled policies. The fast way to the answers that `yett.policy.interpreter` defines.

Rules:

1. Deciding never raises, whatever the facts are.
2. A costly fact is demanded only while a conjunct that is still possible depends on it, and no longer once the cheap
   facts deny in a way that nothing can overturn.
3. No decision is remembered for a question. Decisions are only interned by the set of conjuncts that matched with
   certainty: equal decisions, one object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from yett.model.decision import Decision, Effect
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.generation import Ask, Ending, directly, generate
from yett.policy.interpreter import Look, lookup, truth
from yett.policy.layout import Layout, union
from yett.policy.monotony import is_monotone
from yett.policy.schema import cost, field, nothing_found
from yett.policy.telling import Telling
from yett.ports.decider import Facts, TextTest

__all__ = ["Program"]


class Program:
    """Everything that a set of policies means, as a `yett.ports.decider.Decider`."""

    def __init__(self, clauses: Iterable[Clause], text_tests: Iterable[TextTest], revision: str) -> None:
        self._clauses = tuple(sorted(clauses, key=lambda clause: clause.order))
        self._tests = tuple(sorted(text_tests, key=lambda test: test.id))
        self._revision = revision
        self._parts: dict[Stage, _Part] = {}

    @property
    def revision(self) -> str:
        """The digest of the policies that decide."""
        return self._revision

    @property
    def text_tests(self) -> tuple[TextTest, ...]:
        """The conditions on text that detectors must answer for it."""
        return self._tests

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The rules, highest priority first."""
        return self._clauses

    def reads(self, stage: Stage) -> frozenset[str]:
        """Return the fields that the rules of *stage* may ask for."""
        return self._part(stage).fields

    def monotone(self, stage: Stage) -> bool:
        """Say whether seeing more findings can never turn a deny into an allow."""
        return self._part(stage).monotone

    def decide(self, stage: Stage, facts: Facts) -> Decision:
        """Decide, demanding costly facts one by one."""
        return self._part(stage).decide(facts)

    def decide_known(self, stage: Stage, known: Mapping[str, object]) -> Decision:
        """Decide where all facts, costly ones too, are there as nested mappings."""
        return self._part(stage).decide_known(known)

    def knowing(self, stage: Stage) -> Callable[[Mapping[str, object]], Decision]:
        """Return `decide_known` for one *stage*."""
        return self._part(stage).decide_known

    def source(self, stage: Stage) -> str:
        """Return the Python that was generated for *stage*."""
        return self._part(stage).source

    def _part(self, stage: Stage) -> "_Part":
        """Return the rules of *stage*, made when it is first asked for; stages with the same rules share them."""
        part = self._parts.get(stage)
        if part is None:
            clauses = [clause for clause in self._clauses if stage in clause.stages]
            part = next((each for each in self._parts.values() if each.clauses == clauses), None)
            part = self._parts[stage] = part or _Part(clauses, self._revision)
        return part


class _Part:
    """The rules of one stage."""

    def __init__(self, clauses: Sequence[Clause], revision: str) -> None:
        self.clauses = clauses
        self.fields = frozenset[str]().union(*(clause.fields for clause in clauses))
        self.monotone = is_monotone(clauses)
        layout = self._layout = Layout(clauses)
        self._telling = Telling(clauses, layout, revision)
        self._costly = frozenset(field for field in self.fields if cost(field))
        self._dear = union(mask for clause, mask in zip(clauses, layout.masks, strict=True) if self._is_dear(clause))
        self._cheap_whole = [each for each in layout.whole if not self._dear & layout.masks[each]]
        self._costly_whole = [each for each in layout.whole if self._dear & layout.masks[each]]
        self._ceiling = max(
            (each.priority for each in clauses if each.effect is Effect.ALLOW and self._is_dear(each)), default=None
        )
        self._columns = layout.columns()
        self._cheap, self._demand, self._source = generate(layout.every, *self._columns)
        self._counting = tuple(sorted(name for name in self._costly if _counts(name)))
        self._quiet = self._when_nothing_is_found(layout.every)

    def _is_dear(self, clause: Clause) -> bool:
        return not self._costly.isdisjoint(clause.fields)

    def _when_nothing_is_found(self, every: int) -> int | None:
        """Return the conjuncts that are possible then; None where costly facts of another kind have a say."""
        if self._costly_whole or len(self._counting) < len(self._costly):
            return None
        possible = 0
        while every:
            bit = every & -every
            possible |= self._demand(bit, 0, nothing_found)[0]
            every &= ~bit
        return possible

    @cached_property
    def _direct(self) -> tuple[Ask, str]:
        if self._layout.whole:
            return self._generally, ""
        cheap, costly = self._columns
        ending = Ending(self._generally, self._telling.interned.get, self._telling.certain)
        return directly(self._layout.every, [*cheap, *(column for column, _ in costly)], ending)

    @property
    def decide_known(self) -> Ask:
        """Decide where all facts, costly ones too, are there."""
        return self._direct[0]

    @property
    def source(self) -> str:
        """What was generated."""
        return f"{self._source}\n{self._direct[1]}"

    def _generally(self, known: Mapping[str, object]) -> Decision:
        look = _looking_at(known)
        possible, uncertain = self._demand(*self._cheap(known), look)
        for whole in (self._cheap_whole, self._costly_whole):
            possible, uncertain = self._ask(whole, look, possible, uncertain)
        return self._telling.decision(possible, uncertain, look)

    def decide(self, facts: Facts) -> Decision:
        known = facts.known
        look = self._demanding(known, facts.demand)
        possible, uncertain = self._ask(self._cheap_whole, look, *self._cheap(known))
        cheap = possible & ~self._dear
        if self._dear & possible and not self._settles(cheap):
            if self._quiet is not None and facts.quiet(self._counting):
                return self._telling.decision(possible & self._quiet, uncertain, look)
            possible, uncertain = self._demand(possible, uncertain, look)
            possible, uncertain = self._ask(self._costly_whole, look, possible, uncertain)
            return self._telling.decision(possible, uncertain, look)
        return self._telling.decision(cheap, uncertain, look)

    def _demanding(self, known: Mapping[str, object], demand: Callable[[str], object]) -> Look:
        seen: dict[str, object] = {}

        def look(field: str) -> object:
            if field not in self._costly:
                return lookup(known, field)
            if field not in seen:
                seen[field] = demand(field)
            return seen[field]

        return look

    def _settles(self, cheap: int) -> bool:
        """Say whether the *cheap* matches deny, whatever else may match."""
        denial = self._telling.denial(cheap)
        return denial is not None and (self._ceiling is None or self._ceiling <= denial)

    def _ask(self, whole: Iterable[int], look: Look, possible: int, uncertain: int) -> tuple[int, int]:
        """Ask the conditions that are not in the index, of the rules that are still possible."""
        for each in whole:
            mask = self._layout.masks[each]
            if possible & mask:
                answer = truth(self.clauses[each].condition, look)
                if answer is False or (answer is None and mask & self._layout.definite):
                    possible &= ~mask
                elif answer is None:
                    uncertain |= mask
        return possible, uncertain


def _counts(name: str) -> bool:
    about = field(name)
    return about is not None and about.findings


def _looking_at(known: Mapping[str, object]) -> Look:
    return lambda field: lookup(known, field)
