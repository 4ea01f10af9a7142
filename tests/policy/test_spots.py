"""Every character of a value is found where it is written, however YAML writes it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yett.model.errors import Place
from yett.policy import spots
from yett.policy.nodes import Node, Scalar, Table
from yett.policy.problems import Problems
from yett.policy.source import read
from yett.policy.spots import Spots


def scalar(text: str) -> Scalar:
    """Return the value of the last key in *text*."""
    problems = Problems()
    (node,) = read(text, "f", problems)
    problems.raise_any()
    found: Node = node
    while isinstance(found, Table):
        found = found.entries[-1][1]
    assert isinstance(found, Scalar)
    return found


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("when: a == 1 && X", 1, 17),
        ("\ufeffwhen: a == 1 && X", 1, 17),
        ("when: a == 1\n   && X", 2, 7),
        ("when: 'it''s X'", 1, 14),
        ('when: "\\"a\\" \\x41 \\u00e9 \\U0001F600 X"', 1, 37),
        ('when: "a \\\n   X"', 2, 4),
        ("b: 1\nwhen: |\n  a &&\n   X", 4, 4),
        ("b: 1\nwhen: >-  # why\n  a\n\n  && X", 5, 6),
        ("when: |2\n   X", 2, 4),
        ("when: !!str 'X'", 1, 14),
        ("when: !!str X", 1, 13),
        ("é: {when: X}", 1, 11),
        ("\U0001f600: X", 1, 4),
        ("a: 1\r\nwhen: X", 2, 7),
    ],
)
def test_a_character_is_found(text: str, line: int, column: int) -> None:
    found = scalar(text)
    assert Spots(found).place(found.text.index("X")) == Place("f", line, column)


def test_the_end_lies_behind_the_last_character() -> None:
    assert Spots(scalar("when: a")).place(1) == Place("f", 1, 8)
    assert Spots(scalar("when: ''")).place(0) == Place("f", 1, 7)


def test_a_value_that_no_file_holds_is_taken_as_written_plainly() -> None:
    assert Spots(Scalar(Place("f", 3, 5), "!x", "!x")).place(1) == Place("f", 3, 6)


WORDS = st.lists(st.text(st.sampled_from("abé'\"\\|&!=()\U0001f600"), min_size=1, max_size=6), min_size=1, max_size=8)
STYLES = st.sampled_from([None, "'", '"', "|", ">"])


def lost(words: list[str], style: str | None, width: int) -> bool:
    """Say whether the first character of some word is not where it is said to be, when YAML writes the words."""
    value = " ".join(words)
    text = yaml.dump({"a": {"when": value}}, default_style=style, width=width, allow_unicode=True)
    found = scalar(text)
    assert found.text.split() == words
    lines, at = text.split("\n"), 0
    where = Spots(found)
    for word in words:
        place = where.place(value.index(word, at))
        at = value.index(word, at) + len(word)
        written = lines[place.line - 1][place.column - 1 :]
        if not written.startswith((word[0], "\\" + word[0], "\\U0001F600", "\\xE9")):
            return True
    return False


@given(WORDS, STYLES, st.sampled_from([8, 20, 200]))
def test_words_are_found_in_every_style(words: list[str], style: str | None, width: int) -> None:
    assert not lost(words, style, width)


@pytest.mark.parametrize("broken", ["_inked", "_width"])
def test_a_walk_that_ignores_how_values_are_written_is_lost(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = {"_inked": lambda _raw, at, _quote: at, "_width": lambda _raw, _at, _quote: 1}
    monkeypatch.setattr(spots, broken, careless[broken])
    assert any(lost(['"a"', "it's", "b" * 9, "c"], style, 8) for style in ("'", '"', "|", ">"))
