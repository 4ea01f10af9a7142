"""
AuthZEN: the Authorization API 1.0 of the OpenID Foundation, `/access/v1/evaluation` and `/access/v1/evaluations`.

Rules:

1. Who asks, what is to be done and to what become facts by one table, which the documentation shows; `context` states
   further facts by their own names, and what the table says comes before what it says.
2. A denial is a value, `{"decision": false}`, with its reason in `context`; so is what waits for a human. What is owed
   for passing stands in `context.obligations`.
3. What the standard leaves to us is ours as everywhere: strict JSON, and errors that name their place.
"""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from yett.dialects.strict_json import parse
from yett.doors.rest.questions import MOST, refuse
from yett.model.stage import Stage
from yett.policy.schema import field, known_fields
from yett.services.calls import Reply
from yett.services.deciding import TURN, Answer, Deciding, Question
from yett.services.shapes import obligation_shape, passes

__all__ = ["AuthZen", "context_of", "well_known"]

_ENTITIES = ("subject", "action", "resource")
_STOPS: Mapping[str, Callable[[bool], bool]] = MappingProxyType(
    {
        "execute_all": lambda _allowed: False,
        "deny_on_first_deny": lambda allowed: not allowed,
        "permit_on_first_permit": lambda allowed: allowed,
    },
)
_HEADS = frozenset(name.partition(".")[0] for name in known_fields()) | {"metadata", "usage"}
_PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "model": ("llm", "model"),
        "llm": ("llm", "model"),
        "provider": ("llm", "provider"),
        "project": ("project", "id"),
        "team": ("team", "id"),
        "document": ("context", "source"),
        "tool": ("tool", "name"),
    },
)
"""What a resource of this type is called in facts."""
_STAGES: Mapping[str, Stage] = MappingProxyType({"tool": Stage.TOOL, "document": Stage.CONTEXT})
"""At which stage it is asked about; any other as the facts have it."""

_Facts = dict[str, Any]


class AuthZen:
    """Two paths of the decision point."""

    def __init__(self, deciding: Deciding) -> None:
        """Ask *deciding*."""
        self._deciding = deciding

    async def evaluation(self, body: bytes) -> Reply:
        """
        Answer one evaluation.

        Raises:
            CallerError: the body is none.
        """
        return Reply(200, orjson.dumps(await self._answer(_object(parse(body), ""), "")))

    async def evaluations(self, body: bytes) -> Reply:
        """
        Answer several; what stands beside them holds for each that does not say otherwise.

        Raises:
            CallerError: the body holds none, or one of them is none.
        """
        payload = _object(parse(body), "")
        listed = payload.get("evaluations")
        if not listed and isinstance(listed, list | None):
            return await self.evaluation(body)
        if not isinstance(listed, list) or len(listed) > MOST:
            raise refuse("/evaluations", f"must be a list of at most {MOST} evaluations")
        stops = _semantic(payload.get("options"))
        given = {key: payload[key] for key in (*_ENTITIES, "context") if key in payload}
        told = []
        for at, each in enumerate(listed):
            told.append(await self._answer({**given, **_object(each, f"/evaluations/{at}")}, f"/evaluations/{at}"))
            if stops(bool(told[-1]["decision"])):
                break
            if not len(told) % TURN:
                await asyncio.sleep(0)
        return Reply(200, orjson.dumps({"evaluations": told}))

    async def _answer(self, payload: Mapping[str, Any], place: str) -> dict[str, object]:
        context = context_of(payload, place)
        stage = _STAGES.get(payload["resource"]["type"])
        return _told(await self._deciding.answer(Question(context, stage)))


def well_known(base: str) -> Reply:
    """Say where the decision point at the address *base* is asked."""
    told = {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
    }
    return Reply(200, orjson.dumps(told))


def context_of(payload: Mapping[str, Any], place: str = "") -> _Facts:
    """
    Return the facts that an evaluation states.

    Raises:
        CallerError: a part that the standard asks for is missing or wrong.
    """
    subject, action, resource = (_entity(payload, name, place) for name in _ENTITIES)
    facts: _Facts = {}
    for name, value in _object(payload.get("context") or {}, f"{place}/context").items():
        _put(facts, (name,) if name in _HEADS else ("metadata", name), value)
    _state_resource(facts, resource)
    for name, value in _properties(action, f"{place}/action").items():
        _put(facts, ("metadata", "action", name), value)
    _put(facts, ("metadata", "action", "name"), action["name"])
    for name, value in _properties(subject, f"{place}/subject").items():
        _put(facts, (name,) if name in {"team", "project"} and isinstance(value, dict) else ("user", name), value)
    _put(facts, ("user", "type"), subject["type"])
    _put(facts, ("user", "id"), subject["id"])
    return facts


def _state_resource(facts: _Facts, resource: Mapping[str, Any]) -> None:
    head, name = _PLACES.get(resource["type"], ("metadata", ""))
    for key, value in _properties(resource, "/resource").items():
        known = bool(name) and field(f"{head}.{key}") is not None
        _put(facts, (head, key) if known else ("metadata", "resource", key), value)
    _put(facts, ("metadata", "resource", "type"), resource["type"])
    _put(facts, ("metadata", "resource", "id"), resource["id"])
    if name:
        _put(facts, (head, name), resource["id"])


def _entity(payload: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    entity = _object(payload.get(name), f"{place}/{name}")
    for key in ("name",) if name == "action" else ("type", "id"):
        if not isinstance(entity.get(key), str):
            raise refuse(f"{place}/{name}/{key}", "must be a text")
    return entity


def _properties(entity: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    return _object(entity.get("properties") or {}, f"{place}/properties")


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if type(value) is not dict:
        raise refuse(place, "must be a JSON object")
    return value


def _semantic(options: Any) -> Callable[[bool], bool]:
    wanted = _object(options or {}, "/options").get("evaluations_semantic", "execute_all")
    if not isinstance(wanted, str) or wanted not in _STOPS:
        raise refuse("/options/evaluations_semantic", f"must be one of {', '.join(f'`{name}`' for name in _STOPS)}")
    return _STOPS[wanted]


def _put(facts: _Facts, path: tuple[str, ...], value: Any) -> None:
    """Put *value* at *path*; a mapping joins what is there."""
    for step in path[:-1]:
        below = facts.get(step)
        inner = dict(below) if isinstance(below, dict) else {}
        facts[step] = inner
        facts = inner
    before = facts.get(path[-1])
    facts[path[-1]] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def _told(answer: Answer) -> dict[str, object]:
    decision = answer.decision
    told: dict[str, object] = {"decision": passes(decision)}
    if decision.reasons:
        told["context"] = {
            "reason_user": {"en": decision.reason},
            "effect": decision.effect.value,
            "matched": [f"{each.policy}@{each.version}/{each.rule}" for each in decision.reasons],
            "obligations": [obligation_shape(obligation) for obligation in decision.obligations],
        }
    return told
