"""What each decision of the policy language does to an exchange: what the caller, the provider and the record see."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.doors.rest.asked import ask
from tests.whole.gate import Gate, completion, gate, posted
from yett.testing.provider import Provider, answer

MAIL = "jane.doe@example.com"
POLICY = """
metadata: {id: house, version: 1.0.0}
rules:
  - {id: allow, when: llm.model == "told-allow", action: {decision: allow}}
  - {id: deny, when: llm.model == "told-deny", action: {decision: deny, reason: not here}}
  - id: sanitize
    when: llm.model == "told-sanitize" && pii.found
    action: {decision: sanitize, obligations: [{type: redact, kinds: [pii.email], how: replace}]}
  - {id: warn, when: llm.model == "told-warn", action: {decision: warn, reason: careful}}
  - {id: limit, when: llm.model == "told-limit", action: {decision: limit, limit: {max_tokens: 5}}}
  - {id: route, when: llm.model == "told-route", action: {decision: route, route: {models: [other]}}}
  - {id: astray, when: llm.model == "told-astray", action: {decision: route, route: {models: [nobody-has-it]}}}
  - {id: ask, when: llm.model == "told-ask", action: {decision: require_approval, reason: ask first, require_approval: {level: 2}}}
  - {id: strange, when: llm.model == "told-strange", action: {decision: limit, obligations: [{type: cap, quantity: bananas, limit: 1}]}}
  - {id: one, when: llm.model == "told-torn", action: {decision: route, route: {models: [other]}}}
  - {id: two, when: llm.model == "told-torn", action: {decision: route, route: {models: [told-allow]}}}
  - {id: off, enabled: false, action: {decision: deny}}
  - {id: over, expires: 2020-01-01, action: {decision: deny}}
---
metadata: {id: resting, version: 1.0.0}
rules: [{id: never, action: {decision: deny}}]
status: draft
"""


async def exchanged(gateway: Gate, model: str) -> tuple[int, dict[str, str], Any]:
    message = {"role": "user", "content": f"Write to {MAIL}"}
    body = json.dumps({"model": model, "messages": [message], "max_tokens": 50}).encode()
    status, headers, told = await posted(gateway.port, body)
    return status, headers, json.loads(told)


# The header knows four words; what is capped or sent elsewhere passes with a warning.
WELL: Mapping[str, tuple[str, dict[str, object], str]] = {
    "told-plain": ("told", {"model": "told-plain", "max_tokens": 50}, "allow"),
    "told-allow": ("told", {"model": "told-allow", "max_tokens": 50}, "allow"),
    "told-sanitize": ("told", {"model": "told-sanitize", "max_tokens": 50}, "sanitize"),
    "told-warn": ("told", {"model": "told-warn", "max_tokens": 50}, "warn"),
    "told-limit": ("told", {"model": "told-limit", "max_tokens": 5}, "warn"),
    "told-route": ("other", {"model": "other", "max_tokens": 50}, "warn"),
}
ILL = {
    "told-deny": (403, "policy_violation", "not here"),
    "told-ask": (403, "policy_violation", "an approval is required"),
    "told-torn": (403, "policy_violation", "have no model in common"),
    "told-astray": (404, "model_not_found", ""),
    "told-strange": (403, "policy_violation", ""),
}


async def test_every_decision_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    policies = {"default": "none", "files": ["policy.yaml"]}
    async with Provider(answer(completion("Fine."))) as provider, Provider(answer(completion("Else."))) as elsewhere:
        other = {"other": {"kind": "openai", "base_url": elsewhere.url, "models": ["other"]}}
        async with gate(tmp_path, provider, policies=policies, llm_providers=other) as gateway:
            seen = {"told": provider.requests, "other": elsewhere.requests}
            for model, (upstream, sent, decision) in WELL.items():
                status, headers, told = await exchanged(gateway, model)
                assert (status, headers["x-yett-decision"]) == (200, decision), model
                assert told["choices"][0]["message"]["content"] == ("Else." if upstream == "other" else "Fine.")
                body = json.loads(seen[upstream][-1].body)
                assert {name: body[name] for name in sent} == sent
                assert (MAIL in body["messages"][0]["content"]) is (decision != "sanitize")
            sent_so_far = len(provider.requests) + len(elsewhere.requests)
            for model, (status, code, words) in ILL.items():
                refused, headers, told = await exchanged(gateway, model)
                assert (refused, told["error"]["code"]) == (status, code), (model, told)
                assert words in told["error"]["message"]
            assert sent_so_far == len(provider.requests) + len(elsewhere.requests) == len(WELL)
            records = await gateway.records(len(WELL) + len(ILL))
    effects = {record.model or record.judgements[0].rules: record.judgements[0].effect for record in records}
    assert {"warn", "limit", "route", "sanitize", "deny", "allow"} <= set(effects.values())
    warned = next(record for record in records if record.judgements[0].effect == "warn")
    assert warned.judgements[0].rules == ("house@1.0.0/warn",)
    limited = next(record for record in records if record.judgements[0].effect == "limit")
    assert limited.caps == {"max_tokens": 5}


ROUTES = """
metadata: {id: roads, version: 1.0.0}
rules:
  - {id: to-denied, when: llm.model == "told-1", action: {decision: route, route: {models: [told-denied]}}}
  - {id: denied, when: llm.model == "told-denied", action: {decision: deny, reason: nobody may ask it}}
  - {id: to-capped, when: llm.model == "told-2", action: {decision: route, route: {models: [told-capped]}}}
  - {id: more, when: llm.model == "told-2", action: {decision: limit, limit: {max_tokens: 30}}}
  - {id: capped, when: llm.model == "told-capped", action: {decision: limit, limit: {max_tokens: 7}}}
  - {id: to-there, when: llm.model == "told-3", action: {decision: route, route: {models: [told-4]}}}
  - {id: and-back, when: llm.model == "told-4", action: {decision: route, route: {models: [told-3]}}}
  - {id: to-hidden, when: llm.model == "told-5", action: {decision: route, route: {models: [told-hidden]}}}
  - id: hidden
    when: llm.model in ["told-5", "told-hidden"]
    action: {decision: sanitize, obligations: [{type: redact, kinds: [pii.email], how: surrogate}, {type: restore, kinds: [pii.email]}]}
  - {id: said, stages: [response], when: llm.model == "told-hidden", action: {decision: warn, reason: the one that answered}}
