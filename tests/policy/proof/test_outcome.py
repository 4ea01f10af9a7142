"""What rules decide together is the same as formulas and in Python."""

import random
from collections.abc import Iterator

import pytest
import z3

from tests.policy.test_program import STAGE, some_clauses, some_facts
from yett.model.decision import Decision, Effect
from yett.model.obligation import Cap
from yett.policy.clause import STRICTNESS, Clause
from yett.policy.interpreter import decide, judge, lookup
from yett.policy.proof import outcome as module
from yett.policy.proof.encoding import Encoding
from yett.policy.proof.outcome import Outcome, differ, outcome, unlike


def told(found: Outcome, formulas: Encoding, facts: dict[str, object]) -> tuple[object, ...] | None:
    """Return what *found* says about *facts*: whether they are denied, and otherwise the effect and what is owed."""
    solver = z3.Solver()
    solver.add(*formulas.axioms)
    for name, asked in formulas.literals.items():
        for literal, (true, false) in asked.items():
            answer = judge(literal, lookup(facts, name))
            solver.add(true if answer else false if answer is False else z3.Not(z3.Or(true, false)))
    assert solver.check() == z3.sat
    model = solver.model()

    def so(formula: z3.BoolRef) -> bool:
        return bool(z3.is_true(model.eval(formula, model_completion=True)))

    if so(found.denied):
        return None
    effects = [effect for effect, formula in found.at_least.items() if so(formula)]
    return max(effects, key=STRICTNESS.__getitem__, default=Effect.ALLOW), {
        each for each, formula in found.owed.items() if so(formula)
    }


def disagreements(seed: int, sets: int) -> Iterator[tuple[list[Clause], dict[str, object]]]:
    rng = random.Random(seed)
    for _ in range(sets):
        clauses = some_clauses(rng)
        formulas = Encoding()
        found = outcome(clauses, formulas)
        for _ in range(5):
            facts = some_facts(rng)
            decision = decide(clauses, lambda name: lookup(facts, name))  # noqa: B023 - asked at once
            expected = (decision.effect, set(decision.obligations)) if decision.allowed else None
            if told(found, formulas, facts) != expected:
                yield clauses, facts


def test_formulas_and_the_specification_agree() -> None:
    assert next(disagreements(7, 20), None) is None


@pytest.mark.parametrize(
    ("name", "mutant"),
    [
        ("_stranded", lambda _owed: z3.BoolVal(val=False)),
        ("matches", lambda clause, formulas: formulas.truth(clause.condition).true),
    ],
)
def test_formulas_that_say_something_else_are_found(monkeypatch: pytest.MonkeyPatch, name: str, mutant: object) -> None:
    monkeypatch.setattr(module, name, mutant)
    assert next(disagreements(7, 60), None) is not None


def test_decisions_differ_by_what_they_let_pass_and_how() -> None:
    passed = Decision(allowed=True, effect=Effect.LIMIT, obligations=(Cap("max_tokens", 5),))
    assert not unlike(passed, passed)
    assert unlike(passed, Decision(allowed=True, effect=Effect.LIMIT, obligations=(Cap("max_tokens", 6),)))
    assert unlike(passed, Decision(allowed=False, effect=Effect.DENY))
    assert not unlike(Decision(allowed=False, effect=Effect.DENY), Decision(allowed=False, effect=Effect.DENY))


def test_the_same_rules_never_differ() -> None:
    clauses = [each for each in some_clauses(random.Random(3)) if STAGE in each.stages]
    formulas = Encoding()
    solver = z3.Solver()
    solver.add(differ(outcome(clauses, formulas), outcome(clauses[::-1], formulas)), *formulas.axioms)
    assert solver.check() == z3.unsat
