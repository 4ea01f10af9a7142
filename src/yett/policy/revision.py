"""
Revision: the name of what policies mean, the same for the same meaning and another for any other.

It is the SHA-256 of the clauses as JSON, in their order, which is total: so it says nothing about how they came. The JSON is
written here, since most of it is the same few comparisons again.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter

from yett.policy.clause import Clause
from yett.policy.expression import And, Leaf

__all__ = ["revision_of", "written"]

_PLAIN = frozenset({int, float, bool, type(None), Decimal})


def revision_of(clauses: Iterable[Clause]) -> str:
    """Return the revision of *clauses*."""
    writer = _Writer()
    in_order = sorted(clauses, key=attrgetter("order"))
    told = ", ".join([clause.told or writer.clause(clause) for clause in in_order])
    return hashlib.sha256(f"[{told}]".encode()).hexdigest()


def written(clause: Clause) -> str:
    """Return what is written of one *clause*."""
    return _Writer().clause(clause)


class _Writer:
    """Writes what is told as JSON that says the same for equal values, and something else for others."""

    def __init__(self) -> None:
        self._compared: dict[type, tuple[str, ...]] = {}
        """By the type, the names of what makes two of them equal."""
        self._told: dict[int, str] = {}
        """What many clauses have, by identity: the clauses hold it."""
        self._comparisons: dict[tuple[int, int, int], str] = {}
        """Fields, sorts and operators, by identity as well."""
        self._sets: dict[frozenset[object], str] = {}

    def clause(self, clause: Clause) -> str:
        owed = ", ".join([self.value(each) for each in clause.obligations])
        return (
            f'["Clause", {quoted(clause.policy)}, {quoted(clause.version)}, {quoted(clause.rule)}, {clause.priority}, '
            f"{quoted(clause.effect)}, {self.value(clause.condition)}, {self._kept(clause.stages)}, "
            f"{'true' if clause.definite else 'false'}, {quoted(clause.text)}, [{owed}]]"
        )

    def _kept(self, value: object) -> str:
        return self._told.get(id(value)) or self._told.setdefault(id(value), self._other(type(value), value))

    def value(self, value: object) -> str:
        kind = type(value)
        if kind is Leaf:
            return self._told.get(id(value)) or self._leaf(value)  # type: ignore[arg-type]
        if kind is And:
            return f'["And", [{", ".join([self.value(part) for part in value.parts])}]]'  # type: ignore[attr-defined]
        if isinstance(value, str):
            return quoted(value)
        return self._other(kind, value)

    def _leaf(self, leaf: Leaf) -> str:
        value = leaf.value
        number = repr(value) if type(value) is float else self.value(value)
        told = f'["Leaf", {self._asked(leaf)}, {number}, {self._kept(leaf.sorts)}]'
        self._told[id(leaf)] = told
        return told

    def _asked(self, leaf: Leaf) -> str:
        """Tell what *leaf* asks of which field; most do as many others do, and have it from the same place."""
        asked = id(leaf.field), id(leaf.sort), id(leaf.operator)
        told = self._comparisons.get(asked)
        if told is None:
            told = self._comparisons[asked] = f"{quoted(leaf.field)}, {quoted(leaf.sort)}, {quoted(leaf.operator)}"
        return told

    def _other(self, kind: type, value: object) -> str:
        names = self._compared.get(kind)
        if names is None:
            if kind in _PLAIN:
                return json.dumps(value, default=repr)
            if isinstance(value, tuple):
                return f"[{', '.join([self.value(item) for item in value])}]"
            if isinstance(value, frozenset):
                return self._set(value)
            parts = dataclasses.fields(value)  # type: ignore[arg-type]  # nothing else is left
            names = self._compared[kind] = tuple(part.name for part in parts if part.compare)
        told = ", ".join([self.value(getattr(value, name)) for name in names])
        return f'["{kind.__name__}", {told}]' if told else f'["{kind.__name__}"]'

    def _set(self, value: frozenset[object]) -> str:
        told = self._sets.get(value)
        if told is None:
            told = self._sets[value] = f"[{', '.join(sorted([self.value(item) for item in value]))}]"
        return told
