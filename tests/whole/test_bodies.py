"""What a body may be, and what becomes of it: over the real gateway."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.whole.gate import completion, gate, posted, said
from yett.testing.provider import Provider, answer

HI = b'"messages":[{"role":"user","content":"Hi"}]'


def deep(levels: int) -> bytes:
    return b'{"model":"told",' + HI + b',"metadata":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


WRONG: list[tuple[str, bytes, dict[str, str], int]] = [
    ("nothing", b"", {}, 400),
    ("no JSON", b"{", {}, 400),
    ("a list", b"[]", {}, 400),
    ("more than one value", b'{"model":"told",' + HI + b"}{}", {}, 400),
    ("a key twice", b'{"model":"told","model":"told",' + HI + b"}", {}, 400),
    ("a key twice, escaped", b'{"model":"told","m\\u006fdel":"told",' + HI + b"}", {}, 400),
    ("a key twice, deep inside", b'{"model":"told","metadata":{"a":[{"b":1,"b":2}]},' + HI + b"}", {}, 400),
    ("a role twice", b'{"model":"told","messages":[{"role":"user","role":"system","content":"Hi"}]}', {}, 400),
    ("not a number", b'{"model":"told","temperature":NaN,' + HI + b"}", {}, 400),
    ("infinity", b'{"model":"told","temperature":-Infinity,' + HI + b"}", {}, 400),
    ("a number beyond doubles", b'{"model":"told","temperature":1e999,' + HI + b"}", {}, 400),
    ("half a pair", b'{"model":"told","messages":[{"role":"user","content":"\\ud83d"}]}', {}, 400),
    ("half a pair in a key", b'{"model":"told","x\\ude00":1,' + HI + b"}", {}, 400),
    ("half a pair in UTF-8", b'{"model":"told","messages":[{"role":"user","content":"\xed\xa0\xbd"}]}', {}, 400),
    ("Latin-1", b'{"model":"told","messages":[{"role":"user","content":"caf\xe9"}]}', {}, 400),
    ("a byte order mark", b"\xef\xbb\xbf" + b'{"model":"told",' + HI + b"}", {}, 400),
    ("UTF-16", json.dumps(said("Hi")).encode("utf-16"), {}, 400),
    ("UTF-16 without a mark", json.dumps(said("Hi")).encode("utf-16-le"), {}, 400),
    ("a bare control character", b'{"model":"told","messages":[{"role":"user","content":"\x00"}]}', {}, 400),
    ("too deep", deep(70), {}, 400),
    ("far too deep", deep(70_000), {}, 400),
    ("lists without end", b'{"model":"told",' + HI + b',"stop":' + b"[" * 200_000, {}, 400),
    ("no model", b"{" + HI + b"}", {}, 400),
    ("a model that is none", b'{"model":["told"],' + HI + b"}", {}, 400),
    ("no messages", b'{"model":"told"}', {}, 400),
    ("no message", b'{"model":"told","messages":[]}', {}, 400),
    ("a message that is none", b'{"model":"told","messages":["Hi"]}', {}, 400),
    ("content that is none", b'{"model":"told","messages":[{"role":"user","content":7}]}', {}, 400),
    ("a role that is none", b'{"model":"told","messages":[{"role":"pope","content":"Hi"}]}', {}, 400),
    ("no role", b'{"model":"told","messages":[{"content":"Hi"}]}', {}, 400),
    ("a destination", b'{"model":"told","base_url":"http://127.0.0.1:1/",' + HI + b"}", {}, 400),
    ("a credential", b'{"model":"told","api_key":"mine",' + HI + b"}", {}, 400),
    ("a wrapped wrapper", b'{"req":{"req":{"model":"told",' + HI + b"}}}", {}, 400),
    ("a wrapper with company", b'{"req":{"model":"told",' + HI + b'},"model":"told"}', {}, 400),
    ("another type", b'{"model":"told",' + HI + b"}", {"content-type": "text/plain"}, 415),
    ("a form", b"model=told", {"content-type": "application/x-www-form-urlencoded"}, 415),
    ("no type", b'{"model":"told",' + HI + b"}", {"content-type": ""}, 415),
    ("another encoding", b'{"model":"told",' + HI + b"}", {"content-type": "application/json; charset=utf-16"}, 415),
    ("compressed", b'{"model":"told",' + HI + b"}", {"content-encoding": "gzip"}, 415),
    ("compressed and not", b'{"model":"told",' + HI + b"}", {"content-encoding": "identity, gzip"}, 415),
    ("too large", b" " * 50_001, {}, 413),
    ("too long", json.dumps(said("ab " * 3000)).encode(), {}, 413),
    ("too long altogether", json.dumps(said("Hi", metadata={"a": "b " * 4500})).encode(), {}, 413),
    ("too many messages", json.dumps(said("", messages=[{"role": "user", "content": "Hi"}] * 11)).encode(), {}, 413),
]  # fmt: skip

SMALL = {"max_request_size": 500_000, "max_prompt_length": 8000, "max_messages": 10}


@pytest.mark.parametrize("streams", [False, True])
async def test_what_has_no_one_meaning_is_refused_and_goes_nowhere(tmp_path: Path, streams: bool) -> None:
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider, server=SMALL) as gateway:
        for name, body, head, status in WRONG:
            if name == "too large":
                body = body * 11  # noqa: PLW2901
            if streams:
                body = body.replace(b'{"model":"told",', b'{"stream":true,"model":"told",', 1)  # noqa: PLW2901
            got, headers, told = await posted(gateway.port, body, head=head)
            assert got == status, (name, told)
            error = json.loads(told)["error"]
            code = "request_too_large" if status == 413 else "invalid_request"
            assert (error["type"], error["code"]) == ("invalid_request_error", code), name
            assert set(error) == {"message", "type", "param", "code"}, name
            assert error["message"], name
            assert headers["content-type"] == "application/json", name
    assert provider.requests == []


async def test_the_minimal_form_refuses_in_its_own_shape(tmp_path: Path) -> None:
    wrong = [
        b"{",
        b"[]",
        b'{"prompt":7}',
        b'{"prompt":"a","prompt":"b"}',
        b'{"prompt":"a","other":1}',
        b'{"prompt":"a","user_id":7}',
        b'{"prompt":"a","model":7}',
        b'{"prompt":"\\ud83d"}',
        b'{"model":"stub"}',
        b'{"prompt":"a","stream":true}',
    ]
    async with gate(tmp_path) as gateway:
        for body in wrong:
            status, _, told = await posted(gateway.port, body, "/api/v1/complete")
            assert status == 400, body
            assert json.loads(told)["detail"] == "invalid_request", body
            assert set(json.loads(told)) == {"detail", "reason"}
        status, _, told = await posted(gateway.port, b"{}", "/api/v1/complete", {"content-type": "text/plain"})
        assert (status, json.loads(told)["detail"]) == (415, "invalid_request")


KEPT: list[dict[str, Any]] = [
    said("Hi"),
    said('\u00e9\U0001f600\u2028 \\ " / \b\f\n\r\t'),
    said("Hi", temperature=0.1, top_p=1e-7, seed=2**63, logit_bias={"50256": -100}, stop=["\n", "END"], n=1),
    said("Hi", later=[1, 1.5, -0.0, True, False, None, "", {}, [], {"": ""}], **{"": 1}),
    said("Hi", big=10**40, tiny=5e-324, metadata={"a/b~c": "x", "caf\u00e9": "y"}),
]  # fmt: skip


@pytest.mark.parametrize("asked", KEPT)
async def test_what_reaches_the_provider_means_the_same_in_our_own_words(tmp_path: Path, asked: dict[str, Any]) -> None:
    spacious = json.dumps(asked, indent=4, ensure_ascii=True).encode().replace(b'"model"', b'"m\\u006fdel"')
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider) as gateway:
        for body in (spacious, b"\n\t " + spacious + b" \r\n"):
            status, _, told = await posted(gateway.port, body)
            assert status == 200, told
    for request in provider.requests:
        assert json.loads(request.body) == asked
        assert b'{"model":"told","messages":[{"role":"user","content":' in request.body
        assert b"\n" not in request.body
        assert dict(request.headers)["content-type"] == "application/json"


async def test_a_wrapped_request_is_unwrapped(tmp_path: Path) -> None:
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider) as gateway:
        status, _, _ = await posted(gateway.port, json.dumps({"req": said("Hi")}).encode())
        assert status == 200
    assert json.loads(provider.requests[0].body) == said("Hi")


async def test_headers_of_a_request_stay_here(tmp_path: Path) -> None:
    ours = {"cookie": "a=canary", "x-forwarded-for": "canary", "openai-organization": "canary", "x-whatever": "canary"}
    async with Provider(answer(completion("Fine."))) as provider, gate(tmp_path, provider) as gateway:
        status, _, _ = await posted(gateway.port, json.dumps(said("Hi")).encode(), head=ours)
        assert status == 200
    (request,) = provider.requests
    assert "canary" not in str([value for name, value in request.headers if name != "authorization"])
    assert request.header("authorization") == "Bearer the-provider-credential-canary"
    assert "dev-token" not in str(request.headers)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("abc-123_X.y", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("two words", False),
        ("", False),
        ("semi;colon", False),
        ("caf\xe9", False),
    ],
)
async def test_the_identifier_of_a_request_comes_back_if_it_is_one(tmp_path: Path, sent: str, kept: bool) -> None:
    async with gate(tmp_path) as gateway:
        for body, path in ((said("Hi", model="stub"), "/v1/chat/completions"), ({}, "/nowhere")):
            _, headers, _ = await posted(gateway.port, json.dumps(body).encode(), path, {"x-request-id": sent})
            told = headers["x-request-id"]
            assert told == sent if kept else told.startswith("req_")
        (record,) = await gateway.records(1)
    assert record.id.startswith("req_")  # two callers may choose the same identifier, and records may not be confused
