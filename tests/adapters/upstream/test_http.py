"""A provider over HTTP: what is sent, what is borne, and what is never repeated."""

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yett.adapters.upstream import http
from yett.adapters.upstream.destination import Destination, Patience
from yett.adapters.upstream.http import HttpUpstream, mapped
from yett.model.errors import UpstreamError, UpstreamTimeout
from yett.ports.upstream import Answer, Outgoing
from yett.testing.provider import Do, Provider, Request, Script, answer, event, head, stream

KEY = "not-a-credential"
ASKED = Outgoing("/chat/completions", b'{"model":"m"}')
NEVER = asyncio.Event


@asynccontextmanager
async def reach(provider: Provider, **changes: object) -> AsyncIterator[HttpUpstream]:
    settings: dict = {"credential": KEY, "models": ("gpt-4o", "llama*")} | changes
    upstream = HttpUpstream(Destination("there", provider.url, **settings))
    try:
        yield upstream
    finally:
        await upstream.aclose()


async def whole(upstream: HttpUpstream, outgoing: Outgoing = ASKED) -> tuple[int, bytes]:
    told = await upstream.open(outgoing)
    try:
        return told.status, await told.read()
    finally:
        await told.aclose()


async def test_a_request_arrives_as_it_was_given_and_so_does_its_answer() -> None:
    async with Provider(answer({"fine": True}, 201, x_request_id="7")) as provider, reach(provider) as upstream:
        told = await upstream.open(ASKED)
        assert (told.status, await told.read()) == (201, b'{"fine":true}')
        assert told.headers["x-request-id"] == "7"
    (request,) = provider.requests
    assert (request.method, request.target, request.body) == ("POST", "/v1/chat/completions", ASKED.body)
    assert dict(request.headers) == {
        "host": f"127.0.0.1:{provider.port}",
        "authorization": f"Bearer {KEY}",
        "accept-encoding": "identity",
        "user-agent": "yett",
        "accept": "*/*",
        "content-type": "application/json",
        "content-length": "13",
    }


async def test_headers_of_the_dialect_travel_but_none_that_is_ours() -> None:
    theirs = {"anthropic-version": "2023-06-01", "user-agent": "theirs"}
    ours = ("Authorization", "cookie", "x-api-key", "host", "content-length", "transfer-encoding", "accept-encoding")
    async with Provider() as provider, reach(provider) as upstream:
        await whole(upstream, Outgoing("/messages", b"{}", theirs | dict.fromkeys(ours, "1")))
    (request,) = provider.requests
    assert [value for name, value in request.headers if name == "authorization"] == [f"Bearer {KEY}"]
    assert "1" not in {value for _, value in request.headers}
    assert theirs.items() <= dict(request.headers).items()


@pytest.mark.parametrize("path", ["@evil.example/x", "//evil.example/x", ".evil.example/x", ":1/x"])
async def test_no_path_names_another_host(path: str) -> None:
    async with Provider() as provider, reach(provider) as upstream:
        assert (await whole(upstream, Outgoing(path, b"{}")))[0] == 200
    assert provider.requests[0].header("host") == f"127.0.0.1:{provider.port}"


async def test_cookies_are_not_kept_and_redirects_not_followed() -> None:
    async with (
        Provider(answer({}, 307, location="/elsewhere", set_cookie="a=b")) as provider,
        reach(provider) as upstream,
    ):
        assert [(await whole(upstream))[0] for _ in range(2)] == [307, 307]
    assert [(request.target, request.header("cookie")) for request in provider.requests] == [
        ("/v1/chat/completions", None)
    ] * 2


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with Provider() as provider, reach(provider) as upstream:
        assert (await whole(upstream))[0] == 200


async def test_a_connection_is_used_again_when_its_answer_was_read_to_the_end() -> None:
    async with Provider(answer({}), stream([event("a")]), answer({})) as provider, reach(provider) as upstream:
        for _ in range(3):
            await whole(upstream)
    assert len(provider.connections) == 1


async def leave_unread(told: Answer) -> None:
    await anext(aiter(told.chunks()))


async def leave_while_reading(told: Answer) -> None:
    await anext(aiter(told.chunks()))
    reading = asyncio.create_task(told.read())
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize("leave", [leave_unread, leave_while_reading])
async def test_an_unfinished_answer_closes_its_connection(leave: Callable[[Answer], Awaitable[None]]) -> None:
    async with Provider(stream([event("one"), NEVER()]), answer({"mine": 1})) as provider, reach(provider) as upstream:
        told = await upstream.open(ASKED)
        await leave(told)
        await told.aclose()
        await asyncio.wait_for(provider.connections[0].left.wait(), 60)
        assert await whole(upstream) == (200, b'{"mine":1}')
    assert len(provider.connections) == 2


async def test_an_unread_head_closes_its_connection() -> None:
    async with Provider([head(content_length=5)]) as provider, reach(provider) as upstream:
        await (await upstream.open(ASKED)).aclose()
        await asyncio.wait_for(provider.connections[0].left.wait(), 60)


