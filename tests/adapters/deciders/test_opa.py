"""OPA over real sockets: only a plain `false` lets pass, and whatever else comes, or does not come, denies."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yett.adapters.deciders.denier import NOBODY, Questions, Silent
from yett.adapters.deciders.opa import Opa, _boolean
from yett.adapters.upstream.destination import Destination, Patience
from yett.adapters.upstream.http import HttpUpstream
from yett.model.decision import Decision, Effect
from yett.testing.provider import Do, Provider, Script, answer, head

FACTS = {
    "tenant": "acme",
    "model": "gpt-4o",
    "llm": {"model": "gpt-4o", "n": 1},
    "user": {"roles": ("a", "b"), "groups": frozenset("dc")},
}
NO, YES = answer({"result": False}), answer({"result": True})
WHOLE = b'{"result":false}'


@asynccontextmanager
async def opa(*scripts: Script, **changes: object) -> AsyncIterator[tuple[Opa, Provider]]:
    """Ask one that answers with *scripts*, in turn."""
    questions = Questions(timeout=60)._replace(**changes)  # type: ignore[arg-type]
    async with Provider(*scripts) as provider:
        base = provider.url.removesuffix("/v1")
        upstream = HttpUpstream(Destination("opa", base, patience=Patience(60, 60, 60, 60), answer_bytes=1000))
        yield Opa(upstream, questions), provider
        await upstream.aclose()


def told(decision: Decision) -> tuple[bool, Effect, tuple[str, ...]]:
    (reason,) = decision.reasons
    assert (reason.policy, reason.effect) == ("opa", decision.effect)
    return decision.allowed, decision.effect, reason.unknown


@pytest.mark.parametrize(("script", "allowed"), [(NO, True), (YES, False)])
async def test_what_it_denies_is_denied_and_what_it_does_not_deny_is_allowed(script: Script, allowed: bool) -> None:
    async with opa(NO, script) as (asked, provider):
        decision = await asked.decide(FACTS)
    assert told(decision) == (allowed, Effect.ALLOW if allowed else Effect.DENY, ())
    assert decision.reasons[0].rule == "data/gateway/deny"
    look, request = provider.requests
    assert (request.method, request.target) == ("POST", "/v1/data/gateway/deny")
    assert json.loads(request.body) == {"input": {**FACTS, "user": {"roles": ["a", "b"], "groups": ["c", "d"]}}}
    assert json.loads(look.body) == {"input": dict(NOBODY)}


FAULTS = {
    "undefined": (answer({}), "undefined"),
    "undefined, as OPA says it": (answer({"decision_id": "1"}), "undefined"),
    "null": (answer({"result": None}), "not-boolean"),
    "a number": (answer({"result": 0}), "not-boolean"),
    "a word": (answer({"result": "false"}), "not-boolean"),
    "a document": (answer({"result": {"deny": False}}), "not-boolean"),
    "a set of messages": (answer({"result": []}), "not-boolean"),
    "an error": (answer({"code": "internal_error"}, 500), "status"),
    "an error with a result": (answer({"result": False}, 500), "status"),
    "not found": (answer({"result": False}, 404), "status"),
    "created": (answer({"result": False}, 201), "status"),
    "a redirect": (answer({"result": False}, 307, location="/v1/data/other"), "status"),
    "no content": ([head(204, content_length=0)], "status"),
    "nothing": ([head(content_length=0)], "malformed"),
    "no JSON": ([head(content_length=2) + b"no"], "malformed"),
    "half of it": ([head(content_length=15) + WHOLE[:-1]], "malformed"),
    "a bare word": (answer(False), "malformed"),
    "two results": ([head(content_length=32) + b'{"result":true, "result": false}'], "malformed"),
    "too much": (answer({"result": False, "metrics": "x" * 2000}), "unreachable"),
    "too much, in chunks": (
        [head(transfer_encoding="chunked"), *[b"64\r\n" + b" " * 100 + b"\r\n"] * 11, b"0\r\n\r\n"],
        "unreachable",
    ),
    "encoded": ([head(content_length=16, content_encoding="gzip") + WHOLE], "unreachable"),
    "no HTTP": ([b"SSH-2.0-OpenSSH\r\n", Do.CLOSE], "unreachable"),
    "closed at once": ([Do.CLOSE], "unreachable"),
    "reset": ([Do.RESET], "unreachable"),
    "closed in the middle": ([head(content_length=16) + WHOLE[:8], Do.CLOSE], "unreachable"),
    "silence": ([Do.HANG], "timeout"),
    "a head and silence": ([head(content_length=16), Do.HANG], "timeout"),
    "all but the last byte": ([head(content_length=16) + WHOLE[:-1], Do.HANG], "timeout"),
}


@pytest.mark.parametrize(("script", "why"), FAULTS.values(), ids=FAULTS)
async def test_whatever_goes_wrong_denies_and_is_told(script: Script, why: str) -> None:
    async with opa(NO, script) as (asked, _):
        await asked.look()
        assert asked.trouble == ""
        if why == "timeout":
            asked.questions = asked.questions._replace(timeout=0.1)
        decision = await asked.decide(FACTS)
        assert told(decision) == (False, Effect.DENY, (f"opa.{why}",))
        assert decision.reason.startswith("the policy engine `opa` did not decide: ")
        assert "127.0.0.1" not in decision.reason
        await asked.look()
    assert asked.trouble != ""


async def test_an_answer_that_drips_is_late_however_often_it_drips() -> None:
    drips: list[bytes | asyncio.Event] = [head(content_length=1000)]
    events = [asyncio.Event() for _ in range(100)]
    for event in events:
        drips += [b" ", event]
    async with opa(NO, drips) as (asked, _):
        await asked.look()
        asked.questions = asked.questions._replace(timeout=0.1)

        async def drip() -> None:
            for event in events:
                await asyncio.sleep(0.02)
                event.set()

        dripping = asyncio.create_task(drip())
        assert told(await asked.decide(FACTS))[2] == ("opa.timeout",)
        dripping.cancel()


async def test_where_nobody_listens_it_denies() -> None:
    async with opa(NO) as (asked, _):
        pass
    await asked.look()
    assert asked.trouble == "it could not be reached"
    assert told(await asked.decide(FACTS)) == (False, Effect.DENY, ("opa.unreachable",))


async def test_a_question_is_asked_again_when_its_kept_connection_was_closed() -> None:
    async with opa(NO, [Do.CLOSE], NO) as (asked, provider):
        await asked.look()
        assert (await asked.decide(FACTS)).allowed
    assert len(provider.requests) == 3


async def test_a_connection_is_kept() -> None:
    async with opa(NO) as (asked, provider):
        for _ in range(5):
            assert (await asked.decide(FACTS)).allowed
    assert len(provider.connections) == 1


async def test_before_it_was_looked_at_it_is_not_relied_on() -> None:
    async with opa(NO) as (asked, _):
        assert asked.trouble == "it has not been asked yet"


@pytest.mark.parametrize(
    ("script", "trouble"), [(NO, "its sentinel is not true"), (answer({}), "its path is undefined")]
)
async def test_without_its_sentinel_it_denies_and_with_it_it_is_relied_on_again(script: Script, trouble: str) -> None:
    async with opa(NO, script, NO, script, NO, YES, NO, sentinel="gateway/ready") as (asked, provider):
        await asked.look()
        assert asked.trouble == trouble
        assert not (await asked.decide(FACTS)).allowed
        assert (await asked.decide(FACTS)).allowed
        assert asked.trouble == ""
    targets = [request.target.removeprefix("/v1/data/") for request in provider.requests]
    assert targets == ["gateway/deny", "gateway/ready"] * 3 + ["gateway/deny"]


async def test_facts_that_cannot_be_written_deny() -> None:
    async with opa(NO) as (asked, _):
        await asked.look()
        assert told(await asked.decide({"llm": {"maxTokens": 2**70}})) == (False, Effect.DENY, ("opa.unwritable",))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["result", "deny"]) | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_only_false_itself_lets_pass_whatever_else_is_answered(payload: object) -> None:
    try:
        passes = not _boolean(orjson.dumps(payload))
    except Silent:
        passes = False
    assert passes == (isinstance(payload, dict) and payload.get("result") is False)


@given(st.binary(max_size=30))
def test_whatever_bytes_are_answered_nothing_but_ours_is_raised(answered: bytes) -> None:
    try:
        denied = _boolean(answered)
    except Silent:
        return
    assert denied in {True, False}
