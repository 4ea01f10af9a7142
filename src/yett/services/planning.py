"""
Planning: what a caller may use, told before anything is asked.

Rules:

1. A plan is made of what is known of the caller, or of the facts that are stated instead. What the policies say of
   everything else stays open.
2. What the policies allow is conditional where another policy engine must consent: it is asked when the time comes.
3. A plan is kept for the next time as long as the same policies are in force: it depends on nothing else.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import orjson

from yett.guard.facts import known_facts
from yett.model.decision import Effect
from yett.model.principal import Principal
from yett.policy.planning import Offer, Permission, Plan, Proviso, plan
from yett.policy.program import Program
from yett.ports.authority import Authority
from yett.services.inspection import Inspection
from yett.services.selection import Selections
from yett.services.snapshots import Snapshot, Snapshots

__all__ = ["Planning", "Wish"]

_KEPT = 512


class Wish(NamedTuple):
    """What a plan is asked for."""

    context: Mapping[str, object] | None = None
    """The facts that are sure; those of the caller when they are not given."""
    models: tuple[str, ...] | None = None
    """The models to look at; all that the gateway serves by name when they are not given."""
    tools: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    """The policies to ask; all that are active when there are none."""
    namespace: str = ""


class Planning:
    """Where plans are made."""

    def __init__(self, snapshots: Snapshots, inspection: Inspection) -> None:
        """Plan by the current one of *snapshots*, off the event loop."""
        self._snapshots = snapshots
        self._inspection = inspection
        self._selections = Selections()
        self._kept: OrderedDict[tuple[int, bytes], tuple[Program, Plan]] = OrderedDict()

    async def plan(self, principal: Principal, wish: Wish) -> Plan:
        """
        Say what *principal* may use of what *wish* names.

        Raises:
            CallerError: it names a policy or a namespace that is not there.
            TimeoutError: that takes longer than one inspection may.
        """
        known = known_facts(principal, {}) if wish.context is None else wish.context
        snapshot = self._snapshots.current.answering(known)
        models = wish.models
        if models is None:
            models = tuple(dict.fromkeys(model for model, _ in await snapshot.routes.models()))
        asked = self._selections.of(snapshot.program, snapshot.documents, wish.policies, wish.namespace).program
        key = (id(asked), orjson.dumps([known, models, wish.tools], default=str, option=orjson.OPT_SORT_KEYS))
        kept = self._kept.get(key)
        if kept is not None and kept[0] is asked:
            return _subject_to(snapshot.authorities, kept[1])
        made = await self._inspection.run(
            lambda _: _planned(snapshot, asked, known, models, wish.tools), snapshot.limits.deadlines
        )
        self._kept[key] = asked, made
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return _subject_to(snapshot.authorities, made)

    async def usable(self, principal: Principal) -> list[tuple[str, str]]:
        """List the models that *principal* may use, as far as that can be told, with who serves them."""
        served = await self._snapshots.current.routes.models()
        try:
            plan = await self.plan(principal, Wish())
        except TimeoutError:  # a list is no permission: what may not be used is denied when it is asked for
            return served
        denied = {offer.name for offer in plan.models if offer.permission is Permission.DENIED}
        return [(model, upstream) for model, upstream in served if model not in denied]


def _subject_to(authorities: Sequence[Authority], plan: Plan) -> Plan:
    if not authorities:
        return plan
    asked = tuple(Proviso(each.name, "", Effect.DENY, "it must consent, too") for each in authorities)

    def conditional(offer: Offer) -> Offer:
        if offer.permission is Permission.DENIED:
            return offer
        return replace(offer, permission=Permission.CONDITIONAL, provisos=(*offer.provisos, *asked))

    return replace(plan, models=tuple(map(conditional, plan.models)), tools=tuple(map(conditional, plan.tools)))


def _planned(
    snapshot: Snapshot, program: Program, known: Mapping[str, object], models: tuple[str, ...], tools: tuple[str, ...]
) -> Plan:
    made = plan(program, known, models, tools, lambda model: _provider(snapshot, model))
    return replace(made, models=tuple(_held(snapshot, offer) for offer in made.models))


def _provider(snapshot: Snapshot, model: str) -> str | None:
    upstream = snapshot.routes.find(model)
    return upstream.name if upstream else None


def _held(snapshot: Snapshot, offer: Offer) -> Offer:
    """Return *offer* as its provider is held to by the configuration; what nobody serves cannot be used."""
    if snapshot.routes.find(offer.name) is None:
        return Offer(offer.name, Permission.DENIED, "the model is not configured here, or not allowed")
    caps = [cap.limit for cap in snapshot.routes.caps(offer.name) if cap.quantity == "max_tokens"]
    bounds = [*caps, *([] if offer.max_tokens is None else [offer.max_tokens])]
    return offer if offer.permission is Permission.DENIED else replace(offer, max_tokens=min(bounds, default=None))
