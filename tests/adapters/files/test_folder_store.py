"""Policies in a folder that several write to."""

import asyncio
import stat
from pathlib import Path

import pytest

from tests.adapters.conformance_policies import PolicyStoreConformance, release
from yett.adapters.files.folder_store import FolderPolicies
from yett.model.errors import NotReady
from yett.policy.bundles import bundled
from yett.ports.policies import PolicyStore


class TestFolderPolicies(PolicyStoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> PolicyStore:
        return FolderPolicies(tmp_path / "policies")


async def test_two_gateways_on_one_folder_do_not_both_succeed(tmp_path: Path) -> None:
    replicas = [FolderPolicies(tmp_path) for _ in range(4)]
    for number in range(1, 11):
        noted = await asyncio.gather(*(each.release(release(number)) for each in replicas))
        assert sorted(noted) == [False, False, False, True]
    assert [len(await each.releases("acme")) for each in replicas] == [10] * 4


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_nothing_lies_there_but_what_was_published(tmp_path: Path) -> None:
    store = FolderPolicies(tmp_path)
    await store.keep(bundled({"a": "x"}))
    await store.release(release(1, "../a.b/c"))
    await store.release(release(1, "../a.b/c"))
    assert files(tmp_path) == [f"bundles/{bundled({'a': 'x'}).digest}.json", "releases/%2E%2E%2Fa%2Eb%2Fc/1.json"]
    assert dict(await store.newest()) == {"../a.b/c": 1}
    assert stat.S_IMODE((tmp_path / "bundles").stat().st_mode) == 0o700


async def test_a_file_that_was_changed_is_said_to_be_broken(tmp_path: Path) -> None:
    store = FolderPolicies(tmp_path)
    await store.release(release(1))
    (tmp_path / "releases" / "acme" / "1.json").write_text("{}")
    with pytest.raises(NotReady, match=r"releases/acme/1\.json"):
        await store.releases("acme")


async def test_a_folder_that_is_none_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = FolderPolicies(tmp_path / "file")
    with pytest.raises(NotReady, match="cannot be used: "):
        await store.keep(bundled({"a": "x"}))
