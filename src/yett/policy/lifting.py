"""
Lifting: conditions on text become tests that a detector answers.

Policy sees only the boolean `text.<id>`; the identifier follows from what is asked, so the same question has the same
name in every policy.
"""

import hashlib
import json
from collections.abc import Callable

from yett.policy.expression import Operator, searcher
from yett.ports.decider import TextTest

__all__ = ["LIFTED", "compiled", "holds", "lifted"]

LIFTED = frozenset(
    {Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.EQ, Operator.IN, Operator.MATCHES}
)
"""The operators that can be asked of a text; negation stays in the policy."""

_DIGITS = 16
"""64 bits: two of a million tests share a name with a chance below one in ten million."""


def lifted(field: str, operator: Operator, value: str | tuple[str, ...]) -> TextTest:
    """Return the test whether the text *field* fulfils *operator* with *value*."""
    asked = json.dumps([field, operator, value], ensure_ascii=True)
    return TextTest(hashlib.sha256(asked.encode()).hexdigest()[:_DIGITS], field, operator.value, value)


def compiled(test: TextTest) -> Callable[[str], bool]:
    """Return *test* as a function of the text."""
    value = test.value
    if isinstance(value, tuple):
        allowed = frozenset(value)
        return lambda text: text in allowed
    match test.operator:
        case Operator.CONTAINS:
            return lambda text: value in text
        case Operator.STARTS_WITH:
            return lambda text: text.startswith(value)
        case Operator.ENDS_WITH:
            return lambda text: text.endswith(value)
        case Operator.MATCHES:
            return searcher(value)
        case _:
            return lambda text: text == value


def holds(test: TextTest, text: str) -> bool:
    """Say whether *test* holds of *text*."""
    return compiled(test)(text)
