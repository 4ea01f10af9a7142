"""Providers that are dead, slow, malformed, cut off, huge, encoded or elsewhere: told as such, and never for ever."""

import asyncio
import gzip
import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.whole.gate import PROVIDER_KEY, SECRET, Gate, chunk, completion, gate, posted, said, spelled
from yett.testing.provider import Do, Provider, Script, answer, event, head, stream

FINE = json.dumps(completion("Fine.")).encode()
QUICK = {"connect_timeout": 0.2, "timeout": 0.2, "idle_timeout": 0.2}
PATIENT = {"connect_timeout": 60, "timeout": 1, "idle_timeout": 1}
"""As long as a provider that fails otherwise may take on a slow machine, for there are several that say nothing."""


def whole(body: bytes, status: int = 200, **headers: str | int) -> Script:
    return [head(status, **{"content_type": "application/json", "content_length": len(body), **headers}) + body]


def message(**fields: object) -> dict[str, Any]:
    return {**completion("Fine."), **fields}


WRONG: list[tuple[str, Script, int]] = [
    ("closes at once", [Do.CLOSE], 502),
    ("resets", [Do.RESET], 502),
    ("says nothing", [Do.HANG], 504),
    ("says half a head", [b"HTTP/1.1 200 OK\r\ncontent-le", Do.HANG], 504),
    ("says half a body", [head(content_length=1000) + FINE[:20], Do.HANG], 504),
    ("closes in the middle", [head(content_length=1000) + FINE[:20], Do.CLOSE], 502),
    ("resets in the middle", [head(content_length=1000) + FINE[:20], Do.RESET], 502),
    ("closes in the middle of a chunk", [head(transfer_encoding="chunked") + b"ff\r\n" + FINE[:20], Do.CLOSE], 502),
    ("drips for ever", [head(transfer_encoding="chunked"), b"1\r\n{\r\n", Do.HANG], 504),
    ("speaks no HTTP", [b"SSH-2.0-OpenSSH_9.6\r\n", Do.HANG], 502),
    ("speaks HTTP/2", [b"\0\0\x12\x04\0\0\0\0\0" * 10, Do.HANG], 502),
    ("has a head without end", [b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 10_000, Do.HANG], 502),
    ("says how long it is twice", [b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"], 502),
    ("answers in gzip", whole(gzip.compress(FINE), content_encoding="gzip"), 502),
    ("answers in an encoding nobody knows", whole(FINE, content_encoding="xyz"), 502),
    ("says that it is huge", [head(content_length=10**12), Do.HANG], 502),
    ("answers nothing", whole(b""), 502),
    ("answers no JSON", whole(b"<html>busy</html>"), 502),
    ("answers half of it", whole(FINE[:-5]), 502),
    ("answers two things", whole(FINE + FINE), 502),
    ("answers a list", whole(b"[]"), 502),
    ("answers a key twice", whole(FINE[:-1] + b',"id":"x"}'), 502),
    ("answers no number", whole(FINE[:-1] + b',"x":NaN}'), 502),
    ("answers half a pair", whole(FINE[:-1] + b',"x":"\\ud800"}'), 502),
    ("answers in Latin-1", whole(FINE[:-1] + b',"x":"\xe9"}'), 502),
    ("answers with a mark", whole(b"\xef\xbb\xbf" + FINE), 502),
    ("answers too deep", whole(FINE[:-1] + b',"x":' + b"[" * 9999 + b"]" * 9999 + b"}"), 502),
    ("has no choices", whole(json.dumps(message(choices=None)).encode()), 502),
    ("has choices that are none", whole(json.dumps(message(choices=["Fine."])).encode()), 502),
    ("has a choice without a message", whole(json.dumps(message(choices=[{"index": 0}])).encode()), 502),
    ("is somewhere else", whole(b"", 302, location="http://127.0.0.1:1/canary"), 502),
    ("has not changed", [head(304)], 502),
    ("has no content", [head(204)], 502),
    ("answers an error as if it were none", whole(b'{"error":{"message":"busy"}}'), 502),
    ("knows us not", answer({"error": {"message": f"wrong key {PROVIDER_KEY}"}}, 401), 502),
    ("wants to be paid", answer({"error": {"message": "pay"}}, 402), 502),
    ("forbids us", answer({"error": {"message": f"not with {PROVIDER_KEY}"}}, 403), 502),
    ("knows no such method", answer({"error": {"message": "no"}}, 405), 502),
    ("fails", answer({"error": {"message": "trace: 10.0.0.7 secret"}}, 500), 502),
    ("is away", answer({"error": {"message": "away"}}, 503), 502),
    ("has a status that nobody knows", answer({"error": {"message": "?"}}, 799), 502),
    ("says error with a page", whole(b"<html>nginx</html>", 500), 502),
]  # fmt: skip


def hides(gateway: Gate, provider: Provider, *shown: object) -> None:
    """Check that neither the provider's address nor our credential for it is in what is *shown*."""
    files = b"".join(file.read_bytes() for file in (gateway.folder / "records").rglob("*") if file.is_file())
    for text in (*map(str, shown), files.decode("latin-1")):
        assert PROVIDER_KEY not in text
        assert f"127.0.0.1:{provider.port}" not in text
        assert provider.url not in text


async def test_whatever_is_wrong_with_it_is_told_in_the_shape_of_the_protocol(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[object] = []
    async with Provider() as provider, gate(tmp_path, provider, told=PATIENT) as gateway:

        async def ask(name: str, status: int) -> None:
            got, headers, body = await posted(gateway.port, json.dumps(said("Hi")).encode())
            error = json.loads(body)["error"]
            code = "upstream_error" if status == 502 else "upstream_timeout"
            assert (got, error["code"], error["type"], error["param"]) == (status, code, "server_error", None), name
            shown.extend([headers, body])

        async with asyncio.timeout(60):
            for name, script, status in WRONG:
                provider.say(script)
                await ask(name, status)
        records = await gateway.records(len(WRONG))
        assert {(record.outcome, record.status) for record in records} == {("failed", 502), ("failed", 504)}
        provider.say(whole(FINE))
        assert (await posted(gateway.port, json.dumps(said("Hi")).encode()))[0] == 200
        hides(gateway, provider, *shown, *records, caplog.text)


async def test_one_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        async with Provider() as provider:
            provider.port = taken.getsockname()[1]
            async with gate(tmp_path, provider, told=PATIENT) as gateway:
                for streams in (False, True):
                    status, _, body = await posted(gateway.port, json.dumps(said("Hi", stream=streams)).encode())
                    assert (status, json.loads(body)["error"]["code"]) == (502, "upstream_error")
                    hides(gateway, provider, body)


async def test_one_that_takes_no_connection_is_not_waited_for(tmp_path: Path) -> None:
    """A listener whose queue is full drops what comes: connecting itself takes for ever."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        async with Provider() as provider:
            provider.port = full.getsockname()[1]
            async with gate(tmp_path, provider, told=QUICK) as gateway:
                status, _, body = await posted(gateway.port, json.dumps(said("Hi")).encode())
        for each in waiting:
            each.close()
    assert (status, json.loads(body)["error"]["code"]) == (504, "upstream_timeout")


async def test_one_whose_answer_has_no_end_is_cut_off(tmp_path: Path) -> None:
    piece = b"%x\r\n%b\r\n" % (1_000_000, b" " * 1_000_000)
    async with Provider([head(transfer_encoding="chunked"), *[piece] * 40, Do.HANG]) as provider:
        async with gate(tmp_path, provider) as gateway:
            status, _, body = await posted(gateway.port, json.dumps(said("Hi")).encode())
            assert (status, json.loads(body)["error"]["code"]) == (502, "upstream_error")
        await asyncio.wait_for(provider.connections[0].left.wait(), 60)


TORN: list[tuple[str, Script, str]] = [
    ("closes", stream([*spelled("Once upon")[:1], Do.CLOSE]), "upstream_error"),
    ("resets", stream([*spelled("Once upon")[:1], Do.RESET]), "upstream_error"),
    ("falls silent", stream([*spelled("Once upon")[:1], Do.HANG]), "upstream_timeout"),
    ("ends without an end", stream(spelled("Once upon")[:1]), "upstream_error"),
    ("talks nonsense", stream([*spelled("Once upon")[:1], event("{"), Do.HANG]), "upstream_error"),
    ("answers no stream", whole(FINE), "upstream_error"),
    ("answers nothing", stream([]), "upstream_error"),
    ("tells an error", stream([*spelled("Once upon")[:1], event({"error": {"message": f"{PROVIDER_KEY}"}})]),
     "upstream_error"),
    ("goes on after the end", stream([*spelled("Once")[:2], chunk({"content": "upon"}), event("[DONE]")]),
     "upstream_error"),
    ("has an event without end", stream([b"data: " + b"x" * 2_000_000, Do.HANG]), "upstream_error"),
    ("answers in gzip", [head(content_encoding="gzip", content_length=3) + b"abc"], ""),
    ("is somewhere else", whole(b"", 302, location="http://127.0.0.1:1/canary"), ""),
]  # fmt: skip


async def test_a_stream_that_goes_wrong_ends_with_an_error_and_never_as_if_it_were_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[object] = []
    async with Provider() as provider, gate(tmp_path, provider, told=PATIENT) as gateway:
        async with asyncio.timeout(60):
            for name, script, code in TORN:
                provider.say(script)
                status, headers, body = await posted(gateway.port, json.dumps(said(name, stream=True)).encode())
                shown += [headers, body]
                assert status == (200 if code else 502), name
                if code:
                    assert b"[DONE]" not in body, name
                    assert b'"finish_reason":"content_filter"' not in body
                    *_, last, end = body.split(b"\n\n")
                    told = json.loads(last[last.index(b"data: ") + 6 :])["error"]
                    assert (told["code"], told["type"]) == (code, "server_error"), name
                    assert end == b"\r\n0\r\n\r\n", name
        records = await gateway.records(len(TORN))
        assert {record.outcome for record in records} == {"failed"}
        hides(gateway, provider, *shown, *records, caplog.text)


async def test_what_a_provider_says_against_a_request_is_inspected_before_it_is_told(tmp_path: Path) -> None:
    for text, kept in ((f"the key {SECRET} is wrong", False), ("`n` is too large", True), ("x" * 100_000, True)):
        async with (
            Provider(answer({"error": {"message": text, "code": "bad", "param": "n"}}, 400)) as provider,
            gate(tmp_path, provider) as gateway,
        ):
            status, _, body = await posted(gateway.port, json.dumps(said("Hi")).encode())
            error = json.loads(body)["error"]
            assert status == 400
            assert SECRET not in error["message"]
            assert (error["message"] in text) is kept
            assert error["code"] == ("bad" if kept else "upstream_error")
            assert len(body) < 10_000


async def test_headers_of_a_provider_stay_here(tmp_path: Path) -> None:
    headers = {"x_canary": "canary", "set_cookie": "a=canary", "x_yett_decision": "canary", "server": "canary"}
    async with Provider(answer(completion("Fine."), 200, **headers)) as provider, gate(tmp_path, provider) as gateway:
        _, told, body = await posted(gateway.port, json.dumps(said("Hi")).encode())
    assert "canary" not in str(told)
    assert json.loads(body)["choices"]
