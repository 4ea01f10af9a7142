"""Texts to learn from are read from files and folders, gzipped or not, and from the machine itself."""

import gzip
from pathlib import Path

import pytest

from yett.compose.corpora import read_corpus, surroundings, written_by_rule
from yett.model.errors import OperatorError

LINE = b'{"text": "hi", "label": "benign", "source": "s"}\n'


def test_files_and_folders_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(LINE)
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(LINE * 2))
    (folder / "notes.txt").write_bytes(b"no example")
    (tmp_path / "c.jsonl").write_bytes(LINE)
    assert len(read_corpus([folder, tmp_path / "c.jsonl"])) == 4


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": 1}', "a.jsonl:1: has no `text`"),
        ("a.jsonl.gz", b"no gzip", "`.*a.jsonl.gz` is no gzip file|not a gzipped file"),
        ("a.jsonl", b"\n", "holds no examples"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OperatorError, match=message):
        read_corpus([tmp_path / name])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no such file"):
        read_corpus([tmp_path / "gone.jsonl"])


def test_rules_write_attacks_and_innocent_texts() -> None:
    made = written_by_rule(0)
    assert {(each.source, each.attack) for each in made} == {("authored_innocents", False), ("authored_assaults", True)}
    assert len(made) > 3000


def test_the_machine_has_innocent_texts() -> None:
    found = surroundings(5, 1)
    elsewhere = {"machine_manuals", "machine_notes", "machine_sources"}
    assert {each.source for each in found} - elsewhere == {"machine_library", "machine_packages", "machine_documents"}
    assert found == surroundings(5, 1)
    assert not any(each.attack for each in found)
