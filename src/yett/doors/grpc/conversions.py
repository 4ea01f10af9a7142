"""
Conversions: messages to questions for the decision point, and its answers to messages.

Rules:

1. A value keeps its type: 5, 5.0, "5" and true stay apart on the way in and on the way out.
2. What is not understood is refused, with its place as a JSON pointer (RFC 6901): what is no number, and what a newer
   schema may say and this one does not know. It might restrict.
3. What could exhaust us is refused: too many values, too many digits. Protobuf itself bounds how deep values nest.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from yett.dialects.strict_json import dump
from yett.doors.grpc import policy_pb2 as pb
from yett.model.decision import Decision
from yett.model.errors import CallerError
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.services.deciding import Answer, Question
from yett.services.shapes import explanation_shape, obligation_shape

__all__ = [
    "MAX_DIGITS",
    "MAX_VALUES",
    "MOST",
    "Answers",
    "message",
    "plain_contexts",
    "questions",
    "read_question",
    "read_value",
    "value",
]

MOST = 10_000
"""Questions in one batch."""
MAX_VALUES = 100_000
"""Values in one question; in a batch, 100 for each of the most questions."""
MAX_DIGITS = 300
"""Of a decimal: as many as integers have at the other doors."""
_BATCH_VALUES = 100 * MOST
_KEPT = 4096
_MICROSECONDS = 1e6
_LEVELS = 80
"""Of messages within an answer's value; readers in every language stop at 100 of a whole message by default."""
_OF_A_MAP, _OF_A_LIST = 3, 2
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_PLAIN = frozenset({"text", "integer", "boolean"})
_STAGES = {pb.Stage.Value(f"STAGE_{stage.name}"): stage for stage in Stage}
_ORIGINS = {pb.ORIGIN_UNSPECIFIED: Origin.USER, **{pb.Origin.Value(f"ORIGIN_{each.name}"): each for each in Origin}}
_MORE = attrgetter("stage", "namespace", "explain", "policies", "texts")
"""What a question may say beside its context."""
_NOTHING = Question({})
_Message = TypeVar("_Message", bound=Message)
_Place = tuple[Any, ...]
"""The steps to a value, innermost last, as pairs: written out only when something is wrong there."""


class _Budget:
    """How many values may still come."""

    __slots__ = ("left",)

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise CallerError("there are too many values", status=413, code="request_too_large")


def message(raw: bytes, kind: type[_Message]) -> _Message:
    """
    Read *raw* as a message of that *kind*.

    Raises:
        CallerError: it is none, or says what this version does not know.
    """
    try:
        read = kind.FromString(raw)
    except DecodeError:
        raise CallerError("the message is malformed, or its values nest too deep") from None
    _known(read, ())
    return read


def read_question(
    asked: pb.EvaluateRequest, given: Question = _NOTHING, place: _Place = (), budget: _Budget | None = None
) -> Question:
    """
    Read one question; what it leaves open is as in *given*.

    Raises:
        CallerError: something in it is not understood.
    """
    budget = budget or _Budget(MAX_VALUES)
    if asked.stage and asked.stage not in _STAGES:
        _wrong((place, "stage"), f"must be a stage; there are {_listed(_STAGES.values())}")
    return Question(
        context=_facts(asked.context, (place, "context"), budget),
        stage=_STAGES[asked.stage] if asked.stage else given.stage,
        policies=tuple(asked.policies) or given.policies,
        namespace=asked.namespace or given.namespace,
        texts=tuple(_segment(each, ((place, "texts"), at)) for at, each in enumerate(asked.texts))
        if asked.texts
        else (),
        explain=asked.explain,
    )


def questions(batch: pb.EvaluateBatchRequest) -> list[Question]:
    """
    Read several questions; what stands beside them holds for each that does not say otherwise.

    Raises:
        CallerError: there are too many, or something in one is not understood.
    """
    if len(batch.requests) > MOST:
        why = f"`/requests` holds more than {MOST} questions"
        raise CallerError(why, param="/requests", status=413, code="request_too_large")
    beside = pb.EvaluateRequest(stage=batch.stage, policies=batch.policies, namespace=batch.namespace)
    given, budget = read_question(beside), _Budget(_BATCH_VALUES)
    read = []
    for at, each in enumerate(batch.requests):
        place = (((), "requests"), at)
        _known(each, place)
        read.append(read_question(each, given, place, budget))
    return read


