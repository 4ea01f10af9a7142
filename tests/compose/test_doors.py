"""Which door answers, and what each says when nobody foresaw an error."""

import json
from pathlib import Path
from unittest import mock

import pytest

from tests.doors.rest.asked import get, point
from yett.doors.proxy.app import ProxyApp
from yett.doors.rest.app import RestApp


@pytest.mark.parametrize(
    ("door", "path", "media"),
    [
        (ProxyApp, "/v1/models", "application/json"),
        (RestApp, "/v1/data/yett", "application/problem+json"),
        (RestApp, "/api/v1/policies", "application/problem+json"),
    ],
)
async def test_every_door_has_a_border(
    tmp_path: Path, door: type, path: str, media: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with point(tmp_path) as gateway:
        with mock.patch.object(door, "__call__", side_effect=KeyError("what was said")):
            status, headers, body = await get(gateway, path)
    assert (status, headers["content-type"], "error" in json.loads(body)) == (500, media, door is ProxyApp)
    assert "KeyError" in caplog.text
    assert "what was said" not in caplog.text + body.decode()


async def test_an_error_behind_fastapi_reaches_the_same_border(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        with mock.patch("yett.doors.rest.control._listed", side_effect=KeyError("what was said")):
            status, headers, body = await get(gateway, "/api/v1/policies")
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert json.loads(body)["code"] == "internal_error"
