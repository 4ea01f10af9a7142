"""
Program: compiled policies. The fast way to the answers that `yett.policy.interpreter` defines.

Rules:

1. Deciding never raises, whatever the facts are.
2. A costly fact is demanded only while a conjunct that is still possible depends on it, and no longer once the cheap
   facts deny in a way that nothing can overturn.
3. No decision is remembered for a question. Decisions are only interned by the set of conjuncts that matched with
   certainty: equal decisions, one object.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from yett.model.decision import Decision, Effect
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.combining import Matched, combine, verdict
from yett.policy.expression import Literal
from yett.policy.generation import Early, generate
from yett.policy.index import Column, column
from yett.policy.interpreter import Look, lookup, truth, unknown
from yett.policy.monotony import is_monotone
from yett.policy.normal import Term, conjuncts
from yett.policy.schema import cost, field, nothing_found
from yett.ports.decider import Facts, TextTest

__all__ = ["Program"]

_INTERNED = 1 << 14
"""How many decisions are kept per stage at most; some megabytes."""


class Program:
    """Everything that a set of policies means, as a `yett.ports.decider.Decider`."""

    def __init__(self, clauses: Iterable[Clause], text_tests: Iterable[TextTest], revision: str) -> None:
        self._clauses = tuple(sorted(clauses, key=lambda clause: clause.order))
        self._tests = tuple(sorted(text_tests, key=lambda test: test.id))
        self._revision = revision
        self._parts = {
            stage: _Part([clause for clause in self._clauses if stage in clause.stages], revision) for stage in Stage
        }

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
        return self._parts[stage].fields

    def monotone(self, stage: Stage) -> bool:
        """Say whether seeing more findings can never turn a deny into an allow."""
        return self._parts[stage].monotone

    def decide(self, stage: Stage, facts: Facts) -> Decision:
        """Decide, demanding costly facts one by one."""
        return self._parts[stage].decide(facts)

    def decide_known(self, stage: Stage, known: Mapping[str, object]) -> Decision:
        """Decide where all facts, costly ones too, are there as nested mappings."""
        return self._parts[stage].decide_known(known)

    def knowing(self, stage: Stage) -> Callable[[Mapping[str, object]], Decision]:
        """Return `decide_known` for one *stage*."""
        return self._parts[stage].decide_known

    def source(self, stage: Stage) -> str:
        """Return the Python that was generated for *stage*."""
        return self._parts[stage].source


class _Part:
    """The rules of one stage. Bits are in the order of rules, so the lowest one that is set decides first."""

    def __init__(self, clauses: Sequence[Clause], revision: str) -> None:
        self._clauses = clauses
        self._revision = revision
        self.fields = frozenset[str]().union(*(clause.fields for clause in clauses))
        self.monotone = is_monotone(clauses)
        layout = _Layout(clauses)
        self._owners = layout.owners
        self._masks = layout.masks
        self._definite = layout.definite
        self._costly = frozenset(field for field in self.fields if cost(field))
        dear = [mask for clause, mask in zip(clauses, layout.masks, strict=True) if clause.fields & self._costly]
        self._dear = _union(dear)
        self._cheap_whole = [each for each in layout.whole if not self._dear & layout.masks[each]]
        self._costly_whole = [each for each in layout.whole if self._dear & layout.masks[each]]
        self._has_whole = bool(layout.whole)
        allows = [
            clause.priority for clause in clauses if clause.fields & self._costly and clause.effect is Effect.ALLOW
        ]
        self._ceiling = max(allows, default=None)
        scan = generate(layout.every, *layout.columns())
        self._scan_whole, self._scan_cheap, self._scan_costly, self.source = scan
        self._interned: dict[int, Decision] = {}
        self._counting = tuple(sorted(name for name in self._costly if _counts(name)))
        self._quiet = self._when_nothing_is_found(layout.every)

    def _when_nothing_is_found(self, every: int) -> int | None:
        """Return the conjuncts that are possible then; None where costly facts of another kind have a say."""
        if self._costly_whole or len(self._counting) < len(self._costly):
            return None
        possible = 0
        while every:
            bit = every & -every
            possible |= self._scan_costly(bit, 0, nothing_found)[0]
            every &= ~bit
        return possible

    def decide_known(self, known: Mapping[str, object]) -> Decision:
        possible, uncertain = self._scan_whole(known)
        if uncertain or self._has_whole:
            look = _looking_at(known)
            for whole in (self._cheap_whole, self._costly_whole):
                possible, uncertain = self._ask(whole, look, possible, uncertain)
            return self._conclude(possible, uncertain, look)
        return self._interned.get(possible) or self._intern(possible)

    def decide(self, facts: Facts) -> Decision:
        known = facts.known
        look = self._demanding(known, facts.demand)
        possible, uncertain = self._ask(self._cheap_whole, look, *self._scan_cheap(known))
        cheap = possible & ~self._dear
        if self._dear & possible and not self._settles(cheap):
            if self._quiet is not None and facts.quiet(self._counting):
                return self._conclude(possible & self._quiet, uncertain, look)
            possible, uncertain = self._scan_costly(possible, uncertain, look)
            possible, uncertain = self._ask(self._costly_whole, look, possible, uncertain)
            return self._conclude(possible, uncertain, look)
        return self._conclude(cheap, uncertain, look)

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
        top = verdict(self._matching(cheap))
        if top is None or top.effect is not Effect.DENY:
            return False
        return self._ceiling is None or self._ceiling <= top.priority

    def _ask(self, whole: Iterable[int], look: Look, possible: int, uncertain: int) -> tuple[int, int]:
        """Ask the conditions that are not in the index, of the rules that are still possible."""
        for each in whole:
            mask = self._masks[each]
            if possible & mask:
                answer = truth(self._clauses[each].condition, look)
                if answer is False or (answer is None and mask & self._definite):
                    possible &= ~mask
                elif answer is None:
                    uncertain |= mask
        return possible, uncertain

    def _conclude(self, possible: int, uncertain: int, look: Look) -> Decision:
        if not possible & uncertain:
            return self._interned.get(possible) or self._intern(possible)
        matched = []
        for each in self._indices(possible):
            clause = self._clauses[each]
            doubtful = possible & uncertain & self._masks[each]
            matched.append(Matched(clause, tuple(sorted(unknown(clause.condition, look))) if doubtful else ()))
        return combine(matched, self._revision)

    def _intern(self, possible: int) -> Decision:
        decision = combine(map(Matched, self._matching(possible)), self._revision)
        if len(self._interned) < _INTERNED:
            self._interned[possible] = decision
        return decision

    def _matching(self, possible: int) -> Iterator[Clause]:
        return (self._clauses[each] for each in self._indices(possible))

    def _indices(self, possible: int) -> Iterator[int]:
        while possible:
            each = self._owners[(possible & -possible).bit_length() - 1]
            yield each
            possible &= ~self._masks[each]


class _Layout:
    """Which conjunct is which bit."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.owners: list[int] = []
        """Per bit, its rule."""
        self.masks: list[int] = []
        """Per rule, its bits."""
        self.whole: list[int] = []
        """The rules whose condition has no normal form."""
        self.definite = 0
        self._asked: dict[str, dict[int, list[Term]]] = {}
        self._samples: dict[str, Literal] = {}
        for number, clause in enumerate(clauses):
            self._add(number, clause)
        self.every = (1 << len(self.owners)) - 1

    def _add(self, number: int, clause: Clause) -> None:
        first = len(self.owners)
        normal = conjuncts(clause.condition)
        if normal is None:
            self.whole.append(number)
        for conjunct in ((),) if normal is None else normal:
            bit = 1 << len(self.owners)
            self.owners.append(number)
            for term in conjunct:
                self._ask(bit, term.literal, term)
        mask = (1 << len(self.owners)) - (1 << first)
        self.masks.append(mask)
        if clause.definite:
            self.definite |= mask

    def _ask(self, bit: int, literal: Literal, term: Term) -> None:
        self._asked.setdefault(literal.field, {}).setdefault(bit, []).append(term)
        self._samples[literal.field] = literal

    def columns(self) -> tuple[list[Column], list[tuple[Column, Early]]]:
        """Index the fields: cheap ones, those with most constraints first, then costly ones, cheapest first."""
        columns = [
            column(field, self._samples[field].sort, list(asked.items()), self.every, self.definite)
            for field, asked in self._asked.items()
        ]
        columns.sort(key=lambda each: (cost(each.field), -each.constrained.bit_count(), each.field))
        cheap = [each for each in columns if not cost(each.field)]
        costly = columns[len(cheap) :]
        return cheap, [(each, self._early(costly[place:])) for place, each in enumerate(costly)]

    def _early(self, remaining: Sequence[Column]) -> Early:
        """Find the rules that may be certain before the *remaining* columns are asked."""
        late = _union(each.constrained for each in remaining)
        split = [(mask & ~late, mask & late) for mask in self.masks if mask & remaining[0].constrained]
        return [(complete, later) for complete, later in split if complete]


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _counts(name: str) -> bool:
    about = field(name)
    return about is not None and about.findings


def _looking_at(known: Mapping[str, object]) -> Look:
    return lambda field: lookup(known, field)
