"""
Policies published in a folder: on a disk, or on a share that several gateways mount.

Rules:

1. A file is there whole or not at all: it is written beside its place, and linked into it.
2. Of two that note the same release one finds the name taken: linking never overwrites.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from yett.adapters.files.layout import (
    bundle_path,
    namespace_path,
    newest,
    numbered,
    read_bundle,
    read_release,
    release_path,
    signed_as,
    written,
)
from yett.model.errors import NotReady
from yett.model.release import Bundle, Release

__all__ = ["FolderPolicies"]

_Result = TypeVar("_Result")


class FolderPolicies:
    """A `PolicyStore` in *folder*, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, bundle: Bundle) -> None:
        """Keep *bundle*; one of that digest that is there already stays, with the newest signature."""

        def keep() -> None:
            path = bundle_path(bundle.digest)
            if self._write(path, written(bundle)):
                return
            there = read_bundle((self._folder / path).read_bytes(), path)
            if signed_as(there, bundle) != there:
                self._write(path, written(signed_as(there, bundle)), instead=True)

        await self._apart(keep)

    async def bundle(self, digest: str) -> Bundle | None:
        """Return the bundle of that *digest*."""
        path = bundle_path(digest)

        def read() -> Bundle | None:
            file = self._folder / path
            return read_bundle(file.read_bytes(), path) if file.exists() else None

        return await self._apart(read)

    async def release(self, release: Release) -> bool:
        """Note *release*; False, and nothing noted, when its number is taken or leaves a gap."""

        def note() -> bool:
            last = max(self._numbers(release.namespace), default=0)
            path = release_path(release.namespace, release.number)
            return release.number == last + 1 and self._write(path, written(release))

        return await self._apart(note)

    async def releases(self, namespace: str, limit: int = 1000) -> Sequence[Release]:
        """Return the newest releases of *namespace*, newest first."""

        def read() -> list[Release]:
            paths = [release_path(namespace, each) for each in sorted(self._numbers(namespace), reverse=True)[:limit]]
            return [read_release((self._folder / path).read_bytes(), path) for path in paths]

        return await self._apart(read)

    async def newest(self) -> Mapping[str, int]:
        """Return the number of the newest release by namespace."""

        def look() -> dict[str, int]:
            return newest(path.relative_to(self._folder).as_posix() for path in self._folder.glob("releases/*/*.json"))

        return await self._apart(look)

    def _numbers(self, namespace: str) -> Iterator[int]:
        for path in (self._folder / namespace_path(namespace)).glob("*.json"):
            if place := numbered(path.relative_to(self._folder).as_posix()):
                yield place[1]

    def _write(self, path: str, content: bytes, *, instead: bool = False) -> bool:
        """Write *content* at *path*, *instead* of what is there; False, and nothing written, where that must stay."""
        file = self._folder / path
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{token_hex(8)}")
        try:
            with fresh.open("xb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            if instead:
                fresh.replace(file)
                return True
            try:
                os.link(fresh, file)
            except FileExistsError:
                return False
            return True
        finally:
            fresh.unlink(missing_ok=True)

    async def _apart(self, work: Callable[[], _Result]) -> _Result:
        """Do *work* where waiting for a disk keeps nobody else waiting."""

        def told() -> _Result:
            try:
                return work()
            except OSError as error:
                reason = (error.strerror or "unreadable").lower()
                raise NotReady(f"the policy store `{self._folder}` cannot be used: {reason}") from None

        return await asyncio.to_thread(told)
