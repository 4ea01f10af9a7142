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

from yett.policy.clause import Clause
from yett.policy.expression import And, Leaf

__all__ = ["revision_of"]

_PLAIN = frozenset({int, float, bool, type(None), Decimal})


def revision_of(clauses: Iterable[Clause]) -> str:
    """Return the revision of *clauses*."""
    writer = _Writer()
    told = ", ".join([writer.clause(clause) for clause in sorted(clauses, key=lambda clause: clause.order)])
    return hashlib.sha256(f"[{told}]".encode()).hexdigest()


class _Writer:
    """Writes what is told as JSON that says the same for equal values, and something else for others."""

    def __init__(self) -> None:
        self._compared: dict[type, tuple[str, ...]] = {}
        """By the type, the names of what makes two of them equal."""
        self._leaves: dict[int, str] = {}
        """The comparisons that are told already, by identity: the clauses hold them."""
        self._sets: dict[frozenset[object], str] = {}

    def clause(self, clause: Clause) -> str:
        owed = ", ".join([self.value(each) for each in clause.obligations])
        return (
            f'["Clause", {quoted(clause.policy)}, {quoted(clause.version)}, {quoted(clause.rule)}, {clause.priority}, '
            f"{quoted(clause.effect)}, {self.value(clause.condition)}, {self.value(clause.stages)}, "
            f"{'true' if clause.definite else 'false'}, {quoted(clause.text)}, [{owed}]]"
        )

    def value(self, value: object) -> str:
        if isinstance(value, Leaf):
            return self._leaves.get(id(value)) or self._leaf(value)
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, And):
            return f'["And", [{", ".join([self.value(part) for part in value.parts])}]]'
        return self._other(type(value), value)

    def _leaf(self, leaf: Leaf) -> str:
        value = leaf.value
        number = repr(value) if type(value) is float else self.value(value)
        sorts = ", ".join(map(quoted, leaf.sorts))
        told = f'["Leaf", {quoted(leaf.field)}, {quoted(leaf.sort)}, {quoted(leaf.operator)}, {number}, [{sorts}]]'
        self._leaves[id(leaf)] = told
        return told

    def _other(self, kind: type, value: object) -> str:
        if kind in _PLAIN:
            return json.dumps(value, default=repr)
        if isinstance(value, tuple):
            return f"[{', '.join([self.value(item) for item in value])}]"
        if isinstance(value, frozenset):
            told = self._sets.get(value)
            if told is None:
                told = self._sets[value] = f"[{', '.join(sorted([self.value(item) for item in value]))}]"
            return told
        if kind not in self._compared:
            parts = dataclasses.fields(value)  # type: ignore[arg-type]  # nothing else is left
            self._compared[kind] = tuple(part.name for part in parts if part.compare)
        told = ", ".join([self.value(getattr(value, name)) for name in self._compared[kind]])
        return f'["{kind.__name__}", {told}]' if told else f'["{kind.__name__}"]'
