"""The gate: it names what may match, keeps its scratches apart, and is never needed."""

import pytest

from yett.detectors import gate
from yett.detectors.gate import Gate


def test_only_what_may_match_passes() -> None:
    assert sorted(Gate(["abc", "x+", r"\pN9"]).open(b"an abc")) == [0, 2]


def test_nothing_passes_an_empty_text_but_what_is_not_gated() -> None:
    assert Gate(["abc"]).open(b"") == []


@pytest.mark.parametrize("letter", ["\u017f", "\u212a"])
def test_letters_that_count_as_ascii_ones_open_it_wide(letter: str) -> None:
    assert Gate(["(?i)sk", "x"]).open(letter.encode()) == [0, 1]


def test_without_hyperscan_everything_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_AVAILABLE", False)
    assert Gate(["abc", "x"]).open(b"nothing") == [0, 1]
    assert Gate(["abc"]).dump() == b""


def test_what_hyperscan_refuses_is_asked_anyway() -> None:
    refused = "a(?m:$)b"
    assert Gate(["abc", refused]).open(b"nothing") == [1]
    assert Gate([refused]).open(b"nothing") == [0]


def test_what_was_saved_is_loaded_with_what_it_holds() -> None:
    patterns = ["abc", "a(?m:$)b", "xyz"]
    again = Gate(patterns, Gate(patterns).dump())
    assert sorted(again.open(b"xyz")) == [1, 2]


def test_many_patterns_are_spread_over_databases_which_are_saved_together() -> None:
    patterns = [f"pattern{number}z" for number in range(300)]
    saved = Gate(patterns).dump()
    for gate_ in (Gate(patterns), Gate(patterns, saved)):
        assert gate_.dump() == saved
        for _ in range(2):
            assert sorted(gate_.open(b"pattern7z pattern299z pattern130z")) == [7, 130, 299]


@pytest.mark.parametrize("saved", [b"junk", b"", b"0\n", b"7\njunk", b"x\n"])
def test_what_cannot_be_loaded_is_compiled(saved: bytes) -> None:
    assert Gate(["abc"], saved).open(b"abc") == [0]


def test_no_patterns_need_no_database() -> None:
    assert Gate([]).open(b"abc") == []
    assert Gate([]).dump() == b""
