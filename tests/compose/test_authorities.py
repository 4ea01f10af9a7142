"""What the configuration says of other policy engines is what they are asked."""

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from yett.compose.authorities import Authorities
from yett.compose.opa import OpaSettings
from yett.compose.rego import RegoSettings
from yett.compose.settings import Policies
from yett.model.errors import OperatorError
from yett.testing.provider import Provider, answer

needs_rego = pytest.mark.skipif(sys.platform != "linux", reason="regopy is installed for tests on Linux")


async def test_opa_is_asked_at_its_address_with_its_token() -> None:
    async with Provider(answer({"result": False}), answer({"result": True}), answer({"result": False})) as provider:
        base = provider.url.removesuffix("/v1") + "/opa"
        token = SecretStr("not-a-credential")
        settings = OpaSettings(url=base, path="llm/deny", sentinel="llm/ready", token=token)
        authorities = Authorities()
        (authority,) = authorities.of(Policies(opa=settings))
        assert (await authority.decide({})).allowed
        await authorities.aclose()
    assert [request.target for request in provider.requests] == [
        f"/opa/v1/data/llm/{name}" for name in ("deny", "ready", "deny")
    ]
    assert {request.header("authorization") for request in provider.requests} == {"Bearer not-a-credential"}


async def test_its_answers_are_bounded_in_size_and_time() -> None:
    async with Provider(answer({"result": False, "x": "x" * 70_000})) as provider:
        authorities = Authorities()
        (authority,) = authorities.of(Policies(opa=OpaSettings(url=provider.url.removesuffix("/v1"), timeout=30)))
        assert not (await authority.decide({})).allowed
        assert authority.trouble == "it could not be reached"
        await authorities.aclose()


@needs_rego
async def test_rego_is_read_from_its_files_and_made_anew_only_when_they_changed(tmp_path: Path) -> None:
    file = tmp_path / "gate.rego"
    file.write_text(
        "package llm\n\ndefault stop := false\n\nstop if input.model == data.llm.bad\n\nok := true\n", "utf-8"
    )
    more = tmp_path / "more.rego"
    more.write_text('package llm\n\nbad := "b"\n', "utf-8")
    policies = Policies(rego=RegoSettings(files=(file, more), path="llm/stop", sentinel="llm/ok", timeout=30))
    authorities = Authorities()
    (authority,) = authorities.of(policies)
    assert [(await authority.decide({"model": model})).allowed for model in "ab"] == [True, False]
    assert authorities.of(policies) == (authority,)
    more.write_text('package llm\n\nbad := "a"\n', "utf-8")
    (changed,) = authorities.of(policies)
    assert [(await changed.decide({"model": model})).allowed for model in "ab"] == [False, True]
    more.write_text("package llm\n\nbad := time.now_ns()\n", "utf-8")
    with pytest.raises(OperatorError, match=r"more.rego:3:8: `time.now_ns` may not be called; .* \[rego-call\]"):
        authorities.of(policies)
    await authorities.aclose()