def plain_contexts(batch: pb.EvaluateBatchRequest) -> list[dict[str, object]] | None:
    """
    Read the contexts of questions that are nothing else; None where one says more, or there are too many.

    Raises:
        CallerError: something in one is not understood.
    """
    beside = batch.stage or batch.namespace or batch.policies
    if beside or len(batch.requests) > MOST or any(map(any, map(_MORE, batch.requests))):
        return None
    contexts, budget = [], _Budget(_BATCH_VALUES)
    for at, each in enumerate(batch.requests):
        place = (((), "requests"), at)
        _known(each, place)
        contexts.append(_facts(each.context, (place, "context"), budget))
    return contexts


def read_value(told: pb.Value) -> object:
    """
    Return what *told* says.

    Raises:
        CallerError: it says nothing that is known.
    """
    return _facts({"value": told}, (), _Budget(MAX_VALUES))["value"]


def _facts(fields: Mapping[str, pb.Value], place: _Place, budget: _Budget) -> dict[str, object]:
    budget.take(len(fields))
    read: dict[str, object] = {}
    # Protobuf's maps are slow in handing out pairs. A value that has a text says nothing else, and most have one.
    for name in fields:
        told = fields[name]
        text = told.text
        if text:
            read[name] = text
            continue
        kind = told.WhichOneof("kind")
        read[name] = getattr(told, kind) if kind in _PLAIN else _other(kind, told, (place, name), budget)
    return read


def _other(kind: str | None, told: pb.Value, place: _Place, budget: _Budget) -> object:
    match kind:
        case "map":
            return _facts(told.map.fields, place, budget)
        case "list":
            return _items(told.list.values, place, budget)
        case "number":
            if not math.isfinite(told.number):
                _wrong(place, "must be a number; infinities and NaN are none")
            return told.number
        case "decimal":
            if len(told.decimal) > MAX_DIGITS or not _DECIMAL.fullmatch(told.decimal):
                _wrong(place, f"must be a decimal of {MAX_DIGITS} digits at most, such as `-12.50`")
            return Decimal(told.decimal)
        case None:
            _wrong(place, "holds no value of a type that is known here; `null` says that there is none")
    return None


def _items(values: Sequence[pb.Value], place: _Place, budget: _Budget) -> list[object]:
    budget.take(len(values))
    read: list[object] = []
    for at, told in enumerate(values):
        kind = told.WhichOneof("kind")
        read.append(getattr(told, kind) if kind in _PLAIN else _other(kind, told, (place, at), budget))
    return read


def _segment(told: pb.Text, place: _Place) -> Segment:
    _known(told, place)
    origin = _ORIGINS.get(told.origin)
    if origin is None:
        _wrong((place, "origin"), f"must say who wrote it; there are {_listed(_ORIGINS.values())}")
    return Segment(_pointer(place), origin, told.text)


def _known(read: Message, place: _Place) -> None:
    unknown: Any = UnknownFieldSet(read)
    if len(unknown):
        why = f"has the field {unknown[0].field_number}, which is not known here; was it written by a newer schema?"
        _wrong(place, why)


def _listed(names: Iterable[Stage | Origin]) -> str:
    return ", ".join(dict.fromkeys(f"`{type(name).__name__.upper()}_{name.name}`" for name in names))


def _wrong(place: _Place, why: str) -> NoReturn:
    pointer = _pointer(place) or "/"
    raise CallerError(f"`{pointer}` {why}", param=pointer)


def _pointer(place: _Place) -> str:
    steps = []
    while place:
        place, step = place
        steps.append(str(step)[:60].replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in reversed(steps))


