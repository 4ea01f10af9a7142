"""Real repositories, with commits, branches, rewritten history, and none at all."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from yett.adapters.files import git_command, git_source
from yett.adapters.files.folder_source import LARGEST
from yett.adapters.files.git_command import Git
from yett.adapters.files.git_source import GitSource
from yett.model.errors import NotReady, OperatorError
from yett.ports.sources import Checkout


class Repository:
    """A repository that somebody works in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.run("init", "--quiet", "--initial-branch=main")

    def run(self, *arguments: str) -> str:
        who = {
            f"GIT_{role}_{what}": f"{what}@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**os.environ, **who}, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.run("add", "--all")
        self.run("commit", "--quiet", "--message", "x")
        return self.run("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "work")


def source(repository: Repository, **how: str) -> GitSource:
    return GitSource(str(repository.folder), repository.folder.parent / "kept", **how)


async def test_the_newest_commit_is_read_each_time(repository: Repository) -> None:
    first = repository.commit(a="one", below__b="two", a_test="suite")
    reading = source(repository)
    checkout = await reading.read()
    assert (checkout.commit, checkout.files) == (first, {"a.yaml": "one", "below/b.yaml": "two"})
    second = repository.commit(a="changed")
    assert ((await reading.read()).commit, (await reading.read()).files["a.yaml"]) == (second, "changed")


async def test_history_that_was_rewritten_is_followed(repository: Repository) -> None:
    repository.commit(a="one")
    reading = source(repository)
    await reading.read()
    (repository.folder / "a.yaml").write_text("other")
    repository.run("commit", "--quiet", "--all", "--amend", "--message", "y")
    assert (await reading.read()).files == {"a.yaml": "other"}


async def test_a_branch_and_a_folder_may_be_named(repository: Repository) -> None:
    repository.commit(a="main")
    repository.run("checkout", "--quiet", "-b", "next")
    repository.commit(policies__b="next")
    reading = source(repository, reference="next", folder="policies")
    assert (await reading.read()).files == {"b.yaml": "next"}
    address = f"file://{repository.folder}"
    assert (await GitSource(address, repository.folder.parent / "other").read()).files


async def test_links_are_not_followed_and_that_is_told(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (repository.folder / "link.yaml").symlink_to(tmp_path / "secret")
    repository.commit(policies__a="one")
    with pytest.raises(OperatorError, match=r"`link\.yaml` is a link, which is not followed"):
        await source(repository).read()
    assert (await source(repository, folder="policies").read()).files == {"a.yaml": "one"}


async def test_submodules_are_not_read_and_that_is_told(repository: Repository, tmp_path: Path) -> None:
    repository.commit(policies__a="one")
    there = repository.run("rev-parse", "HEAD")
    for path in ("policies/vendor", ".hidden/vendor"):
        repository.run("update-index", "--add", "--cacheinfo", f"160000,{there},{path}")
    repository.run("commit", "--quiet", "--message", "x")
    for how, path in (({}, "policies/vendor"), ({"folder": "policies"}, "policies/vendor")):
        with pytest.raises(OperatorError, match=f"`{path}` is a submodule, which is not read; put the files"):
            await source(repository, **how).read()
    repository.run("rm", "--quiet", "--cached", "policies/vendor")
    repository.run("commit", "--quiet", "--message", "x")
    assert (await source(repository).read()).files == {"policies/a.yaml": "one"}


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"reference": "nowhere"}, "has no `nowhere`"),
        ({"folder": "nowhere"}, "has no folder `nowhere`"),
        ({"reference": "--upload-pack=touch x"}, "begins with `-`"),
    ],
)
async def test_what_is_not_there_is_the_operators(repository: Repository, how: dict[str, str], message: str) -> None:
    repository.commit(a="one")
    with pytest.raises(OperatorError, match=message):
        await source(repository, **how).read()


async def test_what_cannot_be_reached_can_be_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = GitSource(f"file://user:hidden@{tmp_path}/nowhere", tmp_path / "kept")  # not a credential
    with pytest.raises(NotReady) as told:
        await reading.read()
    assert "hidden" not in str(told.value)
    assert "hidden" not in reading.name
    with pytest.raises(NotReady):
        await GitSource("ext::sh -c touch% x", tmp_path / "kept").read()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotReady, match="`git` is not there"):
        await reading.read()


async def test_what_is_not_text_is_told(repository: Repository) -> None:
    (repository.folder / "a.yaml").write_bytes(b"\xff\xfe")
    repository.commit(b="two")
    with pytest.raises(OperatorError, match=r"`a\.yaml` is not UTF-8"):
        await source(repository).read()


async def test_two_that_read_from_one_address_each_get_their_own_reference(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(a="main")
    repository.run("checkout", "--quiet", "-b", "next")
    repository.commit(a="next")
    one, other = (source(repository, reference=name) for name in ("main", "next"))
    turned_away = asyncio.Event()
    taken = git_command._taken
    run = git_source.Git.run
    beside: list[asyncio.Task[Checkout]] = []

    def noted(descriptor: int) -> bool:
        return taken(descriptor) or bool(turned_away.set())

    async def interrupted(git: Git, *arguments: str, **how: bytes) -> bytes:
        said = await run(git, *arguments, **how)
        if arguments[0] == "fetch" and not beside:
            beside.append(asyncio.create_task(other.read()))
            await asyncio.wait({*beside, asyncio.create_task(turned_away.wait())}, return_when="FIRST_COMPLETED")
        return said

    monkeypatch.setattr(git_command, "_taken", noted)
    monkeypatch.setattr(Git, "run", interrupted)
    assert (await one.read()).files == {"a.yaml": "main"}
    assert (await beside[0]).files == {"a.yaml": "next"}


async def test_a_file_that_is_too_large_is_not_read(repository: Repository) -> None:
    with (repository.folder / "a.yaml").open("wb") as file:
        file.truncate(LARGEST + 1)
    repository.commit(b="two")
    with pytest.raises(OperatorError, match=r"`a\.yaml` is larger than"):
        await source(repository).read()
