"""
Rego: the operator's rules in Rego, evaluated in a process beside this one.

Rules:

1. The process is started without any environment, so that no rule can read what is secret there, and is not of this one:
   what loops, crashes or eats memory there is ended, and the question denied.
2. A question has its time from when its turn comes; when that has passed, the process is ended, and the next question
   begins a new one.
3. A question changes nothing, so one whose process ended before it answered is asked once more.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

import orjson

from yett.adapters.deciders.denier import Denier, Questions, Silent, plain
from yett.adapters.deciders.rego_modules import COMMAND, START, loading

__all__ = ["Rego"]


class Rego(Denier):
    """Rego, embedded."""

    name = "rego"
    mode = "LOCAL"

    def __init__(self, modules: Mapping[str, str], questions: Questions, command: Sequence[str] = COMMAND) -> None:
        """Ask *questions* of *modules*, the texts of files by name, which *command* evaluates."""
        super().__init__(questions)
        paths = [path for path in (questions.path, questions.sentinel) if path]
        self._load = loading(modules, paths)
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._count = 0

    async def asked(self, path: str, facts: Mapping[str, object]) -> bool:
        """
        Ask what stands at *path* for *facts*.

        Raises:
            Silent: it is no boolean, or something went wrong.
        """
        try:
            said = orjson.dumps(facts, default=plain)
        except TypeError:
            raise Silent("unwritable") from None
        try:
            async with asyncio.timeout(self.questions.timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise Silent("timeout") from None
        try:
            return await self._answered(b'"path":%b,"input":%b' % (orjson.dumps(path), said))
        finally:
            self._turn.release()

    async def aclose(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _answered(self, question: bytes) -> bool:
        for last in (False, True):
            process = await self._running()
            try:
                async with asyncio.timeout(self.questions.timeout):
                    told = await self._exchange(process, question)
            except TimeoutError:
                await self.aclose()
                raise Silent("timeout") from None
            except (OSError, EOFError, ValueError):
                await self.aclose()
                if last:
                    raise Silent("ended") from None
            else:
                if not isinstance(told, bool):
                    raise Silent(str(told))
                return told
        raise AssertionError  # the second time has an outcome

    async def _exchange(self, process: asyncio.subprocess.Process, question: bytes) -> object:
        """Ask, and wait for the answer; those to questions that nobody waits for any more are skipped."""
        self._count += 1
        await _send(process, b'{"id":%d,%b}\n' % (self._count, question))
        while True:
            answer = await _line(process)
            if answer["id"] == self._count:
                return answer["told"]

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            await self.aclose()
            try:
                async with asyncio.timeout(START):
                    self._process = await self._started()
            except (TimeoutError, OSError, EOFError, ValueError):
                raise Silent("ended") from None
        return self._process

    async def _started(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            start_new_session=True,  # what interrupts the gateway at a terminal lets it finish what has begun
        )
        loaded = False
        try:
            await _send(process, self._load)
            loaded = "calls" in await _line(process)
        finally:
            if not loaded:
                await _end(process)
        return process


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    with suppress(RuntimeError):  # somebody waits for its answer still, and will hear of its end
        await process.communicate()
    await process.wait()


async def _send(process: asyncio.subprocess.Process, line: bytes) -> None:
    if process.stdin is None:
        raise EOFError
    process.stdin.write(line)
    await process.stdin.drain()


async def _line(process: asyncio.subprocess.Process) -> dict[str, object]:
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise EOFError
    told: dict[str, object] = json.loads(line)
    return told
