"""
Part: the rules of one stage, or what is left of them once some facts are known, ready to be asked.

Rules:

1. What is left of a part shares its bits, tables and decisions: known facts have only cleared bits, and made columns
   needless. So it gives the same answers, for all facts that hold those that were known.
2. Whether a rule is dear is said by how it was written, not by what is left of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from types import MappingProxyType
from typing import NamedTuple

from yett.model.decision import Decision, Effect
from yett.model.unknown import Unknown
from yett.policy.clause import Clause
from yett.policy.generation import Ask, Ending, Scan, Start, directly, generate
from yett.policy.index import Column
from yett.policy.interpreter import Look, lookup, truth
from yett.policy.layout import Layout
from yett.policy.monotony import is_monotone
from yett.policy.schema import cost, field, nothing_found
from yett.policy.telling import Telling
from yett.ports.decider import Facts

__all__ = ["Part", "Rules"]

_MOST_SILENCES = 256
"""How many outcomes of the facts that cost nothing are remembered with what follows when nothing is found."""


class _Silence(NamedTuple):
    """What follows when nothing is found."""

    asked: tuple[str, ...]
    """The costly facts that are asked for then, all of which count findings; empty where others have a say, too."""
    left: int
    """The conjuncts that match."""
    uncertain: int


class Rules:
    """The rules of a stage and what follows from them alone."""

    def __init__(self, clauses: Sequence[Clause], revision: str) -> None:
        self.clauses = tuple(clauses)
        self.layout = Layout(clauses)
        self.telling = Telling(clauses, self.layout, revision)
        self.dear = sum(compress(self.layout.masks, [clause.dear for clause in clauses]))
        """The bits of the rules that read costly facts."""
        self.ceiling = max(
            (each.priority for each in clauses if each.effect is Effect.ALLOW and each.dear), default=None
        )
        """The highest priority at which a costly fact may allow."""

    @cached_property
    def monotone(self) -> bool:
        """Whether more findings can never turn a deny into an allow."""
        return is_monotone(self.clauses)

    def settle(self, cheap: int) -> bool:
        """Say whether the *cheap* matches deny, whatever else may match."""
        denial = self.telling.denial(cheap)
        return denial is not None and (self.ceiling is None or self.ceiling <= denial)


class Part:
    """
    The conjuncts of *rules* that are still possible from the *start*, and the *columns* that they depend on.

    *given* are the costly facts, by field, that are known already.
    """

    def __init__(
        self, rules: Rules, columns: Sequence[Column], start: Start, given: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        self.rules = rules
        self._given = given
        self._start = start
        self._columns = [column for column in columns if column.constrained & start.possible]
        self._cheap = [column for column in self._columns if not cost(column.field)]
        self._costly = self._columns[len(self._cheap) :]
        whole = [each for each in rules.layout.whole if rules.layout.masks[each] & start.possible]
        self._cheap_whole = [each for each in whole if not rules.clauses[each].dear]
        self._costly_whole = [each for each in whole if rules.clauses[each].dear]
        self._fields = frozenset[str]().union(*(rules.clauses[each].fields for each in whole))
        self._fields |= {column.field for column in self._columns}
        self._asked_for = frozenset(name for name in self._fields if cost(name))
        self._silences: dict[int, _Silence] = {}

    @classmethod
    def of(cls, rules: Rules) -> "Part":
        """Return *rules* where nothing is known yet."""
        return cls(rules, rules.layout.columns(), Start(rules.layout.every, 0))

    def specialised(self, known: Mapping[str, object]) -> "Part":
        """Return what is left when facts are *known*; what is missing there may still be stated."""
        possible, uncertain = self._start
        left = []
        for column in self._columns:
            raw = lookup(known, column.field)
            if raw is Unknown.MISSING:
                left.append(column)
            else:
                possible, uncertain = column.narrow(raw, possible, uncertain)
        costly = {name: raw for name in self._asked_for if (raw := lookup(known, name)) is not Unknown.MISSING}
        return Part(self.rules, left, Start(possible, uncertain & possible), {**self._given, **costly})

    @property
    def live(self) -> tuple[Clause, ...]:
        """The rules that may still match, highest priority first."""
        return tuple(self.rules.clauses[each] for each in self.rules.layout.rules(self._start.possible))

    @property
    def fields(self) -> frozenset[str]:
        """The facts that may still be asked for."""
        return self._fields

    @cached_property
    def monotone(self) -> bool:
        """Whether seeing more findings can never turn a deny into an allow."""
        return self.rules.monotone or is_monotone(self.live)

    @cached_property
    def decide_known(self) -> Ask:
        """Decide where all facts, costly ones too, are there."""
        return self._direct[0]

    @property
    def source(self) -> str:
        """What was generated."""
        return f"{self._scan.source}\n{self._direct[1]}"

    @cached_property
    def _scan(self) -> Scan:
        early = [
            self.rules.layout.early(self._costly[place:], self._start.possible) for place in range(len(self._costly))
        ]
        return generate(self._start, self._cheap, list(zip(self._costly, early, strict=True)))

    @cached_property
    def _direct(self) -> tuple[Ask, str]:
        if self._cheap_whole or self._costly_whole or self._start.uncertain:
            return self._generally, ""
        telling = self.rules.telling
        ending = Ending(self._generally, telling.interned.get, telling.told)
        return directly(self._start, self._columns, ending)

    def _silence(self, possible: int) -> "_Silence":
        """Return what is asked, and what is left of *possible* conjuncts, when nothing is found."""
        silence = self._silences.get(possible)
        if silence is None:
            if len(self._silences) >= _MOST_SILENCES:
                self._silences.clear()
            silence = self._silences[possible] = self._when_silent(possible)
        return silence

    def _when_silent(self, possible: int) -> "_Silence":
        asked: list[str] = []

        def look(name: str) -> object:
            asked.append(name)
            return nothing_found(name)

        if self._costly_whole or self._given:
            return _Silence((), 0, 0)
        left, uncertain = self._scan.costly(possible, 0, look)
        return _Silence(tuple(asked) if all(map(_counts, asked)) else (), left, uncertain)

    def _generally(self, known: Mapping[str, object]) -> Decision:
        def look(name: str) -> object:
            return lookup(known, name)

        possible, uncertain = self._scan.costly(*self._scan.cheap(known), look)
        for whole in (self._cheap_whole, self._costly_whole):
            possible, uncertain = self._ask(whole, look, possible, uncertain)
        return self.rules.telling.decision(possible, uncertain, look)

    def decide(self, facts: Facts) -> Decision:
        """Decide, demanding costly facts one by one."""
        rules, known = self.rules, facts.known
        look = _demanding(known, facts.demand, self._given)
        possible, uncertain = self._ask(self._cheap_whole, look, *self._scan.cheap(known))
        cheap = possible & ~rules.dear
        if not rules.dear & possible or rules.settle(cheap):
            return rules.telling.decision(cheap, uncertain, look)
        asked, left, unsure = self._silence(possible)
        if asked and facts.quiet(asked):
            return rules.telling.decision(left, uncertain | unsure, look)
        possible, uncertain = self._scan.costly(possible, uncertain, look)
        possible, uncertain = self._ask(self._costly_whole, look, possible, uncertain)
        return rules.telling.decision(possible, uncertain, look)

    def _ask(self, whole: Iterable[int], look: Look, possible: int, uncertain: int) -> tuple[int, int]:
        """Ask the conditions that are not in the index, of the rules that are still possible."""
        layout = self.rules.layout
        for each in whole:
            mask = layout.masks[each]
            if possible & mask:
                answer = truth(self.rules.clauses[each].condition, look)
                if answer is False or (answer is None and mask & layout.definite):
                    possible &= ~mask
                elif answer is None:
                    uncertain |= mask
        return possible, uncertain


def _demanding(known: Mapping[str, object], demand: Callable[[str], object], given: Mapping[str, object]) -> Look:
    """Look at cheap facts where they lie; ask for costly ones that are not *given*, each once."""
    seen = dict(given)

    def look(name: str) -> object:
        if name in seen:
            return seen[name]
        if not cost(name):
            return lookup(known, name)
        value = seen[name] = demand(name)
        return value

    return look


def _counts(name: str) -> bool:
    about = field(name)
    return about is not None and about.findings
