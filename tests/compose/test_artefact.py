"""A trained classifier becomes files that are accepted as they were written, and in no other way."""

from pathlib import Path

import pytest

from tests.compose.training import trained
from yett.compose.artefact import read_key, write_artefact
from yett.compose.classifier import FILES, loaded_judge
from yett.model.errors import OperatorError

KEY = bytes(range(32)).hex()  # not a credential


def test_what_was_written_is_read(tmp_path: Path) -> None:
    manifest = write_artefact(tmp_path / "model", trained(), {"seed": 0})
    judge, read = loaded_judge(tmp_path / "model")
    assert read == manifest
    assert set(manifest.files) == set(FILES)
    assert judge.model.bias == trained().model.bias
    assert [row["source"] for row in manifest.about["data"]] == ["east", "north", "south", "west"]  # type: ignore[attr-defined]


def test_a_signature_by_a_stranger_is_refused(tmp_path: Path) -> None:
    write_artefact(tmp_path, trained(), {}, KEY)
    with pytest.raises(OperatorError, match="not signed by a key that is trusted"):
        loaded_judge(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="unusable-folder"):
        write_artefact(tmp_path / "file" / "model", trained(), {})


def test_a_key_is_read(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert read_key(file) == KEY


@pytest.mark.parametrize("content", [b"", b"abcd", b"\xff", b"zz" * 32])
def test_what_is_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(OperatorError, match="is no private key"):
        read_key(file)
