"""
Tally: records as their excerpts have them, counted in a comparison.

Rules:

1. What no rule can tell apart is asked about once, and of a record only that is read which has a say.
2. The report is the one that reading every record whole would give, samples included.
3. An excerpt that cannot be understood is nothing to rely on: the record is read whole. One that cannot be read either is
   counted as a record that holds nothing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, compress, pairwise
from operator import itemgetter
from typing import NamedTuple

import orjson

from yett.policy.candidate import NOTHING_KEPT, Judged
from yett.policy.comparison import Comparison, Outcome, money
from yett.policy.groups import Answers, Group
from yett.records.excerpts import Told, told
from yett.records.sheets import Block, Page, column, rows

__all__ = ["Tally"]

_MOST_GROUPS = 1 << 12
"""As many are remembered."""
_BROKEN = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
"""What reading something raises that is not what it should be."""


class _Single(NamedTuple):
    """A record that is noted by itself."""

    sequence: int
    outcome: Outcome | None = None
    """None where it is to be read whole."""
    whom: tuple[str, str, str] = ("", "", "")
    spent: Decimal | None = None


class Tally:
    """Counts records in a comparison."""

    def __init__(self, comparison: Comparison) -> None:
        """Count in *comparison*."""
        self._comparison = comparison
        self._groups: dict[bytes, Group] = {}

    def add(self, page: Page) -> None:
        """Count the records of *page*; what is no record is passed over."""
        blocks = defaultdict[bytes, list[Block]](list)
        for each in page.sheets:
            for which, frame in enumerate(each.frames):
                blocks[frame].append(Block(each, which))
        singly = list(map(_Single, page.others))
        for frame, alike in blocks.items():
            try:
                singly += self._counted(self._group(frame, page), alike)
            except _BROKEN:
                singly += [_Single(block.sheet.first + at) for block in alike for at in block.places]
        for single in sorted(singly, key=itemgetter(0)):
            if single.outcome:
                self._comparison.note(single.outcome, single.whom, single.spent)
            else:
                self._read(page.whole(single.sequence))

    def _group(self, frame: bytes, page: Page) -> Group:
        group = self._groups.get(frame)
        if group is None:
            if len(self._groups) >= _MOST_GROUPS:
                self._groups.clear()
            judgements, names = orjson.loads(page.frame(frame))
            stages = [(Judged.of(each), each["vector"]) for each in judgements]
            group = self._groups[frame] = Group(self._comparison, stages, names)
        return group

    def _counted(self, group: Group, blocks: Sequence[Block]) -> list[_Single]:
        """Count the exchanges in *blocks*, which are those of *group*; return those that would go otherwise."""
        columns, values = [column(blocks, place) for place in group.places], _Values(blocks)
        answers = group.answers(columns, values.count, values)
        singly = list(_different(group, blocks, answers, values))
        for key, times in answers.times.items():
            self._comparison.count(answers.outcomes[key], times)
        return singly

    def _read(self, body: bytes) -> None:
        try:
            record = orjson.loads(body)
            if isinstance(record, dict) and record.get("kind") == "record":
                self._comparison.add(record)
        except _BROKEN:
            self._comparison.count(Outcome(lacking=NOTHING_KEPT))


class _Values:
    """The values of exchanges in *blocks*, by their place in all of them; a block of which some are wanted is read once."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._rows: dict[int, list[tuple[object, ...]]] = {}
        self.begins = list(accumulate((block.size for block in blocks), initial=0))
        self.count = self.begins[-1]

    def __call__(self, at: int) -> Sequence[object]:
        which = bisect_right(self.begins, at) - 1
        if which not in self._rows:
            self._rows[which] = rows(self._blocks[which])
        return self._rows[which][at - self.begins[which]]


def _different(group: Group, blocks: Sequence[Block], answers: Answers, values: _Values) -> Iterator[_Single]:
    """Return those of *blocks* that would go otherwise, as their *answers* say."""
    different = {key for key, outcome in answers.outcomes.items() if outcome.differences}
    wanted = list(map(different.__contains__, answers.keys)) if different else []
    for block, (begin, end) in zip(blocks, pairwise(values.begins), strict=True):
        for place, at in compress(zip(block.places, range(begin, end), strict=True), wanted[begin:end]):
            whom = _told(block.sheet.told[place])
            spent = money({"cost": whom.cost, "judgements": []})
            if spent is None:
                spent = money({"cost": "", "judgements": [{"vector": each} for each in group.vectors(values(at))]})
            yield _Single(block.sheet.first + place, answers.outcomes[answers.keys[at]], whom[:3], spent)


def _told(written: bytes) -> Told:
    try:
        return told(written)
    except _BROKEN:
        return Told("", "", "", "")
