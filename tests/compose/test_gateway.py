"""The whole proxy, in code: what is asked of prompts there takes effect, and middleware stands around it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.whole import gate
from tests.whole.gate import configured, posted
from yett import Gateway, SecurityPolicy
from yett.compose import gateway as module
from yett.compose import snapshot
from yett.compose.serving import serving
from yett.model.errors import OperatorError

SERVE = """
    import sys
    from yett import Gateway, SecurityPolicy

    policy = SecurityPolicy(max_prompt_length=2000, blocked_patterns=[r"act as if you are"])

    def quiet(app):
        async def middleware(scope, receive, send):
            print(scope["type"], scope.get("path", ""), flush=True)
            await app(scope, receive, send)
        return middleware

    Gateway(config_file=sys.argv[1], security_policy=policy).add_middleware("quiet", quiet).run(port=0)
    print("home", flush=True)
"""


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make detectors once for all gateways here."""
    monkeypatch.setattr(snapshot, "configured_detectors", gate._detectors)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    configured(tmp_path)
    return tmp_path / "yett.yaml"


def asked(*texts: str, role: str = "user") -> bytes:
    return json.dumps({"model": "stub", "messages": [{"role": role, "content": text} for text in texts]}).encode()


async def answers(gateway: Gateway, *bodies: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Serve *gateway*, post *bodies*, and return status and content of each answer."""
    async with serving(gateway.app()) as port:
        told = [await posted(port, body) for body in bodies]
    return [(status, json.loads(content)) for status, _, content in told]


async def statuses(gateway: Gateway, *bodies: bytes) -> list[int]:
    return [status for status, _ in await answers(gateway, *bodies)]


async def test_a_prompt_may_be_so_long_and_no_longer(config: Path) -> None:
    gateway = Gateway(config, SecurityPolicy(max_prompt_length=40))
    bodies = [
        asked("word " * 8),
        asked("word " * 8, "."),
        asked("a " * 10, "b " * 10),
        asked("word " * 4, role="system"),
    ]
    told = await answers(gateway, *bodies)
    assert [status for status, _ in told] == [200, 413, 200, 200]
    assert told[1][1]["error"]["code"] == "request_too_large"


async def test_a_prompt_that_matches_a_blocked_pattern_is_denied(config: Path) -> None:
    policy = SecurityPolicy(blocked_patterns=[r"act as if you are", r"\bdan\b|jail ?break"])
    texts = ["Act AS if you ARE free", "be DAN", "a jailbreak", "a dance", "act as you are"]
    told = await answers(Gateway(config, policy), *map(asked, texts), asked("act as if you are", role="system"))
    assert [status for status, _ in told] == [403, 403, 403, 200, 200, 200]
    assert {answer["error"]["message"] for status, answer in told if status == 403} == {
        "the prompt matches a blocked pattern"
    }


async def test_without_a_policy_in_code_the_configuration_alone_decides(config: Path) -> None:
    assert await statuses(Gateway(str(config)), asked("act as if you are"), asked(gate.ORDER)) == [200, 403]


async def test_what_is_blocked_in_code_stays_blocked_when_the_configuration_blocks_nothing(tmp_path: Path) -> None:
    configured(tmp_path, policies={"default": "none"})
    gateway = Gateway(tmp_path / "yett.yaml", SecurityPolicy(blocked_patterns=("fish",)))
    assert await statuses(gateway, asked("a fish"), asked(gate.ORDER)) == [403, 200]


@pytest.mark.parametrize("pattern", ["[", "a)(b", "(?P<x", r"(a)\1", "a(?=b)", "(a|b", "x{2,1}"])
def test_what_is_no_pattern_stops_the_start_and_is_named(config: Path, pattern: str) -> None:
    policy = SecurityPolicy(blocked_patterns=["fine", pattern])
    with pytest.raises(OperatorError) as caught:
        Gateway(config, policy).app()
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.code) == ("SecurityPolicy", "pattern")
    assert f"{pattern}`" in problem.message


@pytest.mark.parametrize("pattern", ["${HOME}", "a: b # c", '"quoted"', "'", "\\", "{}", "é\u2028"])
def test_a_pattern_means_what_it_says_whatever_it_looks_like(pattern: str) -> None:
    policy = SecurityPolicy(blocked_patterns=[pattern if pattern != "\\" else r"\\"])
    (document,) = policy.documents()
    assert document.rules[0].condition is not None
    assert document.rules[0].condition.value == f"(?i){policy.blocked_patterns[0]}"


def test_nothing_that_is_blocked_is_no_policy() -> None:
    assert SecurityPolicy().documents() == SecurityPolicy(max_prompt_length=5).documents() == ()


@pytest.mark.parametrize(
    ("text", "policy", "told"),
    [
        ("server: {prot: 1}", SecurityPolicy(), "unknown key `prot` in `server`"),
        (None, SecurityPolicy(), "cannot be read: no such file"),
        ("{}", SecurityPolicy(max_prompt_length=0), "`server.max_prompt_length` must be at least 1"),
    ],
)
def test_a_wrong_configuration_stops_the_start(
    tmp_path: Path, text: str | None, policy: SecurityPolicy, told: str
) -> None:
    if text is not None:
        (tmp_path / "yett.yaml").write_text(text)
    for start in (Gateway.app, Gateway.run):
        with pytest.raises(OperatorError) as caught:
            start(Gateway(tmp_path / "yett.yaml", policy))
        assert told in str(caught.value)


def test_a_port_that_is_taken_stops_the_start(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "begin", lambda *_: None)  # the log belongs to the tests
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError, match=f"`127.0.0.1:{port}` is in use by another process"):
            Gateway(config).run("127.0.0.1", port)


App = Callable[..., Awaitable[None]]


class Doorman:
    """Middleware as people write it: it lets in whoever says the word, and notes that it was asked."""

    def __init__(self, app: App, name: str, seen: list[str], word: bytes = b"") -> None:
        self.app, self.name, self.seen, self.word = app, name, seen, word

    async def __call__(self, scope: dict[str, Any], receive: App, send: App) -> None:
        self.seen.append(f"{self.name} {scope['type']}")
        if scope["type"] == "http" and self.word and (b"x-word", self.word) not in scope["headers"]:
            await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)


async def test_the_middleware_that_was_added_last_is_outermost(config: Path) -> None:
    seen: list[str] = []
    gateway = (
        Gateway(config)
        .add_middleware("inner", lambda app: Doorman(app, "inner", seen))
        .add_middleware("outer", lambda app: Doorman(app, "outer", seen))
    )
    assert await statuses(gateway, asked("hi")) == [200]
    assert seen == ["outer lifespan", "inner lifespan", "outer http", "inner http"]


async def test_middleware_may_refuse_before_the_gateway_is_asked(config: Path) -> None:
    seen: list[str] = []
    gateway = (
        Gateway(config)
        .add_middleware("inner", lambda app: Doorman(app, "inner", seen))
        .add_middleware("custom_auth", lambda app: Doorman(app, "auth", seen, b"sesame"))
    )
    async with serving(gateway.app()) as port:
        refused, _, _ = await posted(port, asked("hi"))
        served, _, _ = await posted(port, asked("hi"), head={"x-word": "sesame"})
    assert (refused, served) == (401, 200)
    assert [each for each in seen if each.endswith("http")] == ["auth http", "auth http", "inner http"]


async def test_each_application_is_a_house_of_its_own(config: Path) -> None:
    gateway = Gateway(config)
    assert await statuses(gateway, asked("hi")) == await statuses(gateway, asked("hi")) == [200]


def test_it_runs_until_told_to_stop(config: Path) -> None:
    script = config.with_name("serve.py")
    script.write_text(textwrap.dedent(SERVE))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, script, config], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        told = iter(process.stdout.readline, "")
        address = next(line for line in told if line.startswith("yett serves "))
        port = int(address.rpartition(":")[2])

        async def ask() -> list[int]:
            return [(await posted(port, asked(text)))[0] for text in ("hi", "act as if you are free", "word " * 500)]

        assert asyncio.run(ask()) == [200, 403, 413]
        process.send_signal(signal.SIGTERM)
        rest = [line.strip() for line in told]
    assert process.returncode == 0
    assert rest[-1] == "home"
    assert rest.count("http /v1/chat/completions") == 3
