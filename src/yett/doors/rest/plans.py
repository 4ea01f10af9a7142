"""Plans: `/api/v1/plan`, what a caller may use."""

from typing import Any

import orjson

from yett.dialects.strict_json import parse
from yett.doors.rest.questions import names, refuse, table, text
from yett.model.errors import CallerError
from yett.model.principal import Principal
from yett.policy.planning import Offer
from yett.services.calls import Reply
from yett.services.planning import Planning, Wish
from yett.services.shapes import obligation_shape

__all__ = ["MOST_NAMES", "PLAN_KEYS", "Plans", "read_wish"]

MOST_NAMES = 1_000
"""Models in one plan, and tools: each takes a moment of thought."""
PLAN_KEYS = frozenset({"context", "models", "tools", "policies", "namespace"})


class Plans:
    """One path of the decision point."""

    def __init__(self, planning: Planning) -> None:
        """Ask *planning*."""
        self._planning = planning

    async def plan(self, principal: Principal, body: bytes) -> Reply:
        """
        Say what *principal*, or somebody of whom facts are stated, may use.

        Raises:
            CallerError: the body is no wish, or asks for more than can be told in time.
        """
        try:
            plan = await self._planning.plan(principal, read_wish(parse(body)))
        except TimeoutError:
            raise CallerError("that takes too long to find out; ask for fewer models and tools") from None
        told = {
            "models": [{**_offer(offer), "max_tokens": offer.max_tokens} for offer in plan.models],
            "tools": [_offer(offer) for offer in plan.tools],
            "revision": plan.revision,
        }
        return Reply(200, orjson.dumps(told))


def read_wish(payload: Any) -> Wish:
    """
    Read what a plan is asked for.

    Raises:
        CallerError: it is none.
    """
    asked = table(payload, PLAN_KEYS)
    context = asked.get("context")
    if context is not None and type(context) is not dict:
        raise refuse("/context", "must be an object of facts; leave it out to ask for yourself")
    return Wish(
        context=context,
        models=_names(asked["models"], "/models") if asked.get("models") is not None else None,
        tools=_names(asked.get("tools"), "/tools"),
        policies=names(asked.get("policies"), "/policies"),
        namespace=text(asked.get("namespace"), "/namespace"),
    )


def _names(value: Any, place: str) -> tuple[str, ...]:
    if value is not None and (
        type(value) is not list or len(value) > MOST_NAMES or not all(type(each) is str for each in value)
    ):
        raise refuse(place, f"must be a list of at most {MOST_NAMES} names")
    return tuple(dict.fromkeys(value or ()))


def _offer(offer: Offer) -> dict[str, object]:
    return {
        "name": offer.name,
        "permission": offer.permission.value,
        "reason": offer.reason,
        "provisos": [
            {"policy": each.policy, "rule": each.rule, "effect": each.effect.value, "when": each.words}
            for each in offer.provisos
        ],
        "obligations": [obligation_shape(obligation) for obligation in offer.obligations],
    }
