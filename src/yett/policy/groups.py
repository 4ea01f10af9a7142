"""
Groups: exchanges that no rule of a candidate can tell apart, asked about once.

Rules:

1. What rules do not read has no say, of a number only how it stands to those that rules compare it with, and of a text, where
   they ask no more, only which of theirs it is.
2. An exchange is one question: all its judgements are told apart by one key.
3. Numbers are kept apart from everything else, and come by the column: most exchanges differ in numbers alone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import add
from typing import NamedTuple

import orjson

from yett.model.stage import Stage
from yett.policy.candidate import Candidate, Judged, Number
from yett.policy.comparison import Comparison, Outcome
from yett.policy.vector import MARK

__all__ = ["Group", "Groups"]

_MOST_SHAPES = 1 << 12
_MOST_ALIKE = 1 << 14
"""As many are remembered of one shape, and as many outcomes of what is alike."""

_Place = tuple[int, str]
"""Which vector, and the field in it."""
_Vectors = Sequence[Mapping[str, object] | None]
_Stages = Sequence[tuple[Judged, int]]
"""The judgements, and which vector each had."""
_Key = tuple[object, ...]


class _Shape(NamedTuple):
    """What has a say in exchanges that were judged alike by vectors with the same fields."""

    plain: tuple[tuple[int, str, frozenset[str] | None], ...]
    """Has it as it is; but of a text only which of these it is, if there are any."""
    weighed: tuple[tuple[int, tuple[Number, ...]], ...]
    """Which of the numbers have it, and what they are compared with; with nothing where they are read as they are."""
    alike: dict[bytes, dict[_Key, Outcome]]


class Groups:
    """Tells exchanges apart as far as rules do."""

    def __init__(self, comparison: Comparison, hole: Mapping[str, object]) -> None:
        """Ask *comparison*; *hole* stands in vectors for numbers that are elsewhere."""
        self._comparison = comparison
        self._hole = hole
        self._shapes: dict[_Key, _Shape] = {}

    def group(self, frame: bytes, stages: _Stages, vectors: _Vectors) -> "Group":
        """Return the group of exchanges that have the same *vectors* but for numbers; *frame* is a name of their *stages*."""
        names = tuple(tuple(vector or ()) for vector in vectors)
        holes = tuple(
            (at, name)
            for at, vector in enumerate(vectors)
            for name, value in (vector or {}).items()
            if type(value) is dict and value == self._hole
        )
        key = (frame, names, holes)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            shape = self._shapes[key] = _shape(self._comparison.candidate, stages, names, holes)
        said = orjson.dumps([_said((vectors[at] or {})[name], texts) for at, name, texts in shape.plain])
        if len(shape.alike) >= _MOST_ALIKE:
            shape.alike.clear()
        outcomes = shape.alike.setdefault(said, {})
        return Group(self._comparison, stages, (vectors, holes), shape.weighed, outcomes)


class Group:
    """Exchanges that differ in numbers alone. `Groups` makes it."""

    def __init__(
        self,
        comparison: Comparison,
        stages: _Stages,
        template: tuple[_Vectors, Sequence[_Place]],
        weighed: Sequence[tuple[int, Sequence[Number]]],
        outcomes: dict[_Key, Outcome],
    ) -> None:
        self._comparison = comparison
        self._stages = stages
        self._vectors, self._holes = template
        self._weighed = weighed
        self._outcomes = outcomes

    def keys(self, rows: Sequence[Sequence[int | float]]) -> list[_Key]:
        """
        Return what tells exchanges apart that have those *rows* of numbers.

        Raises:
            ValueError: there are more numbers, or fewer, than places for them.
            TypeError: they are no numbers.
        """
        columns = tuple(zip(*rows, strict=True))
        if len(columns) != len(self._holes):
            raise ValueError("the numbers are not those of the vector")
        found = [_weighed(columns[place], bounds) for place, bounds in self._weighed]
        return list(zip(*found, strict=True)) if found else [()] * len(rows)

    def outcome(self, key: _Key, row: Sequence[int | float]) -> Outcome:
        """Say what comes of asking about an exchange that has the *row* of numbers and so that *key*."""
        outcome = self._outcomes.get(key)
        if outcome is None:
            if len(self._outcomes) >= _MOST_ALIKE:
                self._outcomes.clear()
            judged = [each for each, _ in self._stages]
            outcome = self._comparison.outcome(tuple(zip(judged, self.vectors(row), strict=True)))
            self._outcomes[key] = outcome
        return outcome

    def vectors(self, row: Sequence[int | float]) -> list[dict[str, object] | None]:
        """Return the vector of each judgement of an exchange that has the *row* of numbers."""
        filled = [None if vector is None else dict(vector) for vector in self._vectors]
        for (at, name), number in zip(self._holes, row, strict=True):
            vector = filled[at]
            if vector is not None:
                vector[name] = number
        return [filled[at] for _, at in self._stages]


def _shape(candidate: Candidate, stages: _Stages, names: Sequence[Sequence[str]], holes: Sequence[_Place]) -> _Shape:
    asked = [[judged.stage for judged, at in stages if at == which] for which in range(len(names))]
    apart = set(holes)
    plain = [
        (at, name, _texts(candidate, asked[at], name))
        for at, fields in enumerate(names)
        for name in fields
        if (at, name) not in apart and (name == MARK or any(name in candidate.reads(stage) for stage in asked[at]))
    ]
    weighed = []
    for place, (at, name) in enumerate(holes):
        bounds = [candidate.bounds(stage).get(name) for stage in asked[at] if name in candidate.reads(stage)]
        if bounds:
            every = frozenset[Number]().union(*(each for each in bounds if each))
            weighed.append((place, tuple(sorted(every)) if all(bounds) else ()))
    return _Shape(tuple(plain), tuple(weighed), {})


def _texts(candidate: Candidate, stages: Sequence[Stage], name: str) -> frozenset[str] | None:
    """Return the texts that rules of *stages* compare the field *name* with; None where they ask more of a text."""
    compared = [candidate.texts(stage).get(name) for stage in stages if name in candidate.reads(stage)]
    known = [each for each in compared if each is not None]
    return frozenset[str]().union(*known) if known and len(known) == len(compared) else None


def _said(value: object, texts: frozenset[str] | None) -> object:
    """Return what has a say of *value*: of a text one or none of *texts*, two things of a list of texts, all of others."""
    if texts is None:
        return value
    if isinstance(value, str):
        return value if value in texts else None
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(texts.intersection(value)), not texts.issuperset(value)
    return [value]


def _weighed(column: Sequence[int | float], bounds: Sequence[Number]) -> Sequence[object]:
    """Return of each number how it stands to *bounds*: twice as many as are below it, and one more where it is one."""
    if not bounds:
        return tuple(map(repr, column))
    return tuple(map(add, map(bisect_left, repeat(bounds), column), map(bisect_right, repeat(bounds), column)))
