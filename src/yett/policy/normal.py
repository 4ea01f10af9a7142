"""
Normal: an expression as a disjunction of conjuncts of literals.

In Kleene's logic negation, distribution and idempotence keep every truth value, unknown included, so the normal form
may be asked in place of the expression. The law of the excluded middle does not hold and is not used.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yett.policy.expression import And, Each, Expression, Leaf, Literal, Not

__all__ = ["Term", "conjuncts"]

_CAP = 16
"""More conjuncts than that are not worth their bits; such a condition is asked as it is."""


class Term(NamedTuple):
    """A literal or its contrary."""

    literal: Literal
    positive: bool


_Conjunct = tuple[Term, ...]
_new = tuple.__new__


def conjuncts(expression: Expression) -> tuple[_Conjunct, ...] | None:
    """Return the conjuncts of *expression*; None when there are too many."""
    return _normal(expression, positive=True)


def _normal(expression: Expression, *, positive: bool) -> tuple[_Conjunct, ...] | None:
    if positive and type(expression) is And:
        # Nearly every rule asks for some comparisons together.
        terms = []
        for part in expression.parts:
            if type(part) is Leaf:
                terms.append(_new(Term, (part, True)))
            elif type(part) is Not and type(part.part) is Leaf:
                terms.append(_new(Term, (part.part, False)))
            else:
                break
        else:
            return (_joined(terms),)
    if isinstance(expression, Leaf | Each):
        return ((Term(expression, positive),),)
    if isinstance(expression, Not):
        return _normal(expression.part, positive=not positive)
    normals = []
    for part in expression.parts:
        normal = _normal(part, positive=positive)
        if normal is None:
            return None
        normals.append(normal)
    return _product(normals) if isinstance(expression, And) is positive else _sum(normals)


def _sum(normals: list[tuple[_Conjunct, ...]]) -> tuple[_Conjunct, ...] | None:
    every = tuple(dict.fromkeys(conjunct for normal in normals for conjunct in normal))
    return every if len(every) <= _CAP else None


def _product(normals: list[tuple[_Conjunct, ...]]) -> tuple[_Conjunct, ...] | None:
    if all(len(normal) == 1 for normal in normals):
        return (_joined([term for (conjunct,) in normals for term in conjunct]),)
    product: tuple[_Conjunct, ...] = ((),)
    for normal in normals:
        product = tuple(
            dict.fromkeys(_joined((*left, *right)) for left in product for right in normal),
        )
        if len(product) > _CAP:
            return None
    return product


def _joined(terms: Sequence[Term]) -> _Conjunct:
    """Return *terms*, each once; those of different fields are never the same."""
    if len({term[0].field for term in terms}) == len(terms):
        return tuple(terms)
    return tuple(dict.fromkeys(terms))
