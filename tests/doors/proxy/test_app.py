"""The door's paths: what exists, by which method, and what its pages say."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.whole.gate import Gate, gate, posted, said

PAGES = ["/v1/models", "/readyz", "/metrics", "/healthz", "/health", "/livez"]
OPERATIONS = ["/v1/chat/completions", "/api/v1/complete"]


async def asked(gateway: Gate, method: str, path: str, **head: str) -> tuple[int, dict[str, str], bytes]:
    """Ask over a socket of our own."""
    headers = {"host": "a", "connection": "close", "authorization": "Bearer dev-token", **head}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value), "", ""]
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write("\r\n".join(lines).encode())
    top, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    first, *names = top.decode().split("\r\n")
    pairs = (line.partition(": ") for line in names)
    return int(first.split()[1]), {name: value for name, _, value in pairs}, body


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_read_and_nothing_else(tmp_path: Path, path: str) -> None:
    async with gate(tmp_path) as gateway:
        status, headers, body = await asked(gateway, "GET", path)
        assert (status, headers["cache-control"]) == (200, "no-store")
        assert headers["x-request-id"].startswith("req_")
        assert int(headers["content-length"]) == len(body) > 0
        status, head, nothing = await asked(gateway, "HEAD", path)
        assert (status, nothing) == (200, b"")
        assert int(head["content-length"]) > 0
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            status, headers, body = await asked(gateway, method, path)
            assert (status, json.loads(body)["error"]["code"]) == (405, "method_not_allowed"), method
            assert headers["allow"] == "GET, HEAD"  # RFC 9110, 15.5.6


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_operations_are_posted_and_nothing_else(tmp_path: Path, path: str, method: str) -> None:
    async with gate(tmp_path) as gateway:
        status, headers, _ = await asked(gateway, method, path)
        assert (status, headers["x-should-retry"], headers["allow"]) == (405, "false", "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/chat/completions/",
        "/v1//chat/completions",
        "/V1/chat/completions",
        "/v1/chat/completions/../completions",
        "/v1/embeddings",
        "/metrics/",
        "/console",
        "//metrics",
        "/%2e/metrics",
    ],
)
async def test_what_is_not_listed_does_not_exist(tmp_path: Path, path: str) -> None:
    async with gate(tmp_path) as gateway:
        for method in ("GET", "POST"):
            status, headers, body = await asked(gateway, method, path)
            error = json.loads(body)["error"]
            assert (status, error["code"], error["type"]) == (404, "not_found", "not_found_error")
            assert headers["content-type"] == "application/json"


async def test_a_query_is_not_part_of_the_path(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        assert (await asked(gateway, "GET", "/livez?a=/v1/models"))[0] == 200
        assert (await asked(gateway, "GET", "http://elsewhere.test/livez"))[0] in {200, 400, 404}
        body = json.dumps(said("Hi", model="stub")).encode()
        assert (await posted(gateway.port, body, "/v1/chat/completions?beta=true"))[0] == 200


@pytest.mark.parametrize("path", ["/healthz", "/health", "/livez"])
async def test_it_is_alive_for_everybody(tmp_path: Path, path: str) -> None:
    async with gate(tmp_path, server={"mode": "production"}) as gateway:
        status, _, body = await asked(gateway, "GET", path, authorization="")
    assert (status, body) == (200, b'{"status":"ok"}')


async def test_readiness_says_what_was_looked_at(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        status, _, body = await asked(gateway, "GET", "/readyz", authorization="")
        told = json.loads(body)
        assert (status, told["mode"], told["ready"]) == (200, "LOCAL", True)
        assert told["checks"].pop("policies").startswith("yett-coverage@1.0.0, ")
        assert set(told["checks"].values()) == {"ok"}
        assert {"configuration", "upstreams", "serving", "store", "journal"} <= set(told["checks"])
        gateway.house.health.draining = True
        status, _, body = await asked(gateway, "GET", "/readyz")
        assert (status, json.loads(body)["ready"]) == (503, False)
        assert (await asked(gateway, "GET", "/livez"))[0] == 200


async def test_metrics_count_what_happened(tmp_path: Path) -> None:
    async with gate(tmp_path) as gateway:
        for model in ("stub", "stub", "gone"):
            await posted(gateway.port, json.dumps(said("Hi", model=model)).encode())
        _, headers, body = await asked(gateway, "GET", "/metrics", authorization="")
        assert headers["content-type"].startswith("text/plain; version=0.0.4")
        assert b'yett_exchanges_total{operation="openai.chat",outcome="served",status="200"} 2.0' in body
        assert b'yett_exchanges_total{operation="openai.chat",outcome="refused",status="404"} 1.0' in body
        assert b"yett_exchange_seconds_count 3.0" in body
        assert b"gone" not in body


async def test_models_that_are_patterns_are_not_listed_and_only_allowed_ones_are(tmp_path: Path) -> None:
    providers = {
        "parrot": {"kind": "stub", "models": ["polly", "jack*", "jack-1"]},
        "owl": {"kind": "stub", "models": ["polly", "wise"]},
    }
    async with gate(tmp_path, llm_providers=providers) as gateway:
        _, _, body = await asked(gateway, "GET", "/v1/models")
        told = json.loads(body)
    assert told["object"] == "list"
    assert sorted(model["id"] for model in told["data"] if "*" not in model["id"]) == [
        "jack-1",
        "polly",
        "stub",
        "wise",
    ]
