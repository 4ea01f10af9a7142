"""
Answers: what the decision point says, as JSON.

Decisions are few and questions many: a program makes one object for all questions that the same rules match. So the
JSON of a decision is kept beside it, for the last few thousand; the question has no part in that.
"""

from collections.abc import Iterable, Sequence
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
        self._told: dict[int, bytes] = {}
        """By the identity of the decisions, which are kept so that no other can take it."""
        self._kept: list[Decision] = []

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

    def alike(self, decisions: Sequence[Decision], duration: float) -> bytes:
        """Write answers that are nothing but *decisions*, at least one, each of which took *duration* seconds."""
        told = list(map(self._told.get, map(id, decisions)))
        written: list[bytes] = told if all(told) else list(map(self._decision, decisions))  # type: ignore[assignment]
        end = b',"facts":{},"duration_us":%.1f}' % (duration * _MICROSECONDS)
        written[0] = b'{"decision":' + written[0]
        written[-1] += end
        return (end + b',{"decision":').join(written)

    def batch(self, written: Iterable[bytes], duration: float) -> bytes:
        """Write a batch of answers that are *written*, in order, which took *duration* seconds together."""
        return b'{"results":[%b],"duration_us":%.1f}' % (b",".join(written), duration * _MICROSECONDS)

    def _decision(self, decision: Decision) -> bytes:
        told = self._told.get(id(decision))
        if told is None:
            if len(self._told) >= _KEPT:
                self._told.clear()
                self._kept.clear()
            self._kept.append(decision)
            told = self._told[id(decision)] = orjson.dumps(decision_shape(decision))
        return told


def _spoken(value: object) -> object:
    """Say what JSON has no word for: an amount of money that no float tells is a text."""
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError
