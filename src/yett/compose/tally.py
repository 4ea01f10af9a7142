"""
Tally: records as they are stored, counted in a comparison.

Rules:

1. What is alike in bytes is asked about once, and of a record only that is read which has a say.
2. The report is the one that reading every record whole would give; a record that is not written as all others are is
   read whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson

from yett.policy.candidate import Judged
from yett.policy.comparison import Comparison, Outcome, money, price
from yett.records.excerpts import judgements, stages, told

__all__ = ["Tally"]

_MOST_OUTCOMES = 1 << 15
"""As many are remembered, of about two kilobytes each."""
_MOST_JUDGED = 1 << 12


class Tally:
    """Counts records in a comparison."""

    def __init__(self, comparison: Comparison) -> None:
        """Count in *comparison*."""
        self._comparison = comparison
        self._judged: dict[bytes, Judged] = {}
        self._outcomes: dict[bytes, Outcome] = {}

    def add(self, bodies: Sequence[bytes]) -> None:
        """Count the entries with those *bodies*; what is no record is passed over."""
        cut = list(map(judgements, bodies))
        singly: dict[bytes | None, Outcome | None] = {}
        for judged, times in Counter(cut).items():
            outcome = self._outcome(judged) if judged is not None else None
            if outcome is None or outcome.differences:
                singly[judged] = outcome
            if outcome is not None:
                self._comparison.count(outcome, times)
        if singly:
            for judged, body in zip(cut, bodies, strict=True):
                if judged in singly:
                    self._note(singly[judged], body)

    def _outcome(self, judged: bytes) -> Outcome | None:
        """Say what comes of asking about the judgements *judged*; None where they are not written as others are."""
        outcome = self._outcomes.get(judged)
        if outcome is None:
            try:
                outcome = self._comparison.outcome(self._stages(judged))
            except (ValueError, KeyError):
                return None
            if len(self._outcomes) >= _MOST_OUTCOMES:
                self._outcomes.clear()
            self._outcomes[judged] = outcome
        return outcome

    def _stages(self, judged: bytes) -> list[tuple[Judged, object]]:
        found: list[tuple[Judged, object]] = []
        last, vector = b"", None
        for frame, written in stages(judged):
            known = self._judged.get(frame)
            if known is None:
                if len(self._judged) >= _MOST_JUDGED:
                    self._judged.clear()
                known = self._judged[frame] = Judged.of(orjson.loads(frame))
            # A response is mostly judged by what its request was judged by.
            if written != last:
                last, vector = written, orjson.loads(written)
            found.append((known, vector if written else known.vector))
        return found

    def _note(self, outcome: Outcome | None, body: bytes) -> None:
        """Note what is different about one exchange, or count it, where its judgements were not plain."""
        whom = told(body) if outcome else None
        amount = price(whom.cost) if whom else None
        if outcome and whom and amount is not None:
            self._comparison.note(outcome, whom[:3], amount)
            return
        record = orjson.loads(body)
        if outcome:
            self._comparison.note(outcome, (record["id"], record["tenant"], record["model"]), money(record))
        elif isinstance(record, Mapping) and record.get("kind") == "record":
            self._comparison.add(record)
