"""A YAML file becomes plain values with places."""

import pytest

from yett.compose.tree import read_tree
from yett.model.errors import OperatorError, Place


def test_values_keep_their_places() -> None:
    data, places = read_tree(b"server:\n  port: 1\nlist:\n  - a\n  - {b: 2}\nnothing:\n", "f.yaml")
    assert data == {"server": {"port": 1}, "list": ["a", {"b": 2}]}
    assert places["server", "port"] == Place("f.yaml", 2, 3)
    assert places["list", 1] == Place("f.yaml", 5, 5)
    assert places["list", 1, "b"] == Place("f.yaml", 5, 6)


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"---\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_nothing(content: bytes) -> None:
    assert read_tree(content, "f.yaml") == ({}, {})


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"a: 1\na: 2\n", "duplicate-key", 2),
        (b"a: &x 1\nb: *x\n", "alias", 1),
        (b"a: [1\nb: 2\n", "syntax", 2),
        (b"- 1\n", "wrong-type", 1),
        (b"text\n", "wrong-type", 1),
        (b"a: 1\n---\nb: 2\n", "wrong-type", 3),
        (b"a: 1\nb: \xff\n", "encoding", 2),
        (b"a: !!python/object:os.system x\n", "tag", 1),
        (b"a:\n\t- 1\n", "syntax", 2),
    ],
)
def test_what_is_no_configuration_says_where(content: bytes, code: str, line: int) -> None:
    with pytest.raises(OperatorError) as caught:
        read_tree(content, "f.yaml")
    assert (caught.value.problems[0].code, caught.value.problems[0].place.line) == (code, line)
