"""Who may call, and how often: over the real gateway."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import openai
import pytest

from tests.whole.gate import Gate, gate, posted, said

KEY = "a-key-of-at-least-sixteen-characters"  # not a credential
OTHER = "another-key-of-sixteen-characters"  # not a credential
KEYS = {"keys": [{"id": "alice", "tenant": "acme", "secret": KEY}, {"id": "bob", "tenant": "acme", "secret": OTHER}]}
BODY = json.dumps(said("Hi", model="stub")).encode()


async def asked(gateway: Gate, path: str = "/v1/chat/completions", **head: str) -> tuple[int, str]:
    """Ask with these headers instead of the development token; return status and code."""
    names = {"authorization": "", **{name.replace("_", "-"): value for name, value in head.items()}}
    body = BODY if path.startswith("/v1") else b'{"prompt": "Hi"}'
    status, _, told = await posted(gateway.port, body, path, names)
    payload = json.loads(told)
    return status, payload.get("error", {}).get("code") or payload.get("detail") or ""


@pytest.mark.parametrize("mode", ["development", "production"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/api/v1/complete"])
async def test_only_known_credentials_get_in(tmp_path: Path, mode: str, path: str) -> None:
    unknown = (401, "invalid_api_key")
    async with gate(tmp_path, server={"mode": mode}, access=KEYS) as gateway:
        assert await asked(gateway, path) == unknown
        assert await asked(gateway, path, authorization="Bearer ") == unknown
        assert await asked(gateway, path, authorization="Bearer nobody-knows-this-one") == unknown
        assert await asked(gateway, path, authorization=f"Basic {KEY}") == unknown
        assert await asked(gateway, path, authorization=KEY) == unknown
        assert await asked(gateway, path, authorization=f"Bearer {KEY}x") == unknown
        assert await asked(gateway, path, authorization=f"Bearer {KEY[:-1]}") == unknown
        assert await asked(gateway, path, authorization=f"Bearer {KEY.upper()}") == unknown
        assert await asked(gateway, path, authorization="Bearer caf\xe9-au-lait-\xff") == unknown
        assert await asked(gateway, path, authorization="Bearer alice") == unknown
        assert await asked(gateway, path, x_api_key="nobody-knows-this-one") == unknown
        assert await asked(gateway, path, authorization=f"Bearer {KEY}") == (200, "")
        assert await asked(gateway, path, authorization=f"bearer  {KEY} ") == (200, "")
        assert await asked(gateway, path, x_api_key=KEY) == (200, "")
        assert await asked(gateway, path, x_api_key=KEY, authorization=f"Bearer {KEY}") == (200, "")
        twice = await asked(gateway, path, x_api_key=KEY, authorization=f"Bearer {OTHER}")
        assert twice == (400, "invalid_request")
        developer = await asked(gateway, path, authorization="Bearer dev-token")
        assert developer == ((200, "") if mode == "development" else unknown)


async def test_the_record_says_who_it_was_by_their_key_alone(tmp_path: Path) -> None:
    async with gate(tmp_path, server={"mode": "production"}, access=KEYS) as gateway:
        await asked(gateway, authorization="Bearer nobody-knows-this-one")
        await asked(gateway, x_api_key=OTHER)
        refused, served = await gateway.records(2)
    assert (refused.outcome, refused.status, refused.code) == ("refused", 401, "invalid_api_key")
    assert (refused.tenant, refused.subject, refused.key) == ("", "", "")
    assert (served.outcome, served.tenant, served.key) == ("served", "acme", "bob")
    assert served.subject not in {"", "bob"}


async def test_models_are_listed_for_those_who_are_known(tmp_path: Path) -> None:
    async with gate(tmp_path, access=KEYS) as gateway:
        async with gateway.client("nobody-knows-this-one") as client:
            with pytest.raises(openai.AuthenticationError):
                await client.models.list()
        async with gateway.client(KEY) as client:
            assert [model.id async for model in client.models.list()] == ["stub"]
            with pytest.raises(openai.BadRequestError):
                await client.models.list(extra_headers={"x-api-key": OTHER})


async def test_a_burst_is_granted_to_the_last_and_no_further(tmp_path: Path) -> None:
    limits = {"rate_limiting": {"requests_per_minute": 6, "requests_per_hour": 1000, "burst_allowance": 5}}
    async with gate(tmp_path, security=limits, access=KEYS) as gateway:
        told = await asyncio.gather(*(posted(gateway.port, BODY) for _ in range(20)))
        assert Counter(status for status, _, _ in told) == {200: 5, 429: 15}
        for status, headers, body in told:
            assert headers["x-ratelimit-limit-requests"] == "6"
            assert headers["x-ratelimit-reset-requests"].endswith("s")
            if status == 429:
                assert json.loads(body)["error"]["code"] == "rate_limit_exceeded"
                assert json.loads(body)["error"]["type"] == "rate_limit_error"
                assert headers["x-ratelimit-remaining-requests"] == "0"
                assert 1 <= int(headers["retry-after"]) <= 10
                assert "x-should-retry" not in headers
        left = sorted(int(headers["x-ratelimit-remaining-requests"]) for status, headers, _ in told if status == 200)
        assert left == [0, 1, 2, 3, 4]
        assert await asked(gateway, authorization=f"Bearer {KEY}") == (200, "")  # somebody else's limit
        assert await asked(gateway, "/api/v1/complete", authorization="Bearer dev-token") == (
            429,
            "rate_limit_exceeded",
        )
        async with gateway.client(max_retries=0) as client:
            with pytest.raises(openai.RateLimitError) as raised:
                await client.models.list()
        assert raised.value.code == "rate_limit_exceeded"
        records = await gateway.records(22)
    limited = [record for record in records if record.status == 429]
    assert {(record.outcome, record.tenant, record.key) for record in limited} == {
        ("refused", "development", "dev-token")
    }


async def test_an_unknown_credential_takes_nothing_from_anybody(tmp_path: Path) -> None:
    limits = {"rate_limiting": {"requests_per_minute": 2, "burst_allowance": 1}}
    async with gate(tmp_path, security=limits, access=KEYS) as gateway:
        for _ in range(5):
            assert (await asked(gateway, authorization="Bearer nobody-knows-this-one"))[0] == 401
        assert (await asked(gateway, authorization=f"Bearer {KEY}"))[0] == 200
        assert (await asked(gateway, authorization=f"Bearer {KEY}"))[0] == 429
        assert (await asked(gateway, x_api_key=KEY))[0] == 429
        assert (await asked(gateway, x_api_key=OTHER))[0] == 200


async def test_limits_that_are_off_are_not_told(tmp_path: Path) -> None:
    async with gate(tmp_path, security={"rate_limiting": {"enabled": False}}) as gateway:
        status, headers, _ = await posted(gateway.port, BODY)
    assert status == 200
    assert not [name for name in headers if name.startswith("x-ratelimit")]
