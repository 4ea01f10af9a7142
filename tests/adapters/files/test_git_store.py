"""Policies in a real repository, which several push to."""

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.adapters.conformance_policies import PolicyStoreConformance, release
from yett.adapters.files.git_store import GitPolicies
from yett.model.errors import NotReady
from yett.policy.bundles import bundled
from yett.ports.policies import PolicyStore


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git("init", "--quiet", "--bare", str(tmp_path / "policies.git"))
    return tmp_path / "policies.git"


class TestGitPolicies(PolicyStoreConformance):
    @pytest.fixture
    def store(self, repository: Path, tmp_path: Path) -> PolicyStore:
        return GitPolicies(f"file://{repository}", tmp_path / "kept")


async def test_every_change_is_a_commit_that_says_what_it_does(repository: Path, tmp_path: Path) -> None:
    store = GitPolicies(str(repository), tmp_path / "kept", branch="live")
    await store.keep(bundled({"a": "x"}))
    await store.release(release(1))
    said = git("--git-dir", str(repository), "log", "--format=%s|%b", "live").split("\n")
    assert said[0] == f"Release {release(1).name}|why, in \u00fcmlauts"
    assert any(line.startswith("Keep ") for line in said)
    shown = git("--git-dir", str(repository), "show", "--stat", "--format=", "live")
    assert "releases/acme/1.json" in shown
    assert "bundles" not in shown


async def test_what_another_pushed_is_seen_and_built_upon(repository: Path, tmp_path: Path) -> None:
    replicas = [GitPolicies(str(repository), tmp_path / f"kept{each}") for each in range(2)]
    for number in (1, 2):
        noted = await asyncio.gather(*(each.release(release(number)) for each in replicas))
        assert sorted(noted) == [False, True]
    assert await replicas[0].release(release(3))
    assert [each.number for each in await replicas[1].releases("acme", 2)] == [3, 2]


async def test_replicas_that_share_what_was_fetched_do_not_disturb_each_other(repository: Path, tmp_path: Path) -> None:
    replicas = [GitPolicies(str(repository), tmp_path / "kept") for _ in range(3)]
    await replicas[0].newest()
    await asyncio.gather(*(each.release(release(1, f"n{place}")) for place, each in enumerate(replicas)))
    assert [dict(await each.newest()) for each in replicas] == [{"n0": 1, "n1": 1, "n2": 1}] * 3


async def test_a_push_that_is_refused_is_not_ready(repository: Path, tmp_path: Path) -> None:
    hook = repository / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(NotReady, match="cannot be used"):
        await GitPolicies(str(repository), tmp_path / "kept").release(release(1))


async def test_without_room_for_what_is_being_made_it_is_not_ready(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(NotReady, match="cannot be used: no such file or directory"):
        await GitPolicies(str(repository), tmp_path / "kept").release(release(1))


async def test_a_repository_that_is_not_there_is_not_ready_and_no_password_is_told(tmp_path: Path) -> None:
    store = GitPolicies(f"file://user:word@{tmp_path}/none", tmp_path / "kept")  # not a credential
    with pytest.raises(NotReady) as caught:
        await store.newest()
    assert "word" not in str(caught.value)


async def test_a_repository_that_is_back_is_used_again(repository: Path, tmp_path: Path) -> None:
    store = GitPolicies(str(repository), tmp_path / "kept")
    assert await store.release(release(1))
    os.rename(repository, tmp_path / "away")  # noqa: PTH104 - as somebody else would do it
    with pytest.raises(NotReady):
        await store.newest()
    os.rename(tmp_path / "away", repository)  # noqa: PTH104
    assert dict(await store.newest()) == {"acme": 1}
