"""What an application receives, and what becomes of what it sends."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.compose.answering import STATUS_LINES, Answering
from yett.testing.wire import Wire

Headers = list[tuple[bytes, bytes]]


class Line:
    """A connection that notes what it is told."""

    def __init__(self) -> None:
        self.transport = Wire()
        self.paused: asyncio.Event | None = None
        self.default_headers: Headers = [(b"date", b"today")]
        self.answers = 0
        self.over: list[object] = []

    def pause_reading(self) -> None:
        self.transport.pause_reading()

    def resume_reading(self) -> None:
        self.transport.resume_reading()

    def answered(self) -> None:
        self.answers += 1

    def ended(self, task: object) -> None:
        self.over.append(task)


def answering(line: Line, method: str = "POST", *, keep_alive: bool = True, continues: bool = False) -> Answering:
    return Answering(line, {"type": "http", "method": method}, keep_alive=keep_alive, continues=continues)


async def say(to: Answering, headers: Headers, *bodies: bytes, status: int = 200) -> None:
    await to.send({"type": "http.response.start", "status": status, "headers": headers})
    for number, body in enumerate(bodies, start=1):
        await to.send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})


SAID: dict[str, tuple[str, int, Headers, list[bytes], bytes]] = {
    "a length": ("GET", 200, [(b"content-length", b"2")], [b"ok"], b"content-length: 2\r\n\r\nok"),
    "a length in pieces": ("GET", 200, [(b"Content-Length", b"2")], [b"o", b"k"], b"content-length: 2\r\n\r\nok"),
    "no length": ("GET", 200, [], [b"o", b"k"], b"transfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"),
    "an empty piece": ("GET", 200, [], [b"", b"ok", b""], b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    "a head alone": ("HEAD", 200, [(b"content-length", b"2")], [b"ok"], b"content-length: 2\r\n\r\n"),
    "no content": ("GET", 204, [], [b""], b"\r\n"),
}


@pytest.mark.parametrize(("method", "status", "headers", "bodies", "told"), SAID.values(), ids=SAID)
async def test_an_answer_is_written(
    method: str, status: int, headers: Headers, bodies: list[bytes], told: bytes
) -> None:
    line = Line()
    answer = answering(line, method)
    await say(answer, headers, *bodies, status=status)
    assert line.transport.written == STATUS_LINES[status] + b"date: today\r\n" + told
    assert answer.complete
    assert line.answers == 1
    assert not line.transport.ended


@pytest.mark.parametrize("headers", [[], [(b"connection", b"close")]])
async def test_the_last_answer_says_that_it_is_the_last(headers: Headers) -> None:
    line = Line()
    await say(answering(line, keep_alive=bool(headers)), [*headers, (b"content-length", b"0")], b"")
    assert line.transport.written.count(b"connection: close\r\n") == 1
    assert line.transport.ended


WRONG: dict[str, tuple[Headers, list[bytes]]] = {
    "a line within a value": ([(b"x", b"a\r\nset-cookie: b")], []),
    "a null": ([(b"x", b"\0")], []),
    "a bare line feed": ([(b"x", b"a\nb")], []),
    "a line within a name": ([(b"x\r\ny", b"a")], []),
    "a space in a name": ([(b"x y", b"a")], []),
    "no name": ([(b"", b"a")], []),
    "a body that is too long": ([(b"content-length", b"1")], [b"ab"]),
    "a body that is too short": ([(b"content-length", b"3")], [b"ab"]),
}


@pytest.mark.parametrize(("headers", "bodies"), WRONG.values(), ids=WRONG)
async def test_what_is_no_answer_is_an_error_of_ours(headers: Headers, bodies: list[bytes]) -> None:
    line = Line()
    with pytest.raises(RuntimeError):
        await say(answering(line), headers, *bodies)
    assert not line.transport.written


async def test_what_is_out_of_order_is_an_error_of_ours() -> None:
    answer = answering(Line())
    with pytest.raises(RuntimeError, match=r"http\.response\.start is due"):
        await answer.send({"type": "http.response.body"})
    await say(answer, [], b"")
    with pytest.raises(RuntimeError, match="nothing is due"):
        await answer.send({"type": "http.response.body"})


@given(st.lists(st.tuples(st.binary(), st.binary()), max_size=3))
async def test_no_header_makes_a_line_of_its_own(headers: Headers) -> None:
    line = Line()
    try:
        await say(answering(line), [*headers, (b"content-length", b"0")], b"")
    except (RuntimeError, ValueError):
        assert not line.transport.written
        return
    head = line.transport.written.partition(b"\r\n\r\n")[0]
    lines = [b"date: today", *(b"%b: %b" % (name.lower(), value) for name, value in headers), b"content-length: 0"]
    assert head.split(b"\r\n")[1 : len(lines) + 1] == lines
    assert b"\n" not in head.replace(b"\r\n", b"")


async def test_a_body_is_received_as_it_comes_and_its_end_is_told() -> None:
    line = Line()
    answer = answering(line, continues=True)
    hearing = asyncio.create_task(answer.receive())
    await asyncio.sleep(0)
    assert line.transport.written == b"HTTP/1.1 100 Continue\r\n\r\n"
    answer.take(b"a")
    assert await hearing == {"type": "http.request", "body": b"a", "more_body": True}
    answer.take(b"b" * 70_000)
    assert not line.transport.reading
    answer.take(b"c")
    answer.end()
    assert await answer.receive() == {"type": "http.request", "body": b"b" * 70_000 + b"c", "more_body": False}
    assert line.transport.reading
    both = [asyncio.create_task(answer.receive()) for _ in range(2)]
    await asyncio.sleep(0)
    answer.leave()
    assert [await each for each in both] == [{"type": "http.disconnect"}] * 2
    await say(answer, [], b"unheard")
    assert b"unheard" not in line.transport.written


async def test_nothing_is_written_before_it_is_read() -> None:
    line = Line()
    line.paused = asyncio.Event()
    saying = asyncio.create_task(say(answering(line), [], b"ok"))
    await asyncio.sleep(0)
    assert not line.transport.written
    line.paused.set()
    line.paused = None
    await saying
    assert b"ok" in line.transport.written


async def nothing(answer: Answering) -> None:
    pass


async def fails(answer: Answering) -> None:
    raise ValueError("what the caller said")


async def fails_halfway(answer: Answering) -> None:
    await answer.send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("what the caller said")


async def waits(answer: Answering) -> None:
    asyncio.current_task().cancel()  # type: ignore[union-attr]
    await asyncio.sleep(1)


@pytest.mark.parametrize(
    ("app", "begins"),
    [
        (nothing, b"HTTP/1.1 500 "),
        (fails, b"HTTP/1.1 500 "),
        (waits, b"HTTP/1.1 500 "),
        (fails_halfway, b"HTTP/1.1 200 "),
    ],
)
async def test_an_application_that_does_not_answer_leaves_nobody_waiting(
    app: Callable[[Answering], Awaitable[None]], begins: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()
    answer = answering(line)
    task = asyncio.ensure_future(app(answer))
    await asyncio.wait([task])
    answer.ended(task)  # type: ignore[arg-type]
    assert line.over == [task]
    assert line.transport.written.startswith(begins)
    assert line.transport.ended
    assert "what the caller said" not in caplog.text
