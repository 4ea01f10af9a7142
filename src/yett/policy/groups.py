"""
Groups: exchanges that no rule of a candidate can tell apart, asked about once.

Rules:

1. What rules do not read has no say, of a number only how it stands to those that rules compare it with, and of a text, where
   they ask no more, only which of theirs it is.
2. An exchange is one question: all its judgements are told apart by one key.
3. Facts come by the column: those of exchanges that were judged alike, by vectors with facts of the same names.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from operator import add
from typing import NamedTuple

import orjson

from yett.model.stage import Stage
from yett.policy.candidate import Candidate, Judged, Number
from yett.policy.comparison import Comparison, Outcome
from yett.policy.vector import MARK

__all__ = ["Answers", "Group"]

_MOST_ALIKE = 1 << 14
"""As many outcomes are remembered of exchanges that have something in common."""
_NUMBERS = frozenset((int, float))

_Stages = Sequence[tuple[Judged, int]]
"""The judgements, and which vector each had."""
_Names = Sequence[Sequence[str] | None]
"""Of each vector the names of its facts, in order; None where it holds nothing."""
_Values = Callable[[int], Sequence[object]]
_Key = tuple[object, ...]
_DIFFER = ()
"""In place of what exchanges do not have in common; no fact is like it."""


class _Say(NamedTuple):
    """What of a fact has a say."""

    place: int
    """Which column it is."""
    bounds: Sequence[Number]
    """The numbers that it is compared with, if only how it stands to them has a say."""
    texts: frozenset[str] | None
    """The texts that it is compared with, if only which of them it is has a say."""


class Answers(NamedTuple):
    """What comes of asking about some exchanges."""

    keys: Sequence[object]
    """Of each, what tells it apart from the others."""
    times: Counter[object]
    """How many there are of each key."""
    outcomes: Mapping[object, Outcome]
    """By key."""


class Group:
    """Exchanges that were judged alike."""

    def __init__(self, comparison: Comparison, stages: _Stages, names: _Names) -> None:
        """Ask *comparison* about exchanges with these *stages*, whose vectors have facts of these *names*."""
        self._comparison = comparison
        self._stages = stages
        self._names = names
        self._says = _says(comparison.candidate, stages, names)
        self._known: dict[_Key, dict[object, Outcome]] = {}
        self.places = tuple(say.place for say in self._says)
        """The columns that have a say: counted over all vectors, in order."""

    def answers(self, columns: Sequence[Sequence[object]], count: int, values: _Values) -> "Answers":
        """
        Say what comes of asking about *count* exchanges, of which these are the *columns* at `places`, in order.

        A column of one value is one of which all values are the same; *values* returns all of the exchange at a place.

        Raises:
            ValueError: there are more values, or fewer, than names.
        """
        same, keys = self._keys(columns, count)
        times = Counter(keys)
        known = self._remembered(same)
        if missing := times.keys() - known.keys():
            where = dict(zip(keys, range(count), strict=True))
            known.update({key: self._asked(values(where[key])) for key in missing})
        return Answers(keys, times, {key: known[key] for key in times})

    def _keys(self, columns: Sequence[Sequence[object]], count: int) -> tuple[_Key, Sequence[object]]:
        """Return what the exchanges have in common, and of each what tells it apart from the others."""
        codes = [_codes(column, say) for column, say in zip(columns, self._says, strict=True)]
        alike = [each.count(each[0]) == len(each) for each in codes]
        same = tuple(_DIFFER if not one else each[0] for each, one in zip(codes, alike, strict=True))
        differ = [each for each, one in zip(codes, alike, strict=True) if not one]
        if not differ:
            return same, [()] * count
        return same, differ[0] if len(differ) == 1 else list(zip(*differ, strict=True))

    def _remembered(self, same: _Key) -> dict[object, Outcome]:
        if len(self._known) >= _MOST_ALIKE:
            self._known.clear()
        known = self._known.setdefault(same, {})
        if len(known) >= _MOST_ALIKE:
            known.clear()
        return known

    def _asked(self, values: Sequence[object]) -> Outcome:
        judged = [each for each, _ in self._stages]
        return self._comparison.outcome(tuple(zip(judged, self.vectors(values), strict=True)))

    def vectors(self, values: Sequence[object]) -> list[dict[str, object] | None]:
        """
        Return the vector of each judgement of an exchange that has these *values*.

        Raises:
            ValueError: there are more values, or fewer, than names.
        """
        if len(values) != sum(len(names or ()) for names in self._names):
            raise ValueError("the values are not those of the vectors")
        left = iter(values)
        filled = [names if names is None else dict(zip(names, left)) for names in self._names]  # noqa: B905
        return [filled[at] for _, at in self._stages]


def _says(candidate: Candidate, stages: _Stages, names: _Names) -> list[_Say]:
    fields = [(at, name) for at, known in enumerate(names) for name in known or ()]
    says = []
    for place, (at, name) in enumerate(fields):
        asked = [judged.stage for judged, which in stages if which == at]
        reading = [stage for stage in asked if name in candidate.reads(stage)]
        if reading or name == MARK:
            bounds = [candidate.bounds(stage).get(name) for stage in reading]
            every = frozenset[Number]().union(*(each for each in bounds if each))
            says.append(_Say(place, sorted(every) if all(bounds) else (), _texts(candidate, reading, name)))
    return says


def _texts(candidate: Candidate, reading: Sequence[Stage], name: str) -> frozenset[str] | None:
    """Return the texts that rules of the stages *reading* it compare the field *name* with; None where they ask more."""
    known = [texts for stage in reading if (texts := candidate.texts(stage).get(name)) is not None]
    return frozenset[str]().union(*known) if known and len(known) == len(reading) else None


def _codes(column: Sequence[object], say: _Say) -> Sequence[object]:
    """Return of each value of *column* what has a say; what has the same is the same."""
    kinds = set(map(type, column))
    if say.bounds and kinds <= _NUMBERS:
        return _weighed(column, say.bounds)  # type: ignore[arg-type]
    if kinds == {str}:
        return column if say.texts is None else [each if each in say.texts else None for each in column]
    return [_code(each, say) for each in column]


def _weighed(column: Sequence[int | float], bounds: Sequence[Number]) -> Sequence[int]:
    """Return of each number how it stands to *bounds*: twice as many as are below it, and one more where it is one."""
    return list(map(add, map(bisect_left, repeat(bounds), column), map(bisect_right, repeat(bounds), column)))


def _code(value: object, say: _Say) -> object:
    if say.bounds and type(value) in _NUMBERS:
        return _weighed([value], say.bounds)[0]  # type: ignore[list-item]
    if say.texts is not None and isinstance(value, str):
        return value if value in say.texts else None
    return orjson.dumps(_said(value, say.texts))


def _said(value: object, texts: frozenset[str] | None) -> object:
    """Return what has a say of *value*: two things of a list of *texts*, all of others."""
    if texts is not None and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(texts.intersection(value)), not texts.issuperset(value)
    return [value]
