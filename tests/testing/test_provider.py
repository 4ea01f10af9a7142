"""The provider says what it is told, and keeps what it hears."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yett.testing.provider import Do, Provider, answer, cut, event, head, stream

ASKED = (
    b"POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: here\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 3\r\n\r\nabc"
)


async def ask(provider: Provider, data: bytes = ASKED) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", provider.port)
    writer.write(data)
    return reader, writer


async def test_a_request_is_kept_exactly_as_it_came() -> None:
    async with Provider() as provider:
        reader, writer = await ask(provider)
        await reader.readuntil(b"{}")
        writer.close()
    (request,) = provider.requests
    assert (request.method, request.target, request.body) == ("POST", "/v1/chat/completions?a=b", b"abc")
    assert request.headers == (("host", "here"), ("x-twice", "1"), ("x-twice", "2"), ("content-length", "3"))
    assert request.header("x-twice") == "1"
    assert request.header("absent") is None


async def test_a_request_in_pieces_is_one_request_and_two_in_one_piece_are_two() -> None:
    async with Provider() as provider:
        reader, writer = await ask(provider, ASKED[:20])
        await asyncio.sleep(0)
        writer.write(ASKED[20:] + ASKED)
        await reader.readuntil(b"{}")
        await reader.readuntil(b"{}")
        writer.close()
    assert [request.body for request in provider.requests] == [b"abc", b"abc"]
    assert len(provider.connections) == 1


async def test_scripts_are_used_in_turn_and_the_last_one_stays() -> None:
    async with Provider(answer({"n": 1}), answer({"n": 2}, 503, retry_after=7)) as provider:
        reader, writer = await ask(provider, ASKED * 3)
        first = await reader.readuntil(b"}")
        second = await reader.readuntil(b"}")
        assert first.startswith(b"HTTP/1.1 200 ")
        assert second.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 7\r\n" in second
        assert await reader.readuntil(b"}") == second
        writer.close()


async def test_a_stream_waits_for_its_events() -> None:
    go = asyncio.Event()
    async with Provider(stream([event("one"), go, event({"two": 2})])) as provider:
        reader, writer = await ask(provider)
        await reader.readuntil(b"one\n\n\r\n")
        assert not go.is_set()
        go.set()
        assert await reader.readuntil(b"0\r\n\r\n") == b'f\r\ndata: {"two":2}\n\n\r\n0\r\n\r\n'.replace(
            b"f\r\n", b"11\r\n"
        )
        writer.close()


async def test_it_can_close_and_reset_and_hang() -> None:
    async with Provider([head(200), b"half", Do.CLOSE], [Do.RESET], [Do.HANG]) as provider:
        reader, writer = await ask(provider)
        assert (await reader.read()).endswith(b"half")
        writer.close()
        reader, writer = await ask(provider)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        reader, writer = await ask(provider)
        await provider.heard(3)
        assert not provider.connections[2].left.is_set()
        writer.close()
        await asyncio.wait_for(provider.connections[2].left.wait(), 60)


async def test_leaving_ends_every_connection() -> None:
    async with Provider([Do.HANG]) as provider:
        reader, writer = await ask(provider)
        await provider.heard()
    assert await reader.read() == b""
    writer.close()


async def test_what_it_says_can_be_changed() -> None:
    async with Provider() as provider:
        provider.say(answer([1]))
        reader, writer = await ask(provider)
        assert (await reader.readuntil(b"]")).endswith(b"[1]")
        writer.close()


def loses_nothing(cutting: Callable[[bytes, list[int]], list[bytes]]) -> None:
    @given(st.binary(), st.lists(st.integers(-3, 60)))
    @example(b"in many pieces", [1, 2, 3, 5, 8])
    def holds(data: bytes, at: list[int]) -> None:
        pieces = cutting(data, at)
        assert b"".join(pieces) == data
        assert all(pieces)

    holds()


def test_cutting_loses_nothing() -> None:
    loses_nothing(cut)


@pytest.mark.parametrize(
    "mutant",
    [
        lambda data, at: [data[start:end] for start, end in pairwise(sorted({0, *at, len(data)}))],
        lambda data, at: cut(data, at)[:3],
        lambda data, at: [*cut(data, at), b""],
    ],
)
def test_a_cut_that_loses_something_is_noticed(mutant: Callable[[bytes, list[int]], list[bytes]]) -> None:
    with pytest.raises(AssertionError):
        loses_nothing(mutant)