"""


async def test_what_policy_sends_elsewhere_is_judged_as_if_it_had_been_asked_for(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(ROUTES, "utf-8")
    policies = {"default": "none", "files": ["policy.yaml"]}
    async with (
        Provider(answer(completion("Fine."))) as provider,
        gate(tmp_path, provider, policies=policies) as gateway,
    ):
        refused = {model: await exchanged(gateway, model) for model in ("told-1", "told-3")}
        assert provider.requests == []
        capped, hidden = await exchanged(gateway, "told-2"), await exchanged(gateway, "told-5")
        sent = [json.loads(request.body) for request in provider.requests]
        provider.say(answer(completion(sent[1]["messages"][0]["content"])))
        *_, named_again = await exchanged(gateway, "told-5")
        records = await gateway.records(5)
    assert [told["error"]["message"] for _, _, told in refused.values()] == [
        "nobody may ask it",
        "policy sends the request to a model, and from there to another",
    ]
    assert {status for status, _, _ in refused.values()} == {403}
    assert (capped[0], sent[0]["model"], sent[0]["max_tokens"]) == (200, "told-capped", 7)
    assert (hidden[0], sent[1]["model"]) == (200, "told-hidden")
    assert MAIL not in sent[1]["messages"][0]["content"]
    assert named_again["choices"][0]["message"]["content"] == f"Write to {MAIL}"
    judged = {record.model: [each.rules for each in record.judgements] for record in records}
    assert judged["told-denied"] == [("roads@1.0.0/to-denied",), ("roads@1.0.0/denied",)]
    assert "roads@1.0.0/said" in judged["told-hidden"][-1]
    assert next(record.caps for record in records if record.model == "told-capped") == {"max_tokens": 7}


@pytest.mark.parametrize(
    ("model", "effect", "owed"),
    [
        ("told-ask", "require_approval", [{"type": "approve", "level": 2}]),
        ("told-limit", "limit", [{"type": "cap", "quantity": "max_tokens", "limit": 5}]),
        ("told-route", "route", [{"type": "route", "models": ["other"]}]),
    ],
)
async def test_whoever_asks_the_decision_point_is_told_what_it_owes(
    model: str, effect: str, owed: list[dict[str, object]], tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    async with gate(tmp_path, policies={"default": "none", "files": ["policy.yaml"]}) as gateway:
        _, told = await ask(gateway, "/api/v1/evaluate", {"context": {"llm": {"model": model}}})
    assert (told["decision"]["allowed"], told["decision"]["effect"], told["decision"]["obligations"]) == (
        True,
        effect,
        owed,
    )


async def test_who_hears_only_yes_or_no_hears_no_where_a_human_is_to_be_asked(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    async with gate(tmp_path, policies={"default": "none", "files": ["policy.yaml"]}) as gateway:
        for model, passes in (("told-ask", False), ("told-warn", True), ("told-deny", False)):
            _, told = await ask(gateway, "/v1/data/yett", {"input": {"model": model}})
            assert (told["result"]["allow"], told["result"]["deny"]) == (passes, not passes)
            asked = {"subject": {"type": "user", "id": "a"}, "action": {"name": "chat"}}
            asked["resource"] = {"type": "model", "id": model}
            _, told = await ask(gateway, "/access/v1/evaluation", asked)
            assert told["decision"] is passes
        _, told = await ask(
            gateway, "/access/v1/evaluation", {**asked, "resource": {"type": "model", "id": "told-limit"}}
        )
        assert told["context"]["obligations"] == [{"type": "cap", "quantity": "max_tokens", "limit": 5}]
