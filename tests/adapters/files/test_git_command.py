"""The command, fenced."""

from pathlib import Path

import pytest

from yett.adapters.files import git_command
from yett.adapters.files.git_command import Git, GitRefusal, shown
from yett.model.errors import NotReady


def test_passwords_are_not_shown() -> None:
    assert shown("https://user:word@example.org/x.git") == "https://example.org/x.git"


async def test_what_is_given_is_read_and_what_is_said_returned(tmp_path: Path) -> None:
    git = Git(tmp_path / "kept")
    name = (await git.run("hash-object", "-w", "--stdin", given=b"text")).decode().strip()
    assert await git.run("cat-file", "blob", name) == b"text"


async def test_a_refusal_says_its_first_line(tmp_path: Path) -> None:
    with pytest.raises(GitRefusal, match=r"^Not a valid object name nothing$"):
        await Git(tmp_path / "kept").run("cat-file", "blob", "nothing")


async def test_without_git_nothing_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotReady, match="install it"):
        await Git(tmp_path / "kept").run("version")


async def test_a_command_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tmp_path / "git"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(git_command, "_PATIENCE", 0.1)
    with pytest.raises(NotReady, match=r"within 0\.1 seconds"):
        await Git(tmp_path / "kept").run("version")


async def test_a_command_that_cannot_be_started_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").touch(mode=0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotReady, match="permission denied"):
        await Git(tmp_path / "kept").run("version")


async def test_one_is_alone_at_a_time_and_nobody_waits_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = Git(tmp_path / "below" / "kept")
    async with git.alone():
        monkeypatch.setattr(git_command, "_PATIENCE", 0.05)
        with pytest.raises(NotReady, match=r"within 0\.05 seconds"):
            await git.alone().__aenter__()
    async with git.alone():
        pass


async def test_where_nothing_can_be_written_nobody_is_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotReady, match="file exists"):
        await Git(tmp_path / "file" / "kept").alone().__aenter__()
