"""
Program: compiled policies. The fast way to the answers that `yett.policy.interpreter` defines.

Rules:

1. Deciding never raises, whatever the facts are.
2. A costly fact is demanded only while a conjunct that is still possible depends on it, and no longer once the cheap
   facts deny in a way that nothing can overturn.
3. No decision is remembered for a question. Decisions are only interned by the set of conjuncts that matched with
   certainty: equal decisions, one object.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.clause import Clause
from yett.policy.generation import Ask
from yett.policy.part import Part, Rules
from yett.ports.decider import Facts, TextTest

__all__ = ["Program"]


class Program:
    """Everything that a set of policies means, as a `yett.ports.decider.Decider`."""

    def __init__(self, clauses: Iterable[Clause], text_tests: Iterable[TextTest], revision: str) -> None:
        self._clauses = tuple(sorted(clauses, key=attrgetter("order")))
        self._tests = tuple(sorted(text_tests, key=lambda test: test.id))
        self._revision = revision
        self._parts: dict[Stage, Part] = {}
        self._known: tuple[Program, Mapping[str, object]] | None = None

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

    def knowing(self, stage: Stage) -> Ask:
        """Return `decide_known` for one *stage*."""
        return self._part(stage).decide_known

    def specialised(self, known: Mapping[str, object]) -> "Program":
        """
        Return what is left to decide once some facts are *known*: the same answers, for all facts that hold these.

        What is not in *known* may still be stated; what is there, even as unavailable, must stay as it is.
        """
        program = Program((), self._tests, self._revision)
        program._clauses = self._clauses
        program._known = self, known
        return program

    def live(self, stage: Stage) -> tuple[Clause, ...]:
        """Return the rules of *stage* that may still match, highest priority first."""
        return self._part(stage).live

    def source(self, stage: Stage) -> str:
        """Return the Python that was generated for *stage*."""
        return self._part(stage).source

    def _part(self, stage: Stage) -> Part:
        """Return the rules of *stage*, made when it is first asked for; stages with the same rules share them."""
        part = self._parts.get(stage)
        if part is None:
            part = self._parts[stage] = self._made(stage)
        return part

    def _made(self, stage: Stage) -> Part:
        if self._known:
            program, known = self._known
            return program._part(stage).specialised(known)  # noqa: SLF001 - another of our own
        clauses = tuple(clause for clause in self._clauses if stage in clause.stages)
        shared = next((part for part in self._parts.values() if part.rules.clauses == clauses), None)
        return shared or Part.of(Rules(clauses, self._revision))