async def test_whoever_stops_waiting_closes_the_connection() -> None:
    async with Provider([Do.HANG]) as provider, reach(provider) as upstream:
        opening = asyncio.create_task(upstream.open(ASKED))
        await provider.heard()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await asyncio.wait_for(provider.connections[0].left.wait(), 60)


LARGE = 1000
BOMB = gzip.compress(bytes(100_000))
FAILURES: list[tuple[str, Script, type[UpstreamError], str]] = [
    ("reset before the head", [Do.RESET], UpstreamError, "broke the connection"),
    ("closed before the head", [Do.CLOSE], UpstreamError, "before it answered"),
    ("closed in the head", [b"HTTP/1.1 200 OK\r\nx: y", Do.CLOSE], UpstreamError, "closed the connection"),
    ("not HTTP", [b"SSH-2.0-OpenSSH_9.2\r\n"], UpstreamError, "proper HTTP"),
    ("an endless header", [head()[:-2] + b"x: " + b"y" * 70_000], UpstreamError, "proper HTTP"),
    ("endless headers", [head()[:-2] + b"x: y\r\n" * 5000 + b"\r\n"], UpstreamError, "proper HTTP"),
    ("doubtful framing", [head(content_length=3, transfer_encoding="chunked") + b"abc"], UpstreamError, "proper HTTP"),
    ("a control character", [head()[:-2] + b"x: a\x00b\r\n\r\n"], UpstreamError, "proper HTTP"),
    ("too short", [head(content_length=9) + b"short", Do.CLOSE], UpstreamError, "broke off"),
    ("reset in the body", [head(content_length=9) + b"short", Do.RESET], UpstreamError, "broke"),
    ("a chunk that is none", [head(transfer_encoding="chunked") + b"3\r\nabc\r\nzz\r\n"], UpstreamError, "proper HTTP"),
    (
        "closed between chunks",
        [head(transfer_encoding="chunked") + b"3\r\nabc\r\n", Do.CLOSE],
        UpstreamError,
        "broke off",
    ),
    ("too large by its head", [head(content_length=LARGE + 1)], UpstreamError, "more than 1000 bytes"),
    ("too large by its body", stream([b"x" * 400] * 3), UpstreamError, "more than 1000 bytes"),
    ("a huge line", [head(), b"x" * 100_000, Do.CLOSE], UpstreamError, "more than 1000 bytes"),
    ("encoded", stream([BOMB, NEVER()], content_encoding="gzip"), UpstreamError, "`gzip`"),
    ("no head", [Do.HANG], UpstreamTimeout, "in time"),
    ("no body", [head(content_length=9), Do.HANG], UpstreamTimeout, "in time"),
    ("a pause that is too long", stream([b"abc", NEVER()]), UpstreamTimeout, "in time"),
]


@pytest.mark.parametrize(("script", "kind", "says"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
async def test_a_broken_provider_is_a_named_failure_and_its_connection_is_closed(
    script: Script, kind: type[UpstreamError], says: str
) -> None:
    patience = Patience(first_byte=0.5, idle=0.5) if kind is UpstreamTimeout else Patience()
    async with (
        Provider(script, answer({})) as provider,
        reach(provider, patience=patience, answer_bytes=LARGE) as upstream,
    ):
        with pytest.raises(UpstreamError) as failure:
            await whole(upstream)
        await asyncio.wait_for(provider.connections[0].left.wait(), 60)
        assert await whole(upstream) == (200, b"{}")
    assert type(failure.value) is kind
    assert says in failure.value.message
    assert KEY not in failure.value.message
    assert "127.0.0.1" not in failure.value.message
    assert "`there`" in failure.value.message
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__ or failure.value.__context__ is None


async def test_what_comes_before_a_break_is_handed_on() -> None:
    async with Provider(stream([event("a"), Do.RESET])) as provider, reach(provider) as upstream:
        told, got = await upstream.open(ASKED), bytearray()
        with pytest.raises(UpstreamError):  # noqa: PT012  # the loop is what raises
            async for piece in told.chunks():
                got += piece
        await told.aclose()
    assert got in (b"", event("a"))


async def test_more_than_was_announced_is_not_given_to_anybody() -> None:
    async with (
        Provider([head(content_length=2) + b"{}" + head(content_length=3) + b"bad"], answer({})) as provider,
        reach(provider) as upstream,
    ):
        assert await whole(upstream) == (200, b"{}")
        assert await whole(upstream) == (200, b"{}")
    assert len(provider.connections) == 2


async def test_the_time_for_everything_is_bounded() -> None:
    drip = [head(transfer_encoding="chunked"), *([b"1\r\nx\r\n"] * 3), NEVER()]
    async with Provider(drip) as provider, reach(provider, patience=Patience(total=0.2)) as upstream:
        with pytest.raises(UpstreamTimeout):
            await whole(upstream)


async def test_nobody_there_is_a_failure() -> None:
    async with Provider() as provider:
        pass
    async with reach(provider) as upstream:
        with pytest.raises(UpstreamError, match="upstream `there` could not be reached"):
            await whole(upstream)


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("/a b", b""),
        Outgoing("/a\r\nx: y", b""),
        Outgoing("/é", b""),
        Outgoing("/a", b"", {"x": "a\r\nb: c"}),
        Outgoing("/a", b"", {"x": "a\x00"}),
        Outgoing("/a", b"", {"x": "€"}),
        Outgoing("/a", b"", {"x y": "a"}),
        Outgoing("/a", b"", {"": "a"}),
    ],
)
async def test_nothing_is_smuggled_into_a_request(outgoing: Outgoing) -> None:
    async with Provider() as provider, reach(provider) as upstream:
        with pytest.raises(UpstreamError, match="cannot be"):
            await upstream.open(outgoing)
    assert provider.connections == []


