"""Decisions over a real socket."""

import asyncio
import json
import operator
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.doors.rest.asked import COST, FREE, ask, get, point
from tests.services.policies import deciding_by
from tests.services.staged import StagedClock
from yett.doors.rest import decisions, portions
from yett.doors.rest.answers import Answers
from yett.doors.rest.decisions import Decisions
from yett.services import deciding
from yett.services.deciding import Deciding
from yett.services.inspection import Inspection
from yett.services.snapshots import Snapshots

EVALUATE, BATCH, EXPLAIN = "/api/v1/evaluate", "/api/v1/evaluate/batch", "/api/v1/explain"


async def test_a_question_is_answered(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, told = await ask(gateway, EVALUATE, {"context": COST})
        assert status == 200
        assert set(told) == {"decision", "facts", "duration_us"}
        assert (told["decision"]["allowed"], told["decision"]["effect"]) == (False, "deny")
        assert told["decision"]["reason"] == "Cost exceeds free tier limit ($1.00)"
        assert [each["rule"] for each in told["decision"]["matched"]] == ["deny-expensive-models"]
        assert (await ask(gateway, EVALUATE, {"context": {"team": {"tier": "pro"}}}))[1]["decision"]["allowed"]
        missing = (await ask(gateway, EVALUATE, {"context": FREE}))[1]["decision"]
        assert (missing["allowed"], missing["matched"][0]["unknown"]) == (False, ["llm.estimatedCost"])


async def test_money_is_exact_and_nothing_is_coerced(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for cost, allowed in ((b"1.0", True), (b"1", True), (b"1.0000000000000002", False), (b'"0"', False)):
            body = b'{"context":{"llm":{"estimatedCost":%b},"team":{"tier":"free"}}}' % cost
            assert (await ask(gateway, EVALUATE, body))[1]["decision"]["allowed"] is allowed


async def test_texts_are_read_by_the_gateways_detectors(tmp_path: Path) -> None:
    mail = "metadata: {id: mail}\nrules: [{id: no-mail, when: '\"email\" in llm.piiTypes', action: {decision: deny}}]"
    async with point(tmp_path, mail) as gateway:
        for prompt, allowed in (("Write to jane.doe@example.org", False), ("Write to Jane", True)):
            context = {"llm": {"prompt": prompt}}
            told = (await ask(gateway, EVALUATE, {"context": context}))[1]
            assert told["decision"]["allowed"] is allowed
            assert told["facts"] == {"llm.piiTypes": [] if allowed else ["email"]}
            beside = {"context": {}, "texts": [{"origin": "user", "text": prompt}]}
            assert (await ask(gateway, EVALUATE, beside))[1]["decision"] == told["decision"]


async def test_a_batch_is_answered_in_order_and_as_one_by_one(tmp_path: Path) -> None:
    contexts = [{"team": {"tier": tier}, "llm": {"estimatedCost": cost}} for tier in ("free", "pro") for cost in (0, 2)]
    async with point(tmp_path) as gateway:
        status, told = await ask(gateway, BATCH, {"requests": [{"context": each} for each in contexts] * 200})
        assert (status, len(told["results"])) == (200, 800)
        alone = [(await ask(gateway, EVALUATE, {"context": each}))[1]["decision"] for each in contexts]
        assert [each["decision"] for each in told["results"]] == alone * 200
        status, told = await ask(gateway, BATCH, {"requests": [{"context": {}}, {"context": 5}]})
        assert (status, told["errors"][0]["pointer"]) == (400, "/requests/1/context")
        assert (await ask(gateway, BATCH, {"requests": []}))[1]["results"] == []


def in_one_and_alone(contexts: list[dict[str, Any]]) -> tuple[bytes, bytes]:
    """Return the answer to a batch of *contexts*, and what the answers to each of them make when they are joined."""

    async def asked() -> tuple[bytes, bytes]:
        inspection = Inspection()
        door = Decisions(Deciding(Snapshots(deciding_by()), StagedClock(), inspection), StagedClock())
        questions = [{"context": context} for context in contexts]
        alone = [(await door.evaluate(json.dumps(each).encode())).body for each in questions]
        batch = (await door.batch(orjson.dumps({"requests": questions}))).body
        inspection.close()
        return batch, b'{"results":[%b],"duration_us":0.0}' % b",".join(alone)

    return asyncio.run(asked())


CONTEXTS = st.fixed_dictionaries(
    {},
    optional={
        "llm": st.fixed_dictionaries(
            {},
            optional={
                "prompt": st.sampled_from(("Hi", "key-1234", "open sesame")),
                "estimatedCost": st.sampled_from((0, 1.5, None)),
                "estimatedTokens": st.integers(0, 9),
                "model": st.sampled_from(("known", "unknown")),
            },
        ),
        "team": st.fixed_dictionaries({"tier": st.sampled_from(("free", "pro", 5))}),
        "response": st.fixed_dictionaries({"text": st.sampled_from(("Hi", "key-1234"))}),
        "tool": st.fixed_dictionaries({"arguments": st.just("key-1234")}),
    },
)


@given(st.lists(CONTEXTS, max_size=4))
def test_a_batch_is_answered_byte_for_byte_as_one_by_one(contexts: list[dict[str, Any]]) -> None:
    batch, alone = in_one_and_alone(contexts)
    assert batch == alone


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_turns_do_not_matter(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "TURN", turn)
    batch, alone = in_one_and_alone([COST, {"llm": {"prompt": "key-1234"}}, FREE, COST, FREE])
    assert batch == alone


@given(st.lists(CONTEXTS, min_size=4, max_size=12))
@settings(max_examples=30)
def test_portions_do_not_matter(contexts: list[dict[str, Any]]) -> None:
    with mock.patch.object(portions, "_BYTES", 30):
        batch, alone = in_one_and_alone(contexts)
    assert batch == alone


def test_portions_that_lose_questions_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "_BYTES", 30)
    assert operator.eq(*in_one_and_alone([COST] * 9))
    monkeypatch.setattr(decisions, "portions", lambda body: [*portions.portions(body)][:-1])
    assert operator.ne(*in_one_and_alone([COST] * 9))


async def test_a_large_batch_is_answered_all_or_none(tmp_path: Path) -> None:
    plain = [{"context": {**FREE, "number": number}} for number in range(2_000)]
    async with point(tmp_path) as gateway:
        for asked in (plain, [*plain, {"context": {"llm": {"prompt": "Hi"}}}]):
            for wrong, status, pointer in (
                ([{"context": 5}], 400, f"/requests/{len(asked)}/context"),
                ([{"context": {}, "other": 5}], 400, f"/requests/{len(asked)}/other"),
                ([{"context": {}}] * 8_001, 413, "/requests"),
            ):
                told = await ask(gateway, BATCH, orjson.dumps({"requests": asked + wrong}))
                assert (told[0], told[1]["errors"][0]["pointer"]) == (status, pointer)
            body = orjson.dumps({"requests": asked})
            status, told = await ask(gateway, BATCH, body[:-2] + b"x]}")
            assert (status, f"column {len(body) - 1}:" in told["detail"]) == (400, True)
            assert len((await ask(gateway, BATCH, body))[1]["results"]) == len(asked)


def test_a_batch_out_of_order_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = Answers.alike
    monkeypatch.setattr(Answers, "alike", lambda self, told, each: alike(self, told[::-1], each))
    batch, alone = in_one_and_alone([COST, {"team": {"tier": "pro"}}])
    assert batch != alone


async def test_a_question_is_explained(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, told = await ask(gateway, EXPLAIN, {"context": COST})
        assert (status, set(told)) == (200, {"decision", "rules", "why_not", "what_if"})
        assert told["rules"][0]["tree"]["truth"] is True
        assert told["what_if"][0]["field"] in {"llm.estimatedCost", "team.tier"}
        _, near = await ask(gateway, EXPLAIN, {"context": {**COST, "team": {"tier": "pro"}}})
        assert near["why_not"][0]["failing"] == ["`team.tier` is `free`"]
        _, both = await ask(gateway, EVALUATE, {"context": COST, "explain": True})
        assert both["decision"].pop("explanation") == {key: told[key] for key in ("rules", "why_not", "what_if")}
        assert both["decision"] == told["decision"]


HOSTILE_BODIES = (
    b"", b"{", b"[]", b"null", b"5", b'{"context": {}, "context": {}}', b'{"context": {"a": NaN}}', b"\xff{}",
    b"\xef\xbb\xbf{}", b'{"context": {"a": "\\ud800"}}', b'{"context":' + b'{"a":' * 90 + b"1" + b"}" * 91,
    b'{"context":' + b"[" * 100_000, b'{"context": {"a": ' + b"9" * 400 + b"}}", b'{"context": {}} {}',
)  # fmt: skip
HOSTILE_HEADS = (
    ({"authorization": ""}, 401, "invalid_api_key"),
    ({"authorization": "Bearer nobody"}, 401, "invalid_api_key"),
    ({"x_api_key": "another"}, 400, "invalid_request"),
    ({"content_type": "text/plain"}, 415, "invalid_request"),
    ({"content_encoding": "gzip"}, 415, "invalid_request"),
)


async def test_what_is_hostile_is_refused(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for path in (EVALUATE, BATCH, EXPLAIN):
            for body in HOSTILE_BODIES:
                status, told = await ask(gateway, path, body)
                assert (status, told["code"], bool(told["detail"])) == (400, "invalid_request", True), body[:50]
            for head, expected, code in HOSTILE_HEADS:
                status, told = await ask(gateway, path, {"context": {}}, **head)
                assert (status, told["code"]) == (expected, code), head
            status, headers, body = await get(gateway, path)
            assert (status, headers["allow"], json.loads(body)["code"]) == (405, "POST", "method_not_allowed")


async def test_a_body_may_have_only_so_many_bytes(tmp_path: Path) -> None:
    async with point(tmp_path, server={"max_request_size": 1000}) as gateway:
        status, _ = await ask(gateway, EVALUATE, {"context": {"a": "x" * 2000}})
    assert status == 413


async def test_questions_take_nothing_from_the_limits_of_exchanges(tmp_path: Path) -> None:
    limits = {"rate_limiting": {"requests_per_minute": 1, "requests_per_hour": 1, "burst_allowance": 1}}
    async with point(tmp_path, security=limits) as gateway:
        for _ in range(3):
            assert (await ask(gateway, EVALUATE, {"context": COST}))[0] == 200
        assert (await ask(gateway, "/api/v1/complete", {"prompt": "Hi"}))[0] == 200
        assert (await ask(gateway, "/api/v1/complete", {"prompt": "Hi"}))[0] == 429
