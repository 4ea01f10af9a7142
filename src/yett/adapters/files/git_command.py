"""
The command `git`, fenced.

Rules:

1. Addresses, references and paths are the operator's; none of them can become an option or a shell's word.
2. Only a few protocols are spoken, nobody is asked for a password, and no hook or attribute of a repository runs: nothing
   is ever checked out.
3. What was fetched is kept for good, in a repository of our own: nothing there is cleaned up behind our back.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from yett.model.errors import NotReady

__all__ = ["Git", "GitRefusal", "shown"]

_PATIENCE = 60.0
"""Seconds that one command may take, and that one waits for others to be done."""
_PAUSE = 0.02
"""Seconds between two looks whether they are."""
_PROTOCOLS = "file:https:ssh"
_SECRET = re.compile(r"//[^/@]*@")
_SURROUNDINGS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
    "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C",
}
_KEPT = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.hooksPath=/dev/null")


def shown(address: str) -> str:
    """Return *address* without any password."""
    return _SECRET.sub("//", address)


class GitRefusal(Exception):
    """What `git` was asked for, it did not do; the message is its own first line, without passwords."""


class Git:
    """Runs `git` on the bare repository *kept*, which need not exist yet."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    async def run(self, *arguments: str, given: bytes = b"", surroundings: Mapping[str, str] | None = None) -> bytes:
        """
        Return what `git` says to *arguments*, with *given* on its standard input.

        Raises:
            GitRefusal: it failed.
            NotReady: there is no `git`, it cannot be started, or it does not come to an end.
        """
        if not os.path.exists(self._kept / "HEAD"):  # noqa: ASYNC240, PTH110 - no wait; no error, either
            await _run(["init", "--quiet", "--bare", str(self._kept)])
        return await _run([*_KEPT, "--git-dir", str(self._kept), *arguments], given, surroundings or {})

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """
        Be the only one, of all processes, who is alone with the repository.

        Raises:
            NotReady: others are for too long, or nothing can be written beside it.
        """
        try:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            file = self._kept.with_name(f"{self._kept.name}.lock").open("ab")
        except OSError as error:
            raise _unusable(error) from None
        with file:  # closing it gives the lock back
            try:
                async with asyncio.timeout(_PATIENCE):
                    while not _taken(file.fileno()):  # noqa: ASYNC110 - a thread that waits cannot be called off
                        await asyncio.sleep(_PAUSE)
            except TimeoutError:
                raise NotReady(f"others did not let go of `{self._kept}` within {_PATIENCE:g} seconds") from None
            yield


def _taken(descriptor: int) -> bool:
    """Take the lock of a file, unless somebody has it."""
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unusable(error: OSError) -> NotReady:
    return NotReady(f"`git` cannot be used here: {(error.strerror or str(error)).lower()}")


async def _run(arguments: Sequence[str], given: bytes = b"", surroundings: Mapping[str, str] | None = None) -> bytes:
    try:
        running = await asyncio.create_subprocess_exec(
            "git",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **_SURROUNDINGS, **(surroundings or {})},
        )
    except FileNotFoundError:
        raise NotReady("the command `git` is not there; install it") from None
    except OSError as error:
        raise _unusable(error) from None
    try:
        out, told = await asyncio.wait_for(running.communicate(given), _PATIENCE)
    except BaseException as error:
        if running.returncode is None:
            running.kill()
            await running.wait()
        if isinstance(error, TimeoutError):
            raise NotReady(f"`git` did not come to an end within {_PATIENCE:g} seconds") from None
        raise
    if running.returncode:
        raise GitRefusal(shown(_first_line(told)))
    return out


def _first_line(told: bytes) -> str:
    lines: Sequence[str] = told.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "it says nothing"
