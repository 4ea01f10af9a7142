"""
Tally: records as their excerpts have them, counted in a comparison.

Rules:

1. What no rule can tell apart is asked about once, and of a record only that is read which has a say.
2. The report is the one that reading every record whole would give, samples included.
3. An excerpt that cannot be understood is nothing to rely on: the record is read whole. One that cannot be read either is
   counted as a record that holds nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import itemgetter

import orjson

from yett.policy.candidate import NOTHING_KEPT, Judged
from yett.policy.comparison import Comparison, Outcome, money
from yett.policy.groups import Group, Groups
from yett.records.excerpts import HOLE, Page, Told, told, vectors

__all__ = ["Tally"]

_MOST_GROUPS = 1 << 14
"""As many are remembered, of about two kilobytes each."""
_BROKEN = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
"""What reading something raises that is not what it should be."""

_Row = Sequence[int | float]


class Tally:
    """Counts records in a comparison."""

    def __init__(self, comparison: Comparison) -> None:
        """Count in *comparison*."""
        self._comparison = comparison
        self._told_apart = Groups(comparison, HOLE)
        self._groups: dict[bytes, Group] = {}

    def add(self, page: Page) -> None:
        """Count the records of *page*; what is no record is passed over."""
        places = defaultdict[bytes | None, list[int]](list)
        for at, name in enumerate(page.groups):
            places[name].append(at)
        singly: list[tuple[int, Outcome | None, Group | None, _Row]] = []
        for name, alike in places.items():
            try:
                singly += self._counted(self._group(name, page), alike, [page.numbers[at] for at in alike])
            except _BROKEN:
                singly += [(at, None, None, ()) for at in alike]
        for at, outcome, group, row in sorted(singly, key=itemgetter(0)):
            if outcome and group:
                self._note(outcome, group, row, page.told[at])
            else:
                self._read(page.whole(at))

    def _group(self, name: bytes | None, page: Page) -> Group:
        if name is None:
            raise ValueError("there is no excerpt")
        group = self._groups.get(name)
        if group is None:
            if len(self._groups) >= _MOST_GROUPS:
                self._groups.clear()
            digest, _, texts = name.partition(b"\n")
            stages = [(Judged.of(each), each["vector"]) for each in orjson.loads(page.frame(digest))]
            group = self._groups[name] = self._told_apart.group(digest, stages, vectors(texts))
        return group

    def _counted(
        self, group: Group, places: Sequence[int], rows: Sequence[_Row]
    ) -> list[tuple[int, Outcome | None, Group | None, _Row]]:
        """Count the exchanges of *group* with those *rows* of numbers; return those that would go otherwise."""
        keys = group.keys(rows)
        outcomes = {key: group.outcome(key, row) for key, row in dict(zip(keys, rows, strict=True)).items()}
        for key, times in Counter(keys).items():
            self._comparison.count(outcomes[key], times)
        if not any(outcome.differences for outcome in outcomes.values()):
            return []
        each = zip(places, map(outcomes.__getitem__, keys), rows, strict=True)
        return [(at, outcome, group, row) for at, outcome, row in each if outcome.differences]

    def _note(self, outcome: Outcome, group: Group, row: _Row, written: bytes) -> None:
        try:
            whom = told(written)
        except _BROKEN:
            whom = Told("", "", "", "")
        spent = money({"cost": whom.cost, "judgements": []})
        if spent is None:
            spent = money({"cost": "", "judgements": [{"vector": vector} for vector in group.vectors(row)]})
        self._comparison.note(outcome, whom[:3], spent)

    def _read(self, body: bytes) -> None:
        try:
            record = orjson.loads(body)
            if isinstance(record, dict) and record.get("kind") == "record":
                self._comparison.add(record)
        except _BROKEN:
            self._comparison.count(Outcome(lacking=NOTHING_KEPT))
