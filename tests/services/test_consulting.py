"""Other policy engines consent, each of them, or nothing passes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.staged import CALLER, StagedAnswer, StagedAuthority, StagedUpstream, snapshot
from tests.services.test_exchange import staged
from yett.model.decision import Decision, Effect, Reason
from yett.model.obligation import Notify, Redact, Transform
from yett.model.stage import Stage
from yett.services.consulting import agreed, asked_about, asked_of, consulted, look_at
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


async def test_they_are_looked_at_when_asked() -> None:
    authority = StagedAuthority()
    await look_at(Snapshots(with_it(authority)))
    assert authority.trouble == ""


async def test_another_policy_engine_is_asked_about_what_may_pass_as_it_would_go() -> None:
    for allows, status in ((True, 200), (False, 403)):
        async with staged() as stage:
            authority = StagedAuthority(allows)
            stage.snapshots.swap(replace(stage.snapshots.current, authorities=(authority,)))
            reply, told = await stage.reply("key-1234", max_tokens=7)
            assert reply.status == status
            assert len(stage.upstream.asked) == len(stage.journal.admitted) == int(allows)
            (record,) = stage.journal.sealed
            (asked,) = authority.asked
            assert (asked["tenant"], asked["model"]) == ("acme", "told")
            assert asked["llm"] == {
                "model": "told",
                "provider": "told",
                "maxTokens": 7,
                "messageCount": 1,
                "promptLength": 5,
                "stream": False,
                "n": 1,
            }
            assert "1234" not in str(asked)
        judgement = record.judgements[1]
        assert (judgement.stage, judgement.allowed, judgement.rules) == ("request", allows, ("elsewhere@v1/all",))
        assert reply.headers["x-yett-decision"] == ("sanitize" if allows else "deny")
    assert told["error"] == {
        "message": "because",
        "type": "permission_error",
        "param": None,
        "code": "policy_violation",
    }


async def test_it_is_not_asked_about_what_the_local_policies_deny_and_cannot_allow_it() -> None:
    async with staged() as stage:
        authority = StagedAuthority(allows=True)
        stage.snapshots.swap(replace(stage.snapshots.current, authorities=(authority,)))
        reply, _ = await stage.reply("damn")
        assert (reply.status, authority.asked) == (403, [])


@pytest.mark.parametrize("say", [(True, True), (True, False), (False, True), (False, False)])
async def test_where_there_are_several_all_must_consent(say: tuple[bool, bool]) -> None:
    async with staged() as stage:
        authorities = tuple(StagedAuthority(each) for each in say)
        stage.snapshots.swap(replace(stage.snapshots.current, authorities=authorities))
        reply, _ = await stage.reply("Hi", stream=False)
        assert reply.status == (200 if all(say) else 403)


def test_of_a_question_they_are_told_what_is_stated_and_no_texts() -> None:
    context = {
        "team": {"id": "acme"},
        "llm": {"prompt": "secret", "model": "gpt-4o"},
        "response": {"text": "secret"},
        "tool": {"name": "search", "arguments": "secret"},
        "context": {"text": "secret", "source": "kb"},
        "other": [1],
    }
    assert asked_of(Stage.TOOL, context) == {
        "tenant": "acme",
        "model": "gpt-4o",
        "stage": "tool",
        "team": {"id": "acme"},
        "llm": {"model": "gpt-4o"},
        "response": {},
        "tool": {"name": "search"},
        "context": {"source": "kb"},
        "other": [1],
    }
    assert context["llm"] == {"prompt": "secret", "model": "gpt-4o"}


@pytest.mark.parametrize(
    ("context", "tenant"),
    [
        ({"tenant": "a"}, "a"),
        ({"tenant": "a", "team": {"id": "b"}}, "b"),
        ({"tenant": "a", "team": {"id": 5}}, "a"),
        ({"team": "a"}, ""),
        ({}, ""),
    ],
)
def test_what_is_said_flat_counts_where_nothing_else_says_it(context: dict[str, object], tenant: str) -> None:
    assert asked_of(Stage.REQUEST, context)["tenant"] == tenant


LOCAL = Decision(
    True, Effect.WARN, (Reason("p", "1", "r", Effect.WARN),), (Notify("warning"), Redact("pii", Transform.MASK)), "x"
)
YES, NO = (
    Decision(each, effect, (Reason("e", "v1", "d", effect),))
    for each, effect in ((True, Effect.ALLOW), (False, Effect.DENY))
)


def test_consent_changes_nothing() -> None:
    assert agreed(LOCAL, (YES, YES)) is LOCAL


@given(st.lists(st.sampled_from([YES, NO]), min_size=1, max_size=4).filter(lambda said: NO in said))
def test_one_refusal_denies_and_leaves_only_notifications(said: list[Decision]) -> None:
    decision = agreed(LOCAL, said)
    assert (decision.allowed, decision.effect, decision.obligations) == (False, Effect.DENY, (Notify("warning"),))
    assert decision.reasons == (*[NO.reasons[0]] * said.count(NO), *LOCAL.reasons)
    assert decision.reason == "d"
