"""
Questions: what a solver is asked about rules, and what its answers are worth.

Rules:

1. "It is so" is said only where no facts at all could make it otherwise.
2. "It is not so" comes with facts, and the interpreter has decided about them: the example is never the solver's word.
3. Where neither can be shown, the answer is that it is not known. A question costs a bounded number of steps, the same
   on every machine.
4. Facts are independent of each other, as they are for a policy: that a score rises with a count is not known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import z3

from yett.model.decision import Decision
from yett.model.obligation import Notify
from yett.model.stage import Stage
from yett.model.unknown import Unknown
from yett.policy.clause import Clause
from yett.policy.interpreter import decide, lookup, truth
from yett.policy.proof.encoding import Encoding, State
from yett.policy.proof.outcome import differ, outcome, unlike
from yett.policy.proof.witness import answers, fact, nested

__all__ = ["Answer", "Example", "equivalent", "idle", "implies", "matchless"]

_STEPS = 4_000_000
"""What one call of the solver may cost; some seconds."""
_TRIES = 100
"""How many conjectures are looked at before it is not known."""
_Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts that show it: what the one and the other rules decide about them."""

    stage: Stage
    facts: _Facts
    """Nested; what is `Unknown.UNAVAILABLE` was asked for in vain."""
    one: Decision
    other: Decision


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it is so for all facts; None where that is not known."""

    holds: bool | None
    example: Example | None = None
    """Facts for which it is not so."""


def equivalent(one: Iterable[Clause], other: Iterable[Clause]) -> Answer:
    """Say whether *one* and *other* always decide the same; reasons and notices of denials aside."""
    return _compared(tuple(one), tuple(other), differ, unlike)


def implies(one: Iterable[Clause], other: Iterable[Clause]) -> Answer:
    """Say whether *other* allows whatever *one* allows."""
    return _compared(
        tuple(one),
        tuple(other),
        lambda left, right: z3.And(z3.Not(left.denied), right.denied),
        lambda left, right: left.allowed and not right.allowed,
    )


def matchless(clause: Clause) -> Answer:
    """Say whether *clause* never matches with certainty, whatever the facts are."""
    encoding = Encoding()
    true = encoding.truth(clause.condition).true
    found = _search(encoding, true, lambda facts: truth(clause.condition, lambda name: lookup(facts, name)) is True)
    if found is None or found.facts is None:
        return Answer(holds=None if found is None else True)
    decided = decide([clause], lambda name: lookup(found.facts or {}, name))
    stage = min(clause.stages, default=Stage.REQUEST)
    return Answer(holds=False, example=Example(stage, found.facts, decided, decided))


def idle(clause: Clause, others: Sequence[Clause]) -> tuple[Clause, ...] | None:
    """
    Return the rules among *others* beside which *clause* changes no decision; None where it does, or that is not known.

    None of those returned could be spared. A rule that notifies is never idle.
    """
    if any(isinstance(each, Notify) for each in clause.obligations):
        return None
    beside = [other for other in others if other.stages & clause.stages]
    if not _adds_nothing(clause, beside):
        return None
    for other in tuple(beside):
        fewer = [each for each in beside if each is not other]
        if _adds_nothing(clause, fewer):
            beside = fewer
    return tuple(beside)


def _adds_nothing(clause: Clause, others: Sequence[Clause]) -> bool:
    return equivalent((*others, clause), others).holds is True


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search came to: facts, or that there are none."""

    facts: _Facts | None


def _compared(
    one: Sequence[Clause],
    other: Sequence[Clause],
    formula: Callable[..., z3.BoolRef],
    shown: Callable[[Decision, Decision], bool],
) -> Answer:
    known = True
    for stage in Stage:
        left, right = ([clause for clause in side if stage in clause.stages] for side in (one, other))
        if sorted(left, key=lambda each: each.order) == sorted(right, key=lambda each: each.order):
            continue

        def decided(facts: _Facts, left: list[Clause] = left, right: list[Clause] = right) -> tuple[Decision, Decision]:
            return decide(left, lambda name: lookup(facts, name)), decide(right, lambda name: lookup(facts, name))

        encoding = Encoding()
        asked = formula(outcome(left, encoding), outcome(right, encoding))
        found = _search(encoding, asked, lambda facts: shown(*decided(facts)))
        if found is None:
            known = False
        elif found.facts is not None:
            return Answer(holds=False, example=Example(stage, found.facts, *decided(found.facts)))
    return Answer(holds=True if known else None)


def _search(encoding: Encoding, asked: z3.BoolRef, shown: Callable[[_Facts], bool]) -> _Found | None:
    """Look for facts of which *asked* is true and for which *shown* says so; None where that is not known."""
    solver = z3.Solver()
    solver.set("rlimit", _STEPS)
    solver.add(asked, *encoding.axioms)
    stated = [encoding.state(field) > int(State.ODD) for field in encoding.literals]
    sure = True
    for _ in range(_TRIES):
        # Facts that are there show more than facts that are missing.
        result = solver.check(*stated)
        if result != z3.sat:
            stated = []
            result = solver.check()
        if result == z3.unsat:
            return _Found(None) if sure else None
        if result != z3.sat:
            return None
        model = solver.model()
        facts = {field: fact(encoding, model, field) for field in encoding.literals}
        strange = [field for field, value in facts.items() if value is None]
        if not strange:
            tree = nested(facts)
            if shown(tree):
                return _Found(_spared(facts, shown))
            # Names below each other cannot all be stated as they were asked.
            sure = sure and all(lookup(tree, name) is value for name, value in facts.items())
        sure = sure and not strange
        solver.add(z3.Not(_alike(encoding, model, strange or list(facts))))
    return None


def _alike(encoding: Encoding, model: z3.ModelRef, names: Iterable[str]) -> z3.BoolRef:
    """Return the formula that the conditions on *names* are answered as *model* answers them."""
    same = []
    for name in names:
        for (true, false), answer in zip(encoding.literals[name].values(), answers(encoding, model, name), strict=True):
            same.append(true if answer else false if answer is False else z3.Not(z3.Or(true, false)))
    return z3.And(same)


def _spared(facts: Mapping[str, object], shown: Callable[[_Facts], bool]) -> _Facts:
    """Return *facts* without those that are unavailable, or odd, to no purpose."""
    kept = dict(facts)
    for name, value in facts.items():
        if value is Unknown.UNAVAILABLE or value == {}:
            fewer = {**kept, name: Unknown.MISSING}
            if shown(nested(fewer)):
                kept = fewer
    return nested(kept)
