"""Wording: a whole condition in words."""

from collections.abc import Mapping

from yett.policy.changes import worded
from yett.policy.expression import And, Each, Expression, Leaf, Not, Or
from yett.ports.decider import TextTest

__all__ = ["phrased"]


def phrased(expression: Expression, asked: Mapping[str, TextTest]) -> str:
    """Return what *expression* asks; *asked* are the conditions on text by their fields."""
    match expression:
        case Leaf() | Each():
            return worded(expression, asked)
        case Not(Leaf() | Each() as part):
            return worded(part, asked, positive=False)
        case Not(part):
            return f"not ({phrased(part, asked)})"
        case And(parts):
            return " and ".join(_grouped(part, asked, Or) for part in parts) or "always"
        case Or(parts):
            return " or ".join(_grouped(part, asked, And) for part in parts) or "never"


def _grouped(part: Expression, asked: Mapping[str, TextTest], other: type[And | Or]) -> str:
    words = phrased(part, asked)
    return f"({words})" if isinstance(part, other) and len(part.parts) > 1 else words
