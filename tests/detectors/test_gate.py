"""The gate: it names what may match, keeps its scratches apart, and is never needed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detectors import generated, plain_patterns
from yett.detectors import gate, spelling
from yett.detectors.gate import Gate
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.model.segment import Origin


def test_only_what_may_match_passes() -> None:
    assert sorted(Gate(["abc", "x+", r"\pN9"]).opened(b"an abc")) == [0, 2]


def test_nothing_passes_an_empty_text_but_what_is_not_gated() -> None:
    assert Gate(["abc"]).opened(b"") == {}


@pytest.mark.parametrize("letter", ["\u017f", "\u212a"])
def test_letters_that_count_as_ascii_ones_open_it_wide(letter: str) -> None:
    assert Gate(["(?i)sk", "x"]).opened(letter.encode()) == {0: None, 1: None}


def test_without_hyperscan_everything_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_AVAILABLE", False)
    assert Gate(["abc", "x"]).opened(b"nothing") == {0: None, 1: None}
    assert Gate(["abc"]).dump() == b""


def test_what_hyperscan_refuses_is_asked_anyway() -> None:
    refused = "a(?m:^)b"
    assert Gate(["abc", refused]).opened(b"nothing") == {1: None}
    assert Gate([refused]).opened(b"nothing") == {0: None}


def test_what_was_saved_is_loaded_with_what_it_holds() -> None:
    patterns = ["abc", "a(?m:^)b", "xyz"]
    again = Gate(patterns, Gate(patterns).dump())
    assert sorted(again.opened(b"xyz")) == [1, 2]


def test_many_patterns_are_spread_over_databases_which_are_saved_together() -> None:
    patterns = [f"pattern{number}z" for number in range(300)]
    saved = Gate(patterns).dump()
    for gate_ in (Gate(patterns), Gate(patterns, saved)):
        assert gate_.dump() == saved
        for _ in range(2):
            assert sorted(gate_.opened(b"pattern7z pattern299z pattern130z")) == [7, 130, 299]


@pytest.mark.parametrize("saved", [b"junk", b"", b"0\n", b"7\njunk", b"x\n", Gate(["x", "abc"]).dump()])
def test_what_cannot_be_loaded_is_compiled(saved: bytes) -> None:
    assert Gate(["abc"], saved).opened(b"abc") == {0: None}


def test_what_is_loaded_is_not_spelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for lengths in ([3, None], [3, 3], [None, None]):
        saved = Gate(["abc", "x+"], lengths=lengths).dump()
        with monkeypatch.context() as patch:
            patch.delattr(gate, "demanded")
            assert sorted(Gate(["abc", "x+"], saved, lengths).opened(b"an abc")) == [0]


def test_of_a_long_text_it_names_the_blocks_in_which_matches_begin() -> None:
    data = b"x" * 8_187 + b"abc" + b"x" * 20_000 + b"abc"
    near, far = Gate(["abc", "y"], lengths=[3, 1]), Gate(["abc", "y"], lengths=[None, 1])
    assert near.opened(data) == {0: [(0, 8_192), (24_576, len(data))]}
    assert far.opened(data) == {0: None}
    assert near.opened(data[:8_189]) == {}


PARTED = "(?i)ab[^x]{0,9}cd[^x]{0,9}1"


def test_of_what_is_looked_for_in_parts_all_must_occur(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "_LARGE", 0)
    patterns = ["xyz", PARTED, "cd"]
    for lengths in ([3, 25, 2], None):
        made = Gate(patterns, lengths=lengths)
        for gate_ in (made, Gate(patterns, made.dump(), lengths)):
            assert sorted(gate_.opened(b"AB")) == []
            assert sorted(gate_.opened(b"cd 1")) == [2]
            assert sorted(gate_.opened(b"ab cd 1")) == [1, 2]
            assert sorted(gate_.opened(b"cd ab")) == [1, 2]
    near = Gate(patterns, lengths=[3, 25, 2])
    assert 1 not in near.opened(b"ab" + b" " * 9_000 + b"cd")
    assert near.opened(b"ab" + b" " * 9_000 + b"ab cd")[1] == [(8_192, 9_007)]


@settings(max_examples=60)
@given(generated.RULES, st.text("aab1 -é\n", max_size=120))
def test_blocks_hide_nothing(rules: tuple[Rule, ...], text: str) -> None:
    assert not hides(rules, text)


def hides(rules: tuple[Rule, ...], text: str) -> bool:
    """Say whether less is found in *text* where it is looked through in small blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "_BLOCK", 16)
        patch.setattr(gate, "_LONGEST", 6)
        found = PatternSet(rules).detect(text, Origin.USER)
    return found != plain_patterns.found(rules, text, Origin.USER)


@pytest.mark.parametrize(("spoilt", "by"), [("_ahead", lambda _: 0), ("_BESIDE", 0)])
def test_blocks_that_are_read_too_short_are_noticed(spoilt: str, by: object, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = (Rule("r", "content.y", r"\Bab{3}", 0.9),)
    texts = ["x" * at + "abbb" + "x" * 20 for at in range(20)]
    assert not any(hides(rules, text) for text in texts)
    monkeypatch.setattr(gate, spoilt, by)
    assert any(hides(rules, text) for text in texts)


def test_no_patterns_need_no_database() -> None:
    assert Gate([]).opened(b"abc") == {}
    assert Gate([]).dump() == b""
