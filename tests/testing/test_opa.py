"""Rego is served as Open Policy Agent serves it, faults included."""

import json
import subprocess
import sys
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("regopy is installed for tests on Linux", allow_module_level=True)

from yett.adapters.upstream.destination import Destination
from yett.adapters.upstream.http import HttpUpstream
from yett.compose.authorities import Authorities
from yett.compose.opa import OpaSettings
from yett.compose.settings import Policies
from yett.ports.upstream import Outgoing
from yett.testing.opa import RegoServer
from yett.testing.provider import Do, answer

GATEWAY = """
package gateway

default deny := false

deny if {
    input.tenant == "trial"
    startswith(input.model, "gpt-4")
}

deny if "suspended" in input.user.roles

ready := true

nets if net.cidr_contains("10.0.0.0/8", input.ip)

pair := [1, {"a": null}]
"""


async def asked(server: RegoServer, path: str, body: bytes) -> tuple[int, Any]:
    upstream = HttpUpstream(Destination("opa", server.address))
    told = await upstream.open(Outgoing(path, body))
    status, read = told.status, await told.read()
    await upstream.aclose()
    return status, json.loads(read)


async def test_it_answers_as_opa_does() -> None:
    trial = b'{"input": {"tenant": "trial", "model": "gpt-4o"}}'
    cases: list[tuple[str, bytes, int, Any]] = [
        ("/v1/data/gateway/deny", trial, 200, {"result": True}),
        ("/v1/data/gateway/deny?pretty=true", trial, 200, {"result": True}),
        ("/v1/data/gateway/deny", b'{"input": {"tenant": "trial", "model": "o3"}}', 200, {"result": False}),
        ("/v1/data/gateway/deny", b'{"input": {"user": {"roles": ["suspended"]}}}', 200, {"result": True}),
        ("/v1/data/gateway/deny", b"", 200, {"result": False}),
        ("/v1/data/gateway/pair", b"{}", 200, {"result": [1, {"a": None}]}),
        ("/v1/data/gateway/nothing", trial, 200, {}),
        ("/v1/data/elsewhere/deny", trial, 200, {}),
        ("/health", b"", 200, {}),
    ]
    async with RegoServer(GATEWAY) as server:
        for path, body, status, told in cases:
            assert await asked(server, path, body) == (status, told), path
        for path, body, status in [("/v1/data/gateway/deny", b"{", 400), ("/v1/other", b"{}", 404)]:
            assert (await asked(server, path, body))[0] == status


async def test_a_built_in_that_is_not_there_is_an_error_and_not_undefined() -> None:
    async with RegoServer(GATEWAY) as server:
        status, told = await asked(server, "/v1/data/gateway/nets", b'{"input": {"ip": "10.0.0.1"}}')
    assert (status, told["code"]) == (500, "internal_error")


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        (GATEWAY, True),
        (GATEWAY.replace("default deny := false", ""), False),
        (GATEWAY.replace("package gateway", "package gatewy"), False),
        (GATEWAY.replace("ready := true", "ready := false"), False),
        (GATEWAY.replace("ready := true", ""), False),
        ("package gateway\ndeny := {}\nready := true", False),
    ],
)
async def test_a_client_lets_pass_by_real_rego_alone(module: str, allowed: bool) -> None:
    async with RegoServer(module) as server:
        authorities = Authorities()
        (authority,) = authorities.of(Policies(opa=OpaSettings(url=server.address, sentinel="gateway/ready")))
        assert (await authority.decide({"tenant": "acme", "model": "gpt-4o"})).allowed is allowed
        assert not (await authority.decide({"tenant": "trial", "model": "gpt-4o"})).allowed
        await authorities.aclose()


async def test_what_it_is_told_to_say_comes_first() -> None:
    scripts = [answer({"result": False}, 503), [Do.RESET], [Do.RESET]]
    async with RegoServer(GATEWAY, scripts=scripts) as server:
        authorities = Authorities()
        (authority,) = authorities.of(Policies(opa=OpaSettings(url=server.address)))
        assert [(await authority.decide({})).allowed for _ in range(3)] == [False, False, True]
        await authorities.aclose()


def test_patterns_can_be_compiled_whatever_was_imported_first() -> None:
    program = "import yett.testing.opa, re2; re2.compile(b'(?i)open sesame')"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
