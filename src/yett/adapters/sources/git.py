"""
A git repository of policy files, asked by the `git` command.

Rules:

1. The address, the reference and the folder are the operator's; none of them can become an option or a shell's word.
2. Only a few protocols are spoken, nobody is asked for a password, and no hook or attribute of the repository runs: files
   are read out of the object store, never checked out.
3. One commit is read: every file of it, or nothing.
"""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

from yett.adapters.sources.folder import is_policy
from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.ports.sources import Checkout

__all__ = ["GitSource"]

_PATIENCE = 60.0
"""Seconds that one command may take."""
_LARGEST = 8 * 1024 * 1024
"""Bytes of one file: as much as a policy may have."""
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


class GitSource:
    """A `Source` that is one *folder* of a repository, at the newest commit of a *reference*."""

    def __init__(self, address: str, kept: Path, *, reference: str = "HEAD", folder: str = "") -> None:
        """Fetch from *address* into *kept*, a folder of our own that need not exist yet."""
        self._address = address
        self._kept = kept
        self._reference = reference
        self._folder = folder.strip("/")

    @property
    def name(self) -> str:
        """What messages call it, without any password."""
        return _SECRET.sub("//", self._address)

    async def read(self) -> Checkout:
        """
        Fetch, and read what the newest commit holds.

        Raises:
            NotReady: the repository cannot be reached, or `git` is not there.
            OperatorError: it has no such reference or folder, or a file is not UTF-8.
        """
        if self._address.startswith("-") or self._reference.startswith("-"):
            raise self._wrong("an address or a reference begins with `-`", "name a repository and a branch")
        if not (self._kept / "HEAD").exists():
            await self._git("init", "--quiet", "--bare", str(self._kept))
        await self._git(*self._in, "fetch", "--quiet", "--depth=1", "--no-tags", "--", self._address, self._reference)
        commit = (await self._git(*self._in, "rev-parse", "--verify", "FETCH_HEAD^{commit}")).decode().strip()
        return Checkout(await self._files(commit), commit)

    @property
    def _in(self) -> tuple[str, ...]:
        return ("--git-dir", str(self._kept))

    async def _files(self, commit: str) -> dict[str, str]:
        below = f"{self._folder}/" if self._folder else ""
        listed = await self._git(*self._in, "ls-tree", "-r", "-z", "--full-tree", commit, *([below] if below else []))
        files = {}
        for line in listed.decode("utf-8", "surrogateescape").split("\0"):
            about, _, path = line.partition("\t")
            mode, kind, name = (*about.split(), "", "", "")[:3]
            # 120000 is a symbolic link, whose text is a path and no policy.
            if kind == "blob" and mode != "120000" and is_policy(path.removeprefix(below)):
                files[path.removeprefix(below)] = await self._text(name, path)
        if below and not listed:
            raise self._wrong(f"has no folder `{self._folder}`", "name one that exists in it")
        return files

    async def _text(self, name: str, path: str) -> str:
        data = await self._git(*self._in, "cat-file", "blob", name)
        if len(data) > _LARGEST:
            raise self._wrong(f"`{path}` is larger than {_LARGEST} bytes", "split it")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise self._wrong(f"`{path}` is not UTF-8", "save the file as UTF-8") from None

    async def _git(self, *arguments: str) -> bytes:
        surroundings = {**os.environ, **_SURROUNDINGS}
        try:
            running = await asyncio.create_subprocess_exec(
                "git",
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=surroundings,
            )
        except FileNotFoundError:
            raise NotReady("the command `git` is not there; install it") from None
        try:
            out, told = await asyncio.wait_for(running.communicate(), _PATIENCE)
        except BaseException as error:
            if running.returncode is None:
                running.kill()
                await running.wait()
            if isinstance(error, TimeoutError):
                raise NotReady(f"`{self.name}` did not answer within {_PATIENCE:g} seconds") from None
            raise
        if running.returncode:
            raise self._failed(told)
        return out

    def _failed(self, told: bytes) -> NotReady | OperatorError:
        said = _SECRET.sub("//", _last_line(told))
        if "find remote ref" in said:
            return self._wrong(f"has no `{self._reference}`", "name a branch or a tag that exists")
        return NotReady(f"git cannot read `{self.name}`: {said}")

    def _wrong(self, message: str, hint: str) -> OperatorError:
        return OperatorError(Problem(Place(self.name), "no-source", message, hint))


def _last_line(told: bytes) -> str:
    lines: Sequence[str] = told.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "it says nothing"
