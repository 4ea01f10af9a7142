"""What a caller may use."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from unittest import mock

import pytest

from tests.services.policies import deciding_by
from tests.services.staged import CALLER, StagedAnswer, StagedAuthority, StagedUpstream
from yett.model.errors import CallerError
from yett.model.obligation import Cap
from yett.services import planning
from yett.services.inspection import Inspection
from yett.services.planning import Planning, Wish
from yett.services.snapshots import Limits, Snapshots
from yett.services.stopwatch import Deadlines
from yett.services.upstreams import Route, Routes

POLICY = """
---
metadata: {id: models, namespace: models}
rules:
  - {id: no-big, when: 'llm.model == "big" && user.id == "alice"', action: {decision: deny, reason: "not for you"}}
  - {id: short, when: 'llm.maxTokens > 1000 && team.id == "acme"', action: {decision: deny}}
  - {id: quiet, when: injection.found, action: {decision: deny}}
  - {id: no-shell, when: 'tool.name == "shell"', action: {decision: deny}}
"""


class Named(StagedUpstream):
    """An upstream that serves several models by name."""

    async def models(self) -> tuple[str, ...]:
        return ("big", "small", "held")


@asynccontextmanager
async def planned(*caps: Cap, deadline: float = 10.0) -> AsyncIterator[tuple[Planning, Snapshots]]:
    upstream = Named(StagedAnswer([]))
    routes = Routes([Route(upstream, ("held",), caps=caps), Route(upstream, ("big", "small", "more-*"))])
    snapshots = Snapshots(
        replace(deciding_by(POLICY, documents=0), routes=routes, limits=Limits(deadlines=Deadlines(deadline)))
    )
    inspection = Inspection()
    try:
        yield Planning(snapshots, inspection), snapshots
    finally:
        inspection.close()


async def test_a_plan_is_about_the_caller_and_all_that_is_served_by_name() -> None:
    async with planned(Cap("max_tokens", 500)) as (point, _):
        plan = await point.plan(CALLER, Wish(tools=("shell", "search")))
    told = [(offer.name, offer.permission, offer.max_tokens) for offer in plan.models]
    assert told == [("big", "denied", None), ("small", "conditional", 1000), ("held", "conditional", 500)]
    assert [(offer.name, offer.permission) for offer in plan.tools] == [("shell", "denied"), ("search", "conditional")]
    assert plan.models[0].reason == "not for you"


async def test_a_plan_is_made_by_what_is_tried_out_for_the_caller() -> None:
    async with planned() as (point, snapshots):
        free = replace(deciding_by(documents=0), routes=snapshots.current.routes)
        snapshots.swap(replace(free, canaries=((100, snapshots.current),)))
        assert "big" not in [model for model, _ in await point.usable(CALLER)]
        nobody = await point.plan(CALLER, Wish({}))
        assert nobody.models[0].permission == "allowed"
        snapshots.swap(free)
        assert "big" in [model for model, _ in await point.usable(CALLER)]


async def test_a_plan_is_about_whom_facts_are_stated() -> None:
    async with planned() as (point, _):
        wish = Wish({"user": {"id": "bob"}, "team": {"id": "other"}}, ("big", "more-1", "unserved"))
        plan = await point.plan(CALLER, wish)
        some = await point.plan(CALLER, wish._replace(namespace="models", policies=("models",)))
        with pytest.raises(CallerError, match="did you mean"):
            await point.plan(CALLER, wish._replace(policies=("model",)))
    told = [(offer.permission, offer.max_tokens) for offer in plan.models]
    assert told == [("conditional", None), ("conditional", None), ("denied", None)]
    assert [offer.permission for offer in some.models] == [offer.permission for offer in plan.models]


async def test_a_plan_is_kept_while_the_same_policies_are_in_force() -> None:
    async with planned() as (point, snapshots):
        with mock.patch.object(planning, "plan", side_effect=planning.plan) as making:
            for _ in range(3):
                first = await point.plan(CALLER, Wish())
            assert making.call_count == 1
            await point.plan(replace(CALLER, subject="bob"), Wish())
            await point.plan(CALLER, Wish(models=("big",)))
            assert making.call_count == 3
            snapshots.swap(replace(snapshots.current, program=deciding_by(POLICY, documents=1).program))
            assert await point.plan(CALLER, Wish()) is not first
            for number in range(600):
                await point.plan(CALLER, Wish(models=(f"more-{number}",)))
            assert len(point._kept) <= 512


async def test_models_that_may_not_be_used_are_not_listed() -> None:
    async with planned() as (point, _):
        assert await point.usable(CALLER) == [("small", "told"), ("held", "told")] * 2
        assert len(await point.usable(replace(CALLER, subject="bob"))) == 6


async def test_a_plan_that_takes_too_long_is_none_and_a_list_then_shows_everything() -> None:
    async with planned(deadline=0.0) as (point, _):
        with pytest.raises(TimeoutError):
            await point.plan(CALLER, Wish())
        assert len(await point.usable(CALLER)) == 6


async def test_what_another_policy_engine_must_consent_to_is_conditional() -> None:
    async with planned() as (point, snapshots):
        before = await point.plan(CALLER, Wish(tools=("search",)))
        snapshots.swap(replace(snapshots.current, authorities=(StagedAuthority(),)))
        after = await point.plan(CALLER, Wish(tools=("search",)))
        assert await point.usable(CALLER) == [("small", "told"), ("held", "told")] * 2
    for old, new in zip((*before.models, *before.tools), (*after.models, *after.tools), strict=True):
        assert new.permission == ("denied" if old.permission == "denied" else "conditional")
        consent = [proviso.words for proviso in new.provisos if proviso.policy == "elsewhere"]
        assert consent == ([] if old.permission == "denied" else ["it must consent, too"])
