"""The Authorization API 1.0, over a real socket."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doors.rest.asked import ask, get, point
from yett.doors.rest.authzen import context_of
from yett.model.errors import CallerError

ONE, SEVERAL = "/access/v1/evaluation", "/access/v1/evaluations"
ALICE = {"type": "user", "id": "alice", "properties": {"roles": ["analyst"], "team": {"tier": "free"}}}
CHAT = {"name": "chat"}
ALLOWED, DENIED = ({"type": "model", "id": "gpt-4o", "properties": {"estimatedCost": cost}} for cost in (0.5, 2.5))
ASKED = {"subject": ALICE, "action": CHAT, "resource": DENIED}


def test_who_asks_for_what_becomes_facts() -> None:
    evaluation = {
        "subject": ALICE,
        "action": {"name": "chat", "properties": {"stream": True}},
        "resource": {"type": "model", "id": "gpt-4o", "properties": {"maxTokens": 5, "colour": "red"}},
        "context": {"request": {"ip": "::1"}, "llm": {"model": "mine", "provider": "openai"}, "ticket": 7},
    }
    assert context_of(evaluation) == {
        "user": {"type": "user", "id": "alice", "roles": ["analyst"]},
        "team": {"tier": "free"},
        "llm": {"model": "gpt-4o", "provider": "openai", "maxTokens": 5},
        "request": {"ip": "::1"},
        "metadata": {
            "ticket": 7,
            "action": {"name": "chat", "stream": True},
            "resource": {"type": "model", "id": "gpt-4o", "colour": "red"},
        },
    }


@pytest.mark.parametrize(
    ("resource", "facts"),
    [
        ({"type": "tool", "id": "shell"}, {"tool": {"name": "shell"}}),
        ({"type": "project", "id": "p", "properties": {"environment": "test"}}, {"project": {"id": "p", "environment": "test"}}),
        ({"type": "team", "id": "acme"}, {"team": {"id": "acme"}}),
        ({"type": "document", "id": "kb://a"}, {"context": {"source": "kb://a"}}),
        ({"type": "account", "id": "7"}, {}),
    ],
)  # fmt: skip
def test_resources_have_names_of_their_own(resource: dict[str, Any], facts: dict[str, Any]) -> None:
    context = context_of({"subject": {"type": "user", "id": "a"}, "action": CHAT, "resource": resource})
    assert context.pop("user") == {"type": "user", "id": "a"}
    assert context.pop("metadata")["resource"]["id"] == resource["id"]
    assert context == facts


def test_what_the_standard_says_comes_before_what_the_context_says() -> None:
    forged = {"user": {"id": "root", "roles": ["admin"]}, "llm": {"model": "free-model"}, "metadata": {"action": 5}}
    context = context_of({**ASKED, "context": forged})
    assert (context["user"]["id"], context["user"]["roles"]) == ("alice", ["analyst"])
    assert context["llm"]["model"] == "gpt-4o"
    assert context["metadata"]["action"] == {"name": "chat"}
    assert forged["user"] == {"id": "root", "roles": ["admin"]}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"subject": None}, "/subject"),
        ({"subject": {"type": "user"}}, "/subject/id"),
        ({"subject": {"type": 5, "id": "a"}}, "/subject/type"),
        ({"action": {}}, "/action/name"),
        ({"resource": "model"}, "/resource"),
        ({"resource": {**DENIED, "properties": []}}, None),
        ({"resource": {**DENIED, "properties": [1]}}, "/resource/properties"),
        ({"context": "x"}, "/context"),
    ],
)
def test_what_is_missing_is_named(changed: dict[str, Any], place: str | None) -> None:
    if place is None:
        assert context_of({**ASKED, **changed})
        return
    with pytest.raises(CallerError) as caught:
        context_of({**ASKED, **changed})
    assert caught.value.param == place


async def test_an_evaluation_is_decided(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, told = await ask(gateway, ONE, ASKED)
        assert (status, told["decision"]) == (200, False)
        assert told["context"]["reason_user"] == {"en": "Cost exceeds free tier limit ($1.00)"}
        assert told["context"]["matched"] == ["cost-limit@1.0.0/deny-expensive-models"]
        assert await ask(gateway, ONE, {**ASKED, "resource": ALLOWED}) == (200, {"decision": True})
        assert (await ask(gateway, ONE, {**ASKED, "subject": {}}))[0] == 400
        assert (await ask(gateway, ONE, [ASKED]))[0] == 400
        assert (await ask(gateway, ONE, ASKED, authorization=""))[0] == 401


@pytest.mark.parametrize(
    ("options", "asked", "told"),
    [
        (None, "ADA", [True, False, True]),
        ({}, "ADA", [True, False, True]),
        ({"evaluations_semantic": "execute_all"}, "DAD", [False, True, False]),
        ({"evaluations_semantic": "deny_on_first_deny"}, "ADA", [True, False]),
        ({"evaluations_semantic": "permit_on_first_permit"}, "DAD", [False, True]),
        ({"evaluations_semantic": "permit_on_first_permit"}, "DD", [False, False]),
    ],
)
async def test_several_are_decided_as_far_as_was_asked(
    tmp_path: Path, options: Any, asked: str, told: list[bool]
) -> None:
    evaluations = [{"resource": ALLOWED if each == "A" else DENIED} for each in asked]
    body = {"subject": ALICE, "action": CHAT, "evaluations": evaluations} | ({"options": options} if options else {})
    async with point(tmp_path) as gateway:
        status, answer = await ask(gateway, SEVERAL, body)
    assert (status, [each["decision"] for each in answer["evaluations"]]) == (200, told)


async def test_several_that_are_none_are_one_and_mistakes_are_named(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for body in (ASKED, {**ASKED, "evaluations": []}):
            assert (await ask(gateway, SEVERAL, body))[1]["decision"] is False
        wrong = [
            ({"evaluations": 5}, "/evaluations"),
            ({"evaluations": [5]}, "/evaluations/0"),
            ({**ASKED, "evaluations": [{}, {"subject": 1}]}, "/evaluations/1/subject"),
            (
                {**ASKED, "evaluations": [{}], "options": {"evaluations_semantic": "all"}},
                "/options/evaluations_semantic",
            ),
        ]
        for body, place in wrong:
            status, told = await ask(gateway, SEVERAL, body)
            assert (status, told["errors"][0]["pointer"]) == (400, place)


async def test_it_says_where_it_is(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, _, body = await get(gateway, "/.well-known/authzen-configuration", authorization="")
    assert (status, json.loads(body)) == (
        200,
        {
            "policy_decision_point": "http://gate.test",
            "access_evaluation_endpoint": "http://gate.test/access/v1/evaluation",
            "access_evaluations_endpoint": "http://gate.test/access/v1/evaluations",
        },
    )
