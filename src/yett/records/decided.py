"""
Decided: records of decisions about which nothing else is to be told, such as those of the library.

They are what `yett.records.building.serialise` makes of them, byte for byte; what one decision's records have in common is
written once.
"""

from builtins import id as id_of

import orjson

from yett.model.decision import Decision
from yett.model.record import Judgement, Record
from yett.model.stage import Stage
from yett.records.building import serialise

__all__ = ["DecisionRecords"]

_MOST = 1 << 24
"""How many bytes are kept of what decisions have in common; at one more all are forgotten."""
_HEAD = b'{"format":1,"kind":"record","id":'


class DecisionRecords:
    """Writes records of an *operation* that is a decision and nothing more."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._rests: dict[tuple[Stage, int], tuple[Decision, bytes]] = {}
        """By the identity of the decisions, which are kept so that no other can take it."""
        self._held = 0

    def of(self, id: str, at: float, stage: Stage, decision: Decision) -> bytes:
        """Return the record *id* of what was decided at a *stage*, *at* seconds since 1970-01-01 UTC, as canonical JSON."""
        known = self._rests.get((stage, id_of(decision)))
        rest = known[1] if known is not None else self._rest(stage, decision)
        return b'%b%b,"at":%b%b' % (_HEAD, orjson.dumps(id), orjson.dumps(at), rest)

    def _rest(self, stage: Stage, decision: Decision) -> bytes:
        """Return what follows the time."""
        judged = Judgement(
            stage=stage.value,
            effect=decision.effect.value,
            allowed=decision.allowed,
            rules=tuple(f"{reason.policy}@{reason.version}/{reason.rule}" for reason in decision.reasons),
            unknown=tuple(sorted({name for reason in decision.reasons for name in reason.unknown})),
            findings=(),
            coverage=(),
            revision=decision.revision,
        )
        whole = serialise(Record("", 0.0, self._operation, decision.revision, judgements=[judged]))
        rest = whole.removeprefix(_HEAD + b'"","at":0.0')
        self._held += len(rest)
        if self._held > _MOST:
            self._rests.clear()
            self._held = len(rest)
        if len(rest) <= _MOST:
            self._rests[stage, id_of(decision)] = decision, rest
        return rest
