"""Columns are counted as the editor and as the parser count them."""

from types import MappingProxyType

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yett.doors.lsp import positions
from yett.doors.lsp.positions import offset_at, position_at, spotted
from yett.model.errors import Place

ENCODINGS = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(st.sampled_from("a b:é\u0301🚪👩\u200d\u2028\x85\x0c\n\r\ud800\ufeff"), max_size=40)


@pytest.mark.parametrize(
    ("text", "offset", "utf8", "utf16", "utf32"),
    [
        ("abc", 2, 2, 2, 2),
        ("🚪x", 1, 4, 2, 1),
        ("e\u0301x", 2, 3, 2, 2),
        ("éx", 1, 2, 1, 1),
        ("👩\u200d👧x", 3, 11, 5, 3),
        ("a\u2028x", 2, 4, 2, 2),
        ("a\x0cx", 2, 2, 2, 2),
    ],
)
def test_a_column_is_as_many_units_as_the_encoding_has(
    text: str, offset: int, utf8: int, utf16: int, utf32: int
) -> None:
    for encoding, column in zip(ENCODINGS, (utf8, utf16, utf32), strict=True):
        assert position_at(f"one\n{text}", 4 + offset, encoding) == (1, column)
        assert offset_at(f"one\n{text}", 1, column, encoding) == 4 + offset


@pytest.mark.parametrize(
    ("text", "line", "column", "offset"),
    [
        ("one\ntwo", 0, 99, 3),
        ("one\r\ntwo", 0, 99, 3),
        ("one\r\ntwo", 1, 0, 5),
        ("one\rtwo", 1, 1, 5),
        ("one\ntwo", 1, 99, 7),
        ("one\n", 1, 0, 4),
        ("one", 7, 7, 3),
        ("", 0, 0, 0),
        ("🚪x", 0, 1, 0),
    ],
)
def test_what_lies_outside_of_a_line_is_its_end(text: str, line: int, column: int, offset: int) -> None:
    assert offset_at(text, line, column) == offset


def there_and_back(text: str, encoding: str) -> None:
    inside = [offset for offset in range(len(text) + 1) if text[offset - 1 : offset + 1] != "\r\n"]
    for offset in inside:
        assert offset_at(text, *position_at(text, offset, encoding), encoding) == offset


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_a_position_leads_back_to_its_character(text: str, encoding: str) -> None:
    there_and_back(text, encoding)


@given(TEXTS)
def test_utf_16_counts_as_javascript_does(text: str) -> None:
    counts_as_javascript(text)


def counts_as_javascript(text: str) -> None:
    for offset in range(len(text)):
        line = text[:offset].replace("\r\n", "\n").replace("\r", "\n").rpartition("\n")[2]
        if text[offset - 1 : offset + 1] != "\r\n":
            assert position_at(text, offset)[1] == sum(2 if ord(char) > 0xFFFF else 1 for char in line)


def test_counting_characters_or_splitting_lines_as_python_does_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    units = MappingProxyType({"utf-16": ("utf-32-le", 4)})
    with monkeypatch.context() as mutated:
        mutated.setattr(positions, "_UNITS", units)
        with pytest.raises(AssertionError):
            counts_as_javascript("🚪x")
    monkeypatch.setattr(positions, "_ENDS", positions._YAML_ENDS)
    with pytest.raises(AssertionError):
        counts_as_javascript("a\u2028x")


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("a: {b: llm.x, c: 1}", (1, 8), "llm.x"),
        ("a: 'b'", (1, 4), "'b'"),
        ("a: [1]", (1, 4), "["),
        ("one line\ntwo", (0, 0), "one line"),
        ("one line\ntwo", (1, 0), "one"),
        ("a\n\nb", (2, 1), ""),
        ("a", (9, 9), ""),
        ("abc", (1, 99), ""),
        ("", (1, 1), ""),
    ],
)
def test_a_place_is_the_word_there(text: str, place: tuple[int, int], word: str) -> None:
    start, end = spotted(text, Place("x", *place))
    assert text[start:end] == word


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_places_are_counted_as_the_parser_counts_them(end: str) -> None:
    text = f"# 🚪{end}é: [one{end}, two]{end}"
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    (two,) = (event for event in events if isinstance(event, yaml.ScalarEvent) and event.value == "two")
    start, finish = spotted(text, Place("x", two.start_mark.line + 1, two.start_mark.column + 1))
    assert text[start:finish] == "two"