async def test_a_connection_that_the_provider_closed_meanwhile_is_not_used_again() -> None:
    async with Provider([*answer({}), Do.CLOSE], answer({"second": 2})) as provider, reach(provider) as upstream:
        assert await whole(upstream) == (200, b"{}")
        while upstream._open:  # noqa: ASYNC110  # until the closing has arrived
            await asyncio.sleep(0)
        assert await whole(upstream) == (200, b'{"second":2}')


async def test_a_connection_that_ends_while_it_is_being_made_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    connect, lost = loop.create_connection, asyncio.Event()

    async def connected(*arguments: object, **how: object) -> object:
        transport, connection = await connect(*arguments, **how)  # type: ignore[arg-type]
        ended = connection.connection_lost
        monkeypatch.setattr(connection, "connection_lost", lambda error: (ended(error), lost.set()))
        transport.abort()
        await lost.wait()
        return transport, connection

    monkeypatch.setattr(loop, "create_connection", connected)
    async with Provider() as provider, reach(provider) as upstream:
        with pytest.raises(UpstreamError, match="closed the connection before it was asked"):
            await upstream.open(ASKED)
        assert not upstream._open


async def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_IDLE_SECONDS", 0)
    async with Provider() as provider, reach(provider) as upstream:
        await whole(upstream)
        await whole(upstream)
    assert len(provider.connections) == 2


async def test_many_at_a_time_never_get_each_others_answers() -> None:
    async def echo(number: int, upstream: HttpUpstream) -> None:
        told = await upstream.open(Outgoing("/x", b"{}", {"x-number": str(number)}))
        if number % 3 == 0:
            await told.aclose()  # leaves its answer behind
        else:
            assert await told.read() == b"%d" % number

    class Mirror(Provider):
        def asked(self, request: Request) -> Script:
            super().asked(request)
            number = (request.header("x-number") or "").encode()
            return [head(content_length=len(number)), number]

    async with Mirror() as provider, reach(provider) as upstream:
        for start in range(0, 300, 20):
            await asyncio.gather(*(echo(start + more, upstream) for more in range(20)))
        assert len(provider.connections) < 300


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    named = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    subprocess.run([*made, *named], check=True, capture_output=True)
    return key, certificate


@pytest.mark.parametrize("trusted", [True, False])
async def test_tls_needs_a_certificate_that_is_accepted(
    certificate: tuple[Path, Path], trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head(content_length=2) + b"{}")
        await reader.read()
        writer.close()

    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[1], certificate[0])
    server = await asyncio.start_server(tell, "127.0.0.1", 0, ssl=context)
    upstream = HttpUpstream(Destination("there", f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"))
    if trusted:
        assert await whole(upstream, Outgoing("/x", b"")) == (200, b"{}")
    else:
        with pytest.raises(UpstreamError, match="certificate was not accepted"):
            await whole(upstream)
    await upstream.aclose()
    server.close()
    await server.wait_closed()


async def test_it_can_be_closed_twice_and_unused() -> None:
    upstream = HttpUpstream(Destination("there", "http://127.0.0.1:9/v1"))
    await upstream.aclose()
    await upstream.aclose()


async def test_it_knows_its_name_and_models() -> None:
    upstream = HttpUpstream(Destination("there", "http://127.0.0.1:9/v1", ("gpt-4o", "llama*")))
    assert (upstream.name, await upstream.models()) == ("there", ("gpt-4o",))
    assert upstream.serves("llama3")
    assert not upstream.serves("gpt-4")


@pytest.mark.parametrize(
    "error",
    [
        OSError(113, "no route to 10.0.0.1"),
        TimeoutError(),
        ConnectionRefusedError(111, "10.0.0.1"),
        ConnectionResetError(),
        socket.gaierror(-2, "10.0.0.1"),
        ssl.SSLError("10.0.0.1"),
        ssl.SSLCertVerificationError("10.0.0.1"),
        OSError("Multiple exceptions: 10.0.0.1"),
    ],
    ids=repr,
)
def test_every_error_of_the_system_becomes_one_of_ours(error: OSError) -> None:
    with pytest.raises(UpstreamError) as ours, mapped("there"):
        raise error
    assert isinstance(ours.value, UpstreamTimeout) == isinstance(error, TimeoutError)
    assert ours.value.message.startswith("upstream `there` could not be reached")
    assert "10.0.0.1" not in ours.value.message
    assert ours.value.__suppress_context__


def test_what_is_not_the_providers_fault_is_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), mapped("there"):
        raise ZeroDivisionError
