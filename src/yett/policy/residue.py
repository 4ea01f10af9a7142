"""
Residue: what is left of a condition once some of its comparisons are answered.

Rules:

1. A comparison without an answer stays as it is, so the residue has the truth value of the condition, unknown included,
   and rests on the same unknown fields, whatever the other facts turn out to be.
2. Nothing is rearranged.
"""

from collections.abc import Callable

from yett.model.unknown import Unknown
from yett.policy.expression import ALWAYS, And, Each, Expression, Leaf, Literal, Not, Or
from yett.policy.interpreter import Look, judge

__all__ = ["NEVER", "Answer", "answering", "residue"]

NEVER = Or(())
"""The condition that is false."""

Answer = Callable[[Literal], bool | None]
"""A comparison's truth; None where it cannot be told yet, or has no answer."""


def answering(look: Look) -> Answer:
    """Answer from the facts that are known; those that *look* says are missing may still be stated."""

    def answer(literal: Literal) -> bool | None:
        raw = look(literal.field)
        return None if raw is Unknown.MISSING else judge(literal, raw)

    return answer


def residue(expression: Expression, answer: Answer) -> Expression:
    """Return what is left of *expression*: `ALWAYS` or `NEVER` where nothing is."""
    match expression:
        case Leaf() | Each():
            truth = answer(expression)
            return expression if truth is None else ALWAYS if truth else NEVER
        case Not(part):
            left = residue(part, answer)
            return NEVER if left == ALWAYS else ALWAYS if left == NEVER else Not(left)
        case And(parts):
            return _joined(And, parts, answer, neutral=ALWAYS, final=NEVER)
        case Or(parts):
            return _joined(Or, parts, answer, neutral=NEVER, final=ALWAYS)


def _joined(
    kind: type[And | Or], parts: tuple[Expression, ...], answer: Answer, *, neutral: Expression, final: Expression
) -> Expression:
    left = []
    for part in parts:
        each = residue(part, answer)
        if each == final:
            return final
        if each != neutral:
            left.append(each)
    return neutral if not left else left[0] if len(left) == 1 else kind(tuple(left))
