"""Other policy engines consent, each of them, or nothing passes."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.staged import CALLER, StagedAnswer, StagedAuthority, StagedUpstream, snapshot
from yett.model.stage import Stage
from yett.services.consulting import Lookout, asked_about, consulted
from yett.services.snapshots import Snapshot, Snapshots


def with_it(authority: StagedAuthority) -> Snapshot:
    return replace(snapshot(StagedUpstream(StagedAnswer([]))), authorities=(authority,))


@given(st.lists(st.booleans(), max_size=4))
async def test_every_authority_is_asked_and_answers_in_its_place(allow: list[bool]) -> None:
    authorities = [StagedAuthority(each) for each in allow]
    assert [decision.allowed for decision in await consulted(authorities, {"a": 1})] == allow
    assert [authority.asked for authority in authorities] == [[{"a": 1}]] * len(allow)


def test_they_are_told_who_asks_for_what() -> None:
    told = asked_about(Stage.REQUEST, CALLER, "gpt-4o", {"llm": {"model": "gpt-4o"}})
    assert told == {
        "tenant": "acme",
        "model": "gpt-4o",
        "stage": "request",
        "llm": {"model": "gpt-4o"},
        "user": {"id": "alice", "roles": []},
        "team": {"id": "acme"},
    }


@pytest.mark.parametrize("started", [True, False])
async def test_they_are_looked_at_again_and_again_until_that_is_closed(started: bool) -> None:
    authority = StagedAuthority()
    lookout = Lookout(Snapshots(with_it(authority)), pause=0.001)
    if started:
        lookout.start()
        for _ in range(2):
            authority.looked.clear()
            await asyncio.wait_for(authority.looked.wait(), 5)
        assert authority.trouble == ""
    await lookout.aclose()
    authority.looked.clear()
    assert len(asyncio.all_tasks()) == 1


async def test_they_are_looked_at_when_asked() -> None:
    authority = StagedAuthority()
    await Lookout(Snapshots(with_it(authority))).look()
    assert authority.trouble == ""
