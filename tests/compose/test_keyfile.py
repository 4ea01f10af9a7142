"""The house's key is made once, is its owner's alone, and is the same for everybody who starts."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from yett.compose import keyfile
from yett.compose.keyfile import house_key
from yett.model.errors import OperatorError, Problem

START = """
import sys
from pathlib import Path
from yett.compose.keyfile import house_key

sys.stdin.read(1)
print(house_key(Path(sys.argv[1])).hex())
"""


def problem(folder: Path) -> Problem:
    with pytest.raises(OperatorError) as caught:
        house_key(folder)
    (found,) = caught.value.problems
    return found


def test_a_key_is_made_once_and_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "records"
    first = house_key(folder)
    assert len(first) == 32
    assert house_key(folder) == first
    assert [path.name for path in folder.iterdir()] == ["house.key"]


def test_every_house_has_a_key_of_its_own(tmp_path: Path) -> None:
    assert house_key(tmp_path / "a") != house_key(tmp_path / "b")


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_may_read_the_key_and_enter_its_folder(tmp_path: Path, mask: int) -> None:
    folder, before = tmp_path / "records", os.umask(mask)
    try:
        house_key(folder)
    finally:
        os.umask(before)
    assert (folder / "house.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [0, 31, 33, 1000])
def test_what_is_no_key_is_told_and_left_alone(tmp_path: Path, size: int) -> None:
    path = tmp_path / "house.key"
    path.write_bytes(b"x" * size)
    found = problem(tmp_path)
    assert (found.place.file, found.code) == (str(path), "bad-key")
    assert str(size) in found.message
    assert "move it away" in found.hint
    assert path.stat().st_size == size


def a_file(folder: Path) -> None:
    folder.write_text("not a folder")


def below_a_file(folder: Path) -> None:
    folder.parent.write_text("not a folder")


def a_folder_in_its_place(folder: Path) -> None:
    (folder / "house.key").mkdir(parents=True)


@pytest.mark.parametrize("spoil", [a_file, below_a_file, a_folder_in_its_place])
def test_a_folder_that_cannot_be_used_is_told_with_its_place_and_cure(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "above" / "records"
    if spoil is not below_a_file:
        folder.parent.mkdir()
    spoil(folder)
    found = problem(folder)
    assert (found.place.file, found.code) == (str(folder / "house.key"), "unusable-folder")
    assert found.message.startswith("`records.path` cannot be used: ")
    assert found.hint == "name a folder that Yett may write"


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", full)
    assert "no space left" in problem(tmp_path).message
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert len(house_key(tmp_path)) == 32


def test_whoever_comes_second_takes_the_firsts_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = house_key(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda _path: False)  # it was made in the very moment after the look
    assert house_key(tmp_path) == theirs
    assert [path.name for path in tmp_path.iterdir()] == ["house.key"]


def test_many_threads_at_once_agree(tmp_path: Path) -> None:
    barrier, keys = threading.Barrier(8), []

    def start() -> None:
        barrier.wait()
        keys.append(house_key(tmp_path / "records"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_two_processes_at_once_agree(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(tmp_path / "records")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("g")
        process.stdin.flush()
    told = [process.communicate()[0].strip() for process in processes]
    assert told[0] == told[1] == house_key(tmp_path / "records").hex()
