"""
Relay: an upstream's stream, through the guard, to the caller.

Rules:

1. Nothing is sent that the lanes have not released, and nothing at all once a lane was stopped.
2. The upstream is read no faster than the caller takes; it is let go of as soon as the answer ends, however it ends.
3. The record is sealed before the last byte is handed over, or, if the caller leaves, when that is seen.
4. A stream that breaks off says so: it ends with an error, never as if it were complete.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

from yett.dialects.dialect import Texts, Unwritable
from yett.dialects.events import EventParser, encode
from yett.dialects.openai_chat_stream import ChatStream, Done, Event
from yett.guard.stream import Release
from yett.model.errors import UpstreamError, YettError
from yett.model.stage import Stage
from yett.ports.upstream import Answer
from yett.services.asking import Asked
from yett.services.inspection import SHORT
from yett.services.lanes import Lane, Lanes
from yett.services.telling import failure

__all__ = ["Relay"]


class Relay:
    """One streamed answer on its way; iterate, and close."""

    def __init__(self, asked: Asked, answer: Answer, until_done: AsyncExitStack) -> None:
        """Relay *answer* to *asked*; *until_done* lets go of the upstream."""
        self._asked = asked
        self._answer = answer
        self._until_done = until_done
        record = asked.recorded.record
        self._stream: ChatStream = asked.snapshot.streams[asked.dialect.operation](record.id, record.model)
        self._lanes = Lanes(asked, self._stream)
        self._stopped = False
        self._pieces = self._run()

    def __aiter__(self) -> "Relay":
        """Iterate over what is to be sent."""
        return self

    async def __anext__(self) -> bytes:
        """Return what is to be sent next."""
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Let go of everything; an answer that was not relayed to its end was abandoned by its caller."""
        try:
            await self._pieces.aclose()
        finally:
            await self._end("abandoned")

    async def _run(self) -> AsyncGenerator[bytes, None]:
        parser = EventParser()
        try:
            async for chunk in self._answer.chunks():
                ended = False
                sent = []
                for event in parser.feed(chunk):
                    frame, ended = await self._take(event.data)
                    sent.append(frame)
                    if ended:
                        break
                if ended:
                    break
                if any(sent):
                    yield b"".join(sent)
            else:
                sent = [await self._broken_off()]
            await self._end("stopped" if self._stopped else "served")
        except YettError as error:
            await self._end("failed")
            sent = [encode(self._asked.dialect.error(failure(error), self._asked.recorded.record.id))]
        yield b"".join(sent)

    async def _take(self, data: str) -> tuple[bytes, bool]:
        """Take one event of the upstream's; return what may be sent, and whether that was the end."""
        try:
            return await self._passed(data)
        except Unwritable as error:
            self._stopped = True
            return self._stream.stop(failure(error).message), True

    async def _passed(self, data: str) -> tuple[bytes, bool]:
        event = self._stream.read(data)
        if isinstance(event, Done):
            return await self._done(), True
        releases = await self._beside(event)
        for delta in event.deltas:
            lane = self._lanes.at(delta.lane, whole=delta.whole)
            releases[delta.path] = await self._fed(lane, delta.text)
        before = [await self._finish(name, event, releases) for name in event.ends]
        if self._stopped:
            return b"".join([*before, self._stop(event, releases)]), True
        return b"".join([*before, self._stream.write(event, releases)]), False

    async def _beside(self, event: Event) -> dict[str, str]:
        """Inspect the texts of *event* that stand alone."""
        if not event.standalone and not event.opaque:
            return {}
        texts = Texts(event.standalone, event.opaque)
        inspected = await self._asked.inspected(texts, shared=self._asked.shared)
        self._lanes.beside(inspected)
        self._stopped |= not inspected.verdict.allowed
        return {segment.path: segment.text for segment in inspected.verdict.segments}

    async def _fed(self, lane: Lane, text: str) -> str:
        """Let *lane* take *text*; others get their turn after each piece that is soon read."""
        sent = self._released(await lane.feed(text[:SHORT]))
        for begin in range(SHORT, len(text), SHORT):
            await asyncio.sleep(0)
            if self._stopped:
                break
            sent += self._released(await lane.feed(text[begin : begin + SHORT]))
        return sent

    def _released(self, release: Release) -> str:
        self._stopped |= release.stopped
        return release.text

    async def _finish(self, name: str, event: Event | None, releases: dict[str, str]) -> bytes:
        """Finish a lane: its rest goes into *event*, where that has a place for it, else into a chunk before it."""
        lane = self._lanes.close(name)
        if lane is None or self._stopped:
            return b""
        rest = self._released(await lane.finish())
        path = next((delta.path for delta in (event.deltas if event else ()) if delta.lane == name), None)
        if path is None:
            return self._stream.flush(name, rest)
        releases[path] += rest
        return b""

    def _stop(self, event: Event, releases: dict[str, str]) -> bytes:
        """Send what was released before the lane was stopped, and the end."""
        passed = [self._stream.flush(delta.lane, releases.get(delta.path, "")) for delta in event.deltas]
        return b"".join([*passed, self._stream.stop(self._reason())])

    async def _done(self) -> bytes:
        rest = b"".join([await self._finish(name, None, {}) for name in self._lanes.names()])
        return rest + (self._stream.stop(self._reason()) if self._stopped else self._stream.done())

    async def _broken_off(self) -> bytes:
        if not self._stream.complete:
            raise UpstreamError("the upstream's stream broke off")
        return await self._done()

    def _reason(self) -> str:
        summary = self._lanes.summary()
        return summary.verdict.decision.reason if summary else ""

    async def _end(self, outcome: str) -> None:
        """Seal the record and let go of the upstream; what comes first decides."""
        recorded = self._asked.recorded
        try:
            if not recorded.sealed:
                usage = recorded.record.usage = self._stream.usage
                recorded.record.cost = self._asked.snapshot.estimator.spent(recorded.record.model, usage)
                if summary := self._lanes.summary():
                    recorded.judged(Stage.RESPONSE, summary)
                await recorded.seal(outcome)
        finally:
            await self._until_done.aclose()
