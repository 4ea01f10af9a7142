"""
Policies published in a git repository: every change is a commit of one file, pushed.

Rules:

1. The repository is the truth: what it holds is looked up before every answer, and only what is not known yet is fetched.
2. A push that names the commit it builds upon takes the branch from there or not at all, so that of two who note the same
   release one starts over and finds it taken.
3. Nothing is checked out; commits are built from objects.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from yett.adapters.files.git_command import Git, GitRefusal, shown
from yett.adapters.files.layout import (
    bundle_path,
    newest,
    read_bundle,
    read_release,
    release_path,
    signed_as,
    written,
)
from yett.model.errors import NotReady
from yett.model.release import Bundle, Release

__all__ = ["GitPolicies"]

_ATTEMPTS = 20
"""How often a change is built anew because others were faster."""
_PLAIN = "100644"


@dataclass(slots=True)
class _Tree:
    """What the repository holds at one *commit*, which is empty before the first one."""

    commit: str = ""
    files: dict[str, str] = field(default_factory=dict)
    """The names of the objects, by path."""


class GitPolicies:
    """A `PolicyStore` that is one *branch* of the repository at *address*, which may still be empty."""

    def __init__(self, address: str, kept: Path, *, branch: str = "main") -> None:
        """Fetch into *kept*, a folder of our own that need not exist yet."""
        self._address = address
        self._git = Git(kept)
        self._branch = f"refs/heads/{branch}"
        self._tree = _Tree()
        self._contents: dict[str, bytes] = {}
        self._alone = asyncio.Lock()

    async def keep(self, bundle: Bundle) -> None:
        """Keep *bundle*; one of that digest that is there already stays, with the newest signature."""
        path = bundle_path(bundle.digest)
        async with self._alone:
            for _ in range(_ATTEMPTS):
                tree = await self._look()
                there = read_bundle(await self._content(tree, path), path) if path in tree.files else None
                wanted = signed_as(there, bundle) if there else bundle
                if wanted == there or await self._pushed(tree, path, written(wanted), f"Keep {bundle.digest[:12]}"):
                    return
        raise self._crowded()

    async def bundle(self, digest: str) -> Bundle | None:
        """Return the bundle of that *digest*."""
        path = bundle_path(digest)
        async with self._alone:
            tree = await self._look()
            return read_bundle(await self._content(tree, path), path) if path in tree.files else None

    async def release(self, release: Release) -> bool:
        """Note *release*; False, and nothing noted, when its number is taken or leaves a gap."""
        path = release_path(release.namespace, release.number)
        said = f"Release {release.name}\n\n{release.note}"
        async with self._alone:
            for _ in range(_ATTEMPTS):
                tree = await self._look()
                if release.number != newest(tree.files).get(release.namespace, 0) + 1:
                    return False
                if await self._pushed(tree, path, written(release), said):
                    return True
        raise self._crowded()

    async def releases(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""
        async with self._alone:
            tree = await self._look()
            last = newest(tree.files).get(namespace, 0)
            paths = [release_path(namespace, number) for number in range(last, max(0, last - limit), -1)]
            return [read_release(await self._content(tree, path), path) for path in paths]

    async def newest(self) -> Mapping[str, int]:
        """Return the number of the newest release by namespace."""
        async with self._alone:
            return newest((await self._look()).files)

    async def _look(self) -> _Tree:
        """Return what the repository holds now."""
        commit = await self._head()
        if commit and commit != self._tree.commit:
            await self._asked(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self._address, self._branch
            )
            listed = (await self._asked("ls-tree", "-r", "-z", "--full-tree", commit)).decode("utf-8", "replace")
            rows = (line.partition("\t") for line in listed.split("\0") if line)
            self._tree = _Tree(commit, {path: about.split()[2] for about, _, path in rows})
        return self._tree if commit else _Tree()

    async def _head(self) -> str:
        """Return the commit that the branch is at; nothing where there is no branch yet."""
        return (await self._asked("ls-remote", "--", self._address, self._branch)).decode().partition("\t")[0]

    async def _content(self, tree: _Tree, path: str) -> bytes:
        """Return the file at *path*; what was read once is kept, by the name of its object."""
        name = tree.files.get(path, "")
        if name not in self._contents:
            self._contents[name] = await self._asked("cat-file", "blob", name or path)
        return self._contents[name]

    async def _pushed(self, tree: _Tree, path: str, content: bytes, said: str) -> bool:
        """Commit *content* at *path* upon *tree*, and push it; False where the branch has moved on."""
        try:
            commit = await self._committed(tree, path, content, said)
        except OSError as error:
            raise self._unusable((error.strerror or str(error)).lower()) from None
        lease = f"--force-with-lease={self._branch}:{tree.commit}"
        try:
            await self._git.run("push", "--quiet", lease, "--", self._address, f"{commit}:{self._branch}")
        except GitRefusal as refusal:
            if await self._head() == tree.commit:
                raise self._unusable(refusal) from None
            return False
        return True

    async def _committed(self, tree: _Tree, path: str, content: bytes, said: str) -> str:
        blob = (await self._asked("hash-object", "-w", "--stdin", given=content)).decode().strip()
        with TemporaryDirectory() as apart:
            index = {"GIT_INDEX_FILE": f"{apart}/index"}
            await self._asked("read-tree", tree.commit or "--empty", surroundings=index)
            await self._asked("update-index", "--add", "--cacheinfo", f"{_PLAIN},{blob},{path}", surroundings=index)
            made = (await self._asked("write-tree", surroundings=index)).decode().strip()
        upon = ("-p", tree.commit) if tree.commit else ()
        # Two who say the same in the same second would otherwise make the same commit, and both be told that it is theirs.
        said = f"{said}\n\nAttempt: {token_hex(8)}\n"
        who = {f"GIT_{role}_{what}": "yett" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return (await self._asked("commit-tree", made, *upon, given=said.encode(), surroundings=who)).decode().strip()

    async def _asked(self, *arguments: str, given: bytes = b"", surroundings: Mapping[str, str] | None = None) -> bytes:
        try:
            return await self._git.run(*arguments, given=given, surroundings=surroundings)
        except GitRefusal as refusal:
            raise self._unusable(refusal) from None

    def _unusable(self, why: GitRefusal | str) -> NotReady:
        return NotReady(f"the policy store `{shown(self._address)}` cannot be used: {why}")

    def _crowded(self) -> NotReady:
        return NotReady(f"others are publishing to `{shown(self._address)}` all the time; try again")
