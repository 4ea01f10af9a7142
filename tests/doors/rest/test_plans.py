"""What a caller may use, over a real socket."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doors.rest.asked import ask, get, point
from yett.doors.rest import shapes
from yett.doors.rest.plans import PLAN_KEYS, read_wish
from yett.model.errors import CallerError
from yett.services.planning import Wish

PLAN = "/api/v1/plan"
POLICY = """
metadata: {id: models}
rules:
  - {id: big, when: 'llm.model == "big" && team.tier != "pro"', action: {decision: deny, reason: "for pro alone"}}
  - {id: short, when: llm.maxTokens > 1000, action: {decision: deny}}
  - {id: clean, when: injection.score > 0.5, action: {decision: deny}}
"""
PRO, FREE = "a-key-of-at-least-sixteen-characters", "another-key-of-sixteen-characters"  # not credentials
SETTINGS: dict[str, Any] = {
    "llm_providers": {"stub": {"kind": "stub", "models": ["big", "small"]}},
    "access": {
        "keys": [
            {"id": "pro", "secret": PRO, "attributes": {"team.tier": "pro"}},
            {"id": "free", "secret": FREE, "attributes": {"team.tier": "free"}},
        ]
    },
}


async def test_a_plan_says_what_may_be_used(tmp_path: Path) -> None:
    async with point(tmp_path, POLICY, **SETTINGS) as gateway:
        status, told = await ask(gateway, PLAN, {}, authorization=f"Bearer {FREE}")
        assert (status, [each["permission"] for each in told["models"]]) == (200, ["denied", "conditional"])
        assert told["models"][0]["reason"] == "for pro alone"
        assert told["models"][1]["max_tokens"] == 1000
        assert [each["rule"] for each in told["models"][1]["provisos"]] == ["clean", "short"]
        _, told = await ask(gateway, PLAN, {"models": ["big"], "tools": ["search"]}, authorization=f"Bearer {PRO}")
        assert [each["permission"] for each in told["models"] + told["tools"]] == ["conditional", "conditional"]
        _, told = await ask(gateway, PLAN, {"context": {"team": {"tier": "free"}}, "models": ["big"]})
        assert told["models"][0]["permission"] == "denied"
        for body, place in (({"model": []}, "/model"), ({"policies": ["x"]}, "/policies"), ([], "/")):
            status, told = await ask(gateway, PLAN, body)
            assert (status, told["errors"][0]["pointer"]) == (400, place)
        assert (await ask(gateway, PLAN, {}, authorization=""))[0] == 401
        assert (await get(gateway, PLAN))[0] == 405


async def test_models_are_listed_for_those_who_may_use_them(tmp_path: Path) -> None:
    async with point(tmp_path, POLICY, **SETTINGS) as gateway:
        for key, models in ((PRO, ["big", "small"]), (FREE, ["small"])):
            _, _, body = await get(gateway, "/v1/models", authorization=f"Bearer {key}")
            assert [each["id"] for each in json.loads(body)["data"]] == models


@pytest.mark.parametrize(
    ("payload", "wish"),
    [
        ({}, Wish()),
        ({"context": None, "models": None, "tools": None}, Wish()),
        ({"models": []}, Wish(models=())),
        ({"context": {}, "models": ["a", "b", "a"], "tools": ["t"]}, Wish({}, ("a", "b"), ("t",))),
        ({"policies": ["p"], "namespace": "n"}, Wish(policies=("p",), namespace="n")),
    ],
)
def test_a_wish_is_read(payload: Any, wish: Wish) -> None:
    assert read_wish(payload) == wish


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ({"context": []}, "/context"),
        ({"models": "a"}, "/models"),
        ({"models": [1]}, "/models"),
        ({"tools": ["t"] * 1_001}, "/tools"),
        ({"policies": "p"}, "/policies"),
        ({"namespace": 1}, "/namespace"),
        ({"modles": []}, "/modles"),
    ],
)
def test_what_is_no_wish_is_refused(payload: Any, place: str) -> None:
    with pytest.raises(CallerError) as caught:
        read_wish(payload)
    assert caught.value.param == place


def test_the_documented_shape_has_the_same_keys() -> None:
    assert set(shapes.Wish.model_fields) == PLAN_KEYS
