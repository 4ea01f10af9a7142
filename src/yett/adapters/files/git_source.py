"""
A git repository of policy files: read, never checked out.

One commit is read: every file of it, or nothing. The repository that is kept is shared by all that read from one address,
whatever they read there, and by several processes; so one fetches at a time.
"""

from pathlib import Path

from yett.adapters.files.folder_source import LARGEST, is_policy
from yett.adapters.files.git_command import Git, GitRefusal, shown
from yett.model.errors import NotReady, OperatorError, Place, Problem
from yett.ports.sources import Checkout

__all__ = ["GitSource"]

_LINK = "120000"
"""The mode of a symbolic link, whose text is a path and no policy."""


class GitSource:
    """A `Source` that is one *folder* of a repository, at the newest commit of a *reference*."""

    def __init__(self, address: str, kept: Path, *, reference: str = "HEAD", folder: str = "") -> None:
        """Fetch from *address* into *kept*, a folder of our own that need not exist yet."""
        self._address = address
        self._git = Git(kept)
        self._reference = reference
        self._folder = folder.strip("/")

    @property
    def name(self) -> str:
        """What messages call it, without any password."""
        return shown(self._address)

    async def read(self) -> Checkout:
        """
        Fetch, and read what the newest commit holds.

        Raises:
            NotReady: the repository cannot be reached, or `git` is not there.
            OperatorError: it has no such reference or folder, or a file is not UTF-8.
        """
        if self._address.startswith("-") or self._reference.startswith("-"):
            raise self._wrong("an address or a reference begins with `-`", "name a repository and a branch")
        try:
            async with self._git.alone():
                await self._git.run("fetch", "--quiet", "--depth=1", "--no-tags", "--", self._address, self._reference)
                commit = (await self._git.run("rev-parse", "--verify", "FETCH_HEAD^{commit}")).decode().strip()
            return Checkout(await self._files(commit), commit)
        except GitRefusal as refusal:
            if "find remote ref" in str(refusal):
                raise self._wrong(f"has no `{self._reference}`", "name a branch or a tag that exists") from None
            raise NotReady(f"git cannot read `{self.name}`: {refusal}") from None

    async def _files(self, commit: str) -> dict[str, str]:
        below = f"{self._folder}/" if self._folder else ""
        listed = await self._git.run(
            "ls-tree", "-r", "-z", "--long", "--full-tree", commit, *([below] if below else [])
        )
        files = {}
        for line in listed.decode("utf-8", "surrogateescape").split("\0"):
            about, _, path = line.partition("\t")
            mode, kind, name, size = (*about.split(), "", "", "", "")[:4]
            if kind == "commit" and is_policy(f"{path.removeprefix(below)}/any.yaml"):
                hint = "put the files themselves there, name a `folder` without it, or make it a source of its own"
                raise self._wrong(f"`{path}` is a submodule, which is not read", hint)
            if kind == "blob" and is_policy(path.removeprefix(below)):
                if mode == _LINK:
                    raise self._wrong(f"`{path}` is a link, which is not followed", "put the file itself there")
                if int(size) > LARGEST:
                    raise self._wrong(f"`{path}` is larger than {LARGEST} bytes", "split it")
                files[path.removeprefix(below)] = await self._text(name, path)
        if below and not listed:
            raise self._wrong(f"has no folder `{self._folder}`", "name one that exists in it")
        return files

    async def _text(self, name: str, path: str) -> str:
        data = await self._git.run("cat-file", "blob", name)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise self._wrong(f"`{path}` is not UTF-8", "save the file as UTF-8") from None

    def _wrong(self, message: str, hint: str) -> OperatorError:
        return OperatorError(Problem(Place(self.name), "no-source", message, hint))
