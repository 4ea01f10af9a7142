"""
Answers: what the decision point says, as JSON.

Decisions are few and questions many: a program makes one object for all questions that the same rules match. So the
JSON of a decision is kept beside it, for the last few thousand; the question has no part in that.
"""

from collections.abc import Iterable
from decimal import Decimal

import orjson

from yett.model.decision import Decision
from yett.services.deciding import Answer
from yett.services.shapes import decision_shape, explanation_shape

__all__ = ["Answers"]

_KEPT = 4096
_MICROSECONDS = 1e6


class Answers:
    """Writes answers."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Decision, bytes]] = {}

    def one(self, answer: Answer) -> bytes:
        """Write *answer*."""
        if answer.explanation is not None:
            decision = {**decision_shape(answer.decision), "explanation": explanation_shape(answer.explanation)}
            del decision["explanation"]["decision"]  # type: ignore[attr-defined]  # it stands around it
            told = orjson.dumps(decision)
        else:
            told = self._decision(answer.decision)
        facts = orjson.dumps(dict(answer.facts), default=_spoken) if answer.facts else b"{}"
        took = answer.duration * _MICROSECONDS
        return b'{"decision":%b,"facts":%b,"duration_us":%.1f}' % (told, facts, took)

    def several(self, answers: Iterable[Answer], duration: float) -> bytes:
        """Write *answers*, which took *duration* seconds together."""
        listed = b",".join(map(self.one, answers))
        return b'{"results":[%b],"duration_us":%.1f}' % (listed, duration * _MICROSECONDS)

    def _decision(self, decision: Decision) -> bytes:
        kept = self._kept.get(id(decision))
        if kept is not None and kept[0] is decision:
            return kept[1]
        told = orjson.dumps(decision_shape(decision))
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[id(decision)] = decision, told
        return told


def _spoken(value: object) -> object:
    """Say what JSON has no word for: an amount of money that no float tells is a text."""
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError
