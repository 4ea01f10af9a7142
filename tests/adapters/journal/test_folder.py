import os
from pathlib import Path

import pytest

from yett.adapters.journal.folder import ChainFolder, Position, chain_folders, lock, locked, sync_folder


@pytest.fixture
def folder(tmp_path: Path) -> ChainFolder:
    path = tmp_path / "20260131T120000.000001-00ff"
    path.mkdir()
    return ChainFolder(path)


def test_segments_are_listed_in_order_whatever_else_lies_there(folder: ChainFolder) -> None:
    for number in (10, 9, 1_000_000):
        folder.segment(number).touch()
    (folder.path / "notes.journal").touch()
    (folder.path / "carried").touch()
    assert folder.segments() == [9, 10, 1_000_000]


def test_a_position_is_kept(folder: ChainFolder) -> None:
    assert folder.carried() == Position(0, 0)
    folder.carry(Position(3, 77))
    assert ChainFolder(folder.path).carried() == Position(3, 77)


@pytest.mark.parametrize("content", [b"", b"[1", b"[]", b"{}", b"7", b"[1,2,3]"])
def test_a_position_that_cannot_be_read_is_the_beginning(folder: ChainFolder, content: bytes) -> None:
    (folder.path / "carried").write_bytes(content)
    assert folder.carried() == Position(0, 0)


def test_adoption_is_noted(folder: ChainFolder) -> None:
    assert not folder.adopted
    folder.adopt()
    folder.adopt()
    assert folder.adopted


def test_segments_are_forgotten_up_to_a_number(folder: ChainFolder) -> None:
    for number in (1, 2, 3):
        folder.segment(number).touch()
    folder.forget(before=3)
    assert folder.segments() == [3]


def test_a_chain_is_removed_whole(folder: ChainFolder) -> None:
    folder.segment(1).touch()
    folder.adopt()
    folder.carry(Position(1, 1))
    folder.remove()
    assert not folder.path.exists()


def test_what_is_not_ours_is_not_removed(folder: ChainFolder) -> None:
    (folder.path / "thesis.txt").touch()
    folder.segment(1).touch()
    folder.remove()
    assert [path.name for path in folder.path.iterdir()] == ["thesis.txt"]


def test_only_chains_are_listed_the_oldest_first(tmp_path: Path, folder: ChainFolder) -> None:
    (tmp_path / "20250131T120000.000001-00ff").mkdir()
    (tmp_path / "20270131T120000.000001-file").touch()
    (tmp_path / "photographs").mkdir()
    assert [chain.chain for chain in chain_folders(tmp_path)] == ["20250131T120000.000001-00ff", folder.chain]


def test_a_lock_has_one_holder(folder: ChainFolder) -> None:
    holding = lock(folder.lock_path)
    assert holding is not None
    assert lock(folder.lock_path) is None
    os.close(holding)
    again = lock(folder.lock_path)
    assert again is not None
    os.close(again)


def test_taking_over_is_done_by_one_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        assert lock(tmp_path / "lock") is None
    with locked(tmp_path):
        pass


def test_a_folder_that_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "missing")
