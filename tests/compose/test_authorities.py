"""What the configuration says of another policy engine is what it is asked."""

from pydantic import SecretStr

from yett.compose.authorities import authority_of
from yett.compose.opa import OpaSettings
from yett.testing.provider import Provider, answer


async def test_it_is_asked_at_its_address_with_its_token() -> None:
    async with Provider(answer({"result": False}), answer({"result": True}), answer({"result": False})) as provider:
        base = provider.url.removesuffix("/v1") + "/opa"
        token = SecretStr("not-a-credential")
        settings = OpaSettings(url=base, path="llm/deny", sentinel="llm/ready", token=token)
        authority, upstream = authority_of(settings)
        assert (await authority.decide({})).allowed
        await upstream.aclose()
    assert [request.target for request in provider.requests] == [
        f"/opa/v1/data/llm/{name}" for name in ("deny", "ready", "deny")
    ]
    assert {request.header("authorization") for request in provider.requests} == {"Bearer not-a-credential"}


async def test_its_answers_are_bounded_in_size_and_time() -> None:
    async with Provider(answer({"result": False, "x": "x" * 70_000})) as provider:
        authority, upstream = authority_of(OpaSettings(url=provider.url.removesuffix("/v1"), timeout=0.5))
        assert not (await authority.decide({})).allowed
        assert authority.trouble == "it could not be reached"
        await upstream.aclose()