class Answers:
    """
    Writes answers.

    Decisions are few and questions many, so the message of a decision is kept beside it, for the last few thousand.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Decision, pb.Decision]] = {}

    def one(self, answer: Answer) -> pb.EvaluateResponse:
        """Write *answer*."""
        told = pb.EvaluateResponse(
            decision=self._decision(answer.decision), duration_us=answer.duration * _MICROSECONDS
        )
        for name, fact in answer.facts.items():
            told.facts[name].CopyFrom(value(fact))
        if answer.explanation is not None:
            shape = explanation_shape(answer.explanation)
            for part in ("rules", "why_not", "what_if"):
                getattr(told.explanation, part).extend(value(each).map for each in _mappings(shape[part]))
        return told

    def several(self, answers: Iterable[Answer]) -> bytes:
        """Write *answers* as results of a batch, which is written part after part."""
        return pb.EvaluateBatchResponse(results=map(self.one, answers)).SerializeToString()

    def alike(self, decisions: Sequence[Decision], duration: float) -> bytes:
        """Write answers that are nothing but *decisions*, each of which took *duration* seconds, as results of a batch."""
        written: dict[int, bytes] = {}
        parts = []
        for decision in decisions:
            part = written.get(id(decision))
            if part is None:
                part = written[id(decision)] = self.several([Answer(decision, duration=duration)])
            parts.append(part)
        return b"".join(parts)

    def end(self, duration: float) -> bytes:
        """Write the last part of a batch, whose answers took *duration* seconds together."""
        return pb.EvaluateBatchResponse(duration_us=duration * _MICROSECONDS).SerializeToString()

    def _decision(self, decision: Decision) -> pb.Decision:
        kept = self._kept.get(id(decision))
        if kept is not None and kept[0] is decision:
            return kept[1]
        told = _told(decision)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[id(decision)] = decision, told
        return told


def value(fact: object, left: int = _LEVELS) -> pb.Value:  # noqa: C901, PLR0911 - one for each type
    """
    Write *fact*, as what it is; what would nest deeper than the *left* levels of messages is written as JSON.

    Raises:
        TypeError: there is no such value.
    """
    match fact:
        case None:
            return pb.Value(null=pb.Null())
        case bool():
            return pb.Value(boolean=fact)
        case int():
            return pb.Value(integer=fact) if _SMALLEST <= fact <= _LARGEST else pb.Value(decimal=str(fact))
        case float():
            return pb.Value(number=fact)
        case Decimal():
            return pb.Value(decimal=f"{fact:f}")
        case str():
            return pb.Value(text=str(fact))
        case Mapping() | list() | tuple() if left <= 0:
            return pb.Value(text=dump(fact).decode())
        case Mapping():
            inner = {str(name): value(each, left - _OF_A_MAP) for name, each in fact.items()}
            return pb.Value(map=pb.Map(fields=inner))
        case frozenset() | set():
            return value(sorted(fact), left)
        case list() | tuple():
            return pb.Value(list=pb.List(values=[value(each, left - _OF_A_LIST) for each in fact]))
        case _:
            raise TypeError(f"there is no value for {type(fact).__name__}")


def _told(decision: Decision) -> pb.Decision:
    return pb.Decision(
        allowed=decision.allowed,
        effect=f"EFFECT_{decision.effect.name}",
        reason=decision.reason,
        matched=[
            pb.Reason(
                policy=each.policy,
                version=each.version,
                rule=each.rule,
                effect=f"EFFECT_{each.effect.name}",
                reason=each.text,
                unknown=each.unknown,
            )
            for each in decision.reasons
        ],
        obligations=[_obligation(obligation_shape(each)) for each in decision.obligations],
        revision=decision.revision,
    )


def _obligation(shape: dict[str, object]) -> pb.Obligation:
    """Write an obligation by the names of its type and its parts, which are those of the schema."""
    parts: Any = {name: part for name, part in shape.items() if name != "type" and part is not None}
    kind: Any = {shape["type"]: parts}
    told = pb.Obligation(**kind)
    if not parts:
        getattr(told, str(shape["type"])).SetInParent()
    return told


def _mappings(listed: object) -> list[Mapping[str, object]]:
    return listed if isinstance(listed, list) else []
