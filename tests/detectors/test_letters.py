"""A text as numbers: alike what is alike, and every number knows its place."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.letters import CHANGES, MARGIN, TRAITS, Alphabet, Letters

ALPHABET = Alphabet()


def words(text: str) -> list[str]:
    letters = ALPHABET.letters(text)
    begins, ends = letters.places[letters.begins], letters.places[letters.ends - 1] + 1
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ignore  all\nrules!", ["Ignore", "all", "rules"]),
        ("don't", ["don", "t"]),
        ("忽略指令", ["忽", "略", "指", "令"]),
        ("ok忽ok", ["ok", "忽", "ok"]),
        ("नियम भूलो", ["नियम", "भूलो"]),
        ("a1b2", ["a1b2"]),
        ("...", []),
        ("\U0001f600", []),
    ],
)
def test_words_are_found(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("one", "other"), [("Ignore", "iGNORE"), ("a  b", "a\nb"), ("in 2024", "in 1999"), ("x\t y", "x y")]
)
def test_what_reads_alike_is_alike(one: str, other: str) -> None:
    first, second = ALPHABET.letters(one), ALPHABET.letters(other)
    assert np.array_equal(first.codes, second.codes)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("One sentence is here. Another one is there.", ["Another one is there."]),
        ("a line of some length\nand the next line of it", ["and the next line of it"]),
        ("No. 5 is alive, is it not", []),
        ("e.g. example.org/a/path stays whole", []),
        ("这是一个很长很长很长很长很长的句子。下一句。", ["下一句。"]),
    ],
)
def test_sentences_begin_where_others_end(text: str, rest: list[str]) -> None:
    assert [text[place:].strip() for place in ALPHABET.letters(text).breaks] == rest


@pytest.mark.parametrize(
    ("character", "trait"),
    [
        ("a", "lower-case letters"),
        ("A", "capitals"),
        ("7", "digits"),
        (" ", "spaces"),
        ("\n", "line breaks"),
        ("?", "sentence marks"),
        ("'", "quotation marks"),
        ("{", "brackets"),
        ("#", "markup signs"),
        ("/", "slashes"),
        ("$", "other ASCII signs"),
        ("я", "letters of Greek and Cyrillic"),
        ("ع", "letters of Hebrew and Arabic"),
        ("क", "letters of Indic scripts"),
        ("字", "letters of East Asian scripts"),
        ("ж", "letters of Greek and Cyrillic"),
        ("ø", "accented Latin letters"),
        ("ა", "other letters"),
        ("€", "other signs"),
        ("\U0001f600", "other signs"),
    ],
)
def test_every_character_has_a_class(character: str, trait: str) -> None:
    assert TRAITS[ALPHABET.letters(character).marks[0]] == trait


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("aB", "a capital after a small letter"),
        ("a!", "a sign after a letter"),
        ("!a", "a letter after a sign"),
        ("!!", "a character twice"),
        ("!?", "a character twice"),
        ("ab", None),
        ("a ", None),
        ("  ", None),
    ],
)
def test_what_changes_is_known(text: str, change: str | None) -> None:
    first, last = ALPHABET.letters(text).marks // len(TRAITS)
    assert first == (CHANGES.index(change) + 1 if change else 0)
    assert last == 0


def sound(text: str) -> bool:
    """Every number stands for a place in the text, in order, and words lie between spaces and signs."""
    letters: Letters = ALPHABET.letters(text)
    counts = {len(letters.codes), len(letters.places), len(letters.space), len(letters.word), len(letters.kinds)}
    inside = letters.places[: -MARGIN - 1]
    ordered = bool((np.diff(letters.places) >= 0).all() and (inside < len(text)).all())
    margin = bool(letters.space[-MARGIN - 1 :].all())
    apart = bool((letters.begins < letters.ends).all() and (letters.begins[1:] >= letters.ends[:-1]).all())
    breaks = bool((np.diff(letters.breaks) > 0).all() and (letters.breaks < len(text)).all())
    return len(counts) == 1 and ordered and margin and apart and breaks and len(letters.marks) == len(text)


@given(st.text(st.characters(), max_size=60))
def test_every_number_knows_its_place(text: str) -> None:
    assert sound(text)


def test_places_that_are_off_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def off(text: str) -> Letters:
        letters = Alphabet().letters(text)
        return replace(letters, places=letters.places + 1)

    class Off:
        letters = staticmethod(off)

    monkeypatch.setitem(globals(), "ALPHABET", Off)
    assert not sound("ab")
