"""The OpenAPI document, and the page that shows it."""

import json
import re
from pathlib import Path
from typing import Any

from tests.doors.rest.asked import get, point
from yett.doors.rest.documentation import page


def references(value: Any) -> set[str]:
    """Return everything that *value* refers to."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


async def test_every_path_is_documented_for_everybody(tmp_path: Path) -> None:
    async with point(tmp_path) as gateway:
        status, headers, body = await get(gateway, "/openapi.json", authorization="")
        document = json.loads(body)
        assert (status, headers["content-type"], document["openapi"][:2]) == (200, "application/json", "3.")
        assert {
            "/api/v1/evaluate",
            "/api/v1/evaluate/batch",
            "/api/v1/explain",
            "/api/v1/policies",
            "/api/v1/policies/validate",
            "/access/v1/evaluation",
            "/access/v1/evaluations",
            "/v1/data/{path}",
        } <= set(document["paths"])
        schemas = document["components"]["schemas"]
        assert {each.rpartition("/")[2] for each in references(document)} <= set(schemas)
        for operations in document["paths"].values():
            for operation in operations.values():
                assert operation["summary"]
                assert {"400", "401"} < set(operation["responses"])
                assert "422" not in operation["responses"]
        status, headers, body = await get(gateway, "/docs", authorization="")
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert body == page()
        for path in ("/docs", "/openapi.json"):
            assert (await get(gateway, path, "POST"))[0] == 405


def test_the_page_asks_nobody_else() -> None:
    told = page().decode()
    assert re.findall(r"(?:https?:)?//[a-z]", told) == []
    assert re.findall(r"(?:src|href)=\"(?!/)", told) == []
    assert "innerHTML" not in told
