"""What the REST door answers, and what it leaves to others."""

import json
from pathlib import Path

import pytest

from tests.doors.rest.asked import ask, get, point
from yett.doors.rest.app import serves


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/api/v1/evaluate", True),
        ("/api/v1/anything", True),
        ("/api/v1/complete", False),
        ("/api", False),
        ("/v1/data", True),
        ("/v1/data/", True),
        ("/v1/data/a/b", True),
        ("/v1/database", False),
        ("/v1/data%2Fa", False),
        ("/v1/models", False),
        ("/v1/chat/completions", False),
        ("/access/v1/evaluation", True),
        ("/access", False),
        ("/docs", True),
        ("/docs/", False),
        ("/openapi.json", True),
        ("/.well-known/authzen-configuration", True),
        ("/.well-known/other", False),
        ("/metrics", False),
        ("", False),
    ],
)
def test_paths_are_told_apart_exactly(path: str, here: bool) -> None:
    assert serves(path) is here


async def test_what_is_not_there_is_said_in_the_shape_of_the_door(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for path in (
            "/api/v1/nothing",
            "/api/v1/evaluate/",
            "/api/v1/evaluate/batch/x",
            "/access/v1/other",
            "/api/v1//evaluate",
        ):
            status, headers, body = await get(gateway, path)
            assert (status, json.loads(body)["code"]) == (404, "not_found"), path
            assert headers["content-type"] == "application/problem+json"
        status, headers, body = await get(gateway, "/v1/database")
        assert (status, json.loads(body)["error"]["code"]) == (404, "not_found")
        assert (await get(gateway, "/api/v1/nothing", authorization=""))[0] == 401


async def test_the_minimal_form_is_not_this_doors(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, told = await ask(gateway, "/api/v1/complete", {"prompt": "Hi"})
    assert (status, told["llm_response"]) == (200, "Hi")


async def test_a_callers_request_id_is_kept(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        for path in ("/api/v1/policies", "/docs", "/v1/data/yett"):
            assert (await get(gateway, path, **{"x-request-id": "mine-7"}))[1]["x-request-id"] == "mine-7"
