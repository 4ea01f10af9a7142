"""Files that an operator names are read or refused."""

from pathlib import Path

import pytest

from yett.compose.texts import read_text
from yett.model.errors import OperatorError


def test_a_file_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("\ufeffÅrhus".encode())
    assert read_text(tmp_path / "a.yaml") == "Århus"


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [(None, "unreadable-file", "no such file or directory"), (b"\xff\xfe", "encoding", "is not UTF-8")],
    ids=["missing", "bytes"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, code: str, told: str) -> None:
    file = tmp_path / "a.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        read_text(file)
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.code) == (str(file), code)
    assert told in problem.message


def test_the_first_byte_that_is_none_of_utf_8_is_named_by_its_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("\ufeffid: a\nowner: Århus".encode() + b"\xff # \xfe")
    with pytest.raises(OperatorError) as caught:
        read_text(tmp_path / "a.yaml")
    place = caught.value.problems[0].place
    assert (place.line, place.column) == (2, 13)
