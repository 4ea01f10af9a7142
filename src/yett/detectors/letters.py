"""
Letters: a text as numbers, for detectors that compute.

Rules:

1. Letters are lower case, digits are all alike, and a run of white space is one space, so that what is said weighs more
   than how it is set. What that hides (capitals, digits, line breaks) is counted as *traits*.
2. A word is a run of letters and digits. A character of a script without spaces between words is a word by itself.
3. Every number remembers its place, so that whatever is computed finds home to the characters it came from.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALONE", "CAPITAL", "CHANGES", "DIGIT", "LETTER", "MARGIN", "TRAITS", "Alphabet", "Letters", "alphabet"]

_PLANE = 0x10000
_ASCII = 0x7F
_SPACE, _LINE, _STOP, _MARK, _SIGN, LETTER, DIGIT, ALONE = range(0, 256, 32)
"""Groups of characters: white space; that which ends a sentence at once; signs that do; those that do before white
space; other signs; letters; digits; letters that are words by themselves. A trait is added to each: both are a *kind*."""
_LOWER, _CAPITAL, _DECIMAL, _BLANK = range(4)
CAPITAL = LETTER | _CAPITAL
"""The kind of capitals."""
# Scripts without spaces between words: Thai to Tibetan, Myanmar, Khmer, kana and Han.
_UNSPACED = ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
TRAITS = (
    "lower-case letters",
    "capitals",
    "digits",
    "spaces",
    "line breaks",
    "sentence marks",
    "quotation marks",
    "brackets",
    "markup signs",
    "slashes",
    "other ASCII signs",
    "letters of Greek and Cyrillic",
    "letters of Hebrew and Arabic",
    "letters of Indic scripts",
    "letters of East Asian scripts",
    "accented Latin letters",
    "other letters",
    "other signs",
)
"""Classes of characters that are counted; every character belongs to one."""
CHANGES = ("a capital after a small letter", "a sign after a letter", "a letter after a sign", "a character twice")
"""What may change from one character to the next, one thing at a time."""
_SIGNS = tuple(zip((".,;:!?", "\"'`", "()[]{}", "<>|#*_~=", "/\\", "\n\r"), (5, 6, 7, 8, 9, 4), strict=True))
_LATIN = ((0x0080, 0x024F), (0x1E00, 0x1EFF))
_SCRIPTS = (
    (0x0370, 0x052F, 11),
    (0x0590, 0x08FF, 12),
    (0x0900, 0x0DFF, 13),
    (0x0E00, 0x0FFF, 14),
    (0x1000, 0x109F, 14),
    (0x1100, 0x11FF, 14),
    (0x1780, 0x17FF, 14),
    (0x3040, 0x9FFF, 14),
    (0xAC00, 0xD7AF, 14),
)
# Arrays without dimensions: numpy compares with them faster than with numbers.
_WHITE, _WORDY, _LONELY, _BREAKING, _MARKED = (np.array(kind, np.uint8) for kind in (_STOP, LETTER, ALONE, 128, 127))
_ENDS_BEFORE_SPACE = ".!?;:"
_ENDS = "\n\r|\u2028\u2029。\uff01\uff1f\uff1b।؟"
_PAIR = np.dtype("<u2")
_TWICE = b"\1\1"
_APART = 16
"""Fewer characters are no sentence."""


MARGIN = 4
"""So many spaces follow the codes of a text, so that what slides past them need not look where they end."""
_AFTER = " " * (MARGIN + 1)


@dataclass(frozen=True, slots=True)
class Letters:
    """A text as numbers, between a space that stands for its beginning and *MARGIN* more than one for its end."""

    length: int
    """How many characters the text has."""
    codes: NDArray[np.uint64]
    """One number for each letter, sign or run of white space."""
    kinds: NDArray[np.uint8]
    """The kind of each of them."""
    space: NDArray[np.bool_]
    """Which of them are white space."""
    word: NDArray[np.bool_]
    """Which of them are of words."""
    begins: NDArray[np.intp]
    """Where, among the codes, each word begins."""
    ends: NDArray[np.intp]
    """Where, among the codes, each word ends."""
    places: NDArray[np.intp]
    """Where, in the text, each code begins."""
    marks: NDArray[np.uint8]
    """The trait of each character of the text, and how many *TRAITS* for what changes after it; see *CHANGES*."""
    breaks: NDArray[np.intp]
    """Where, in the text, sentences and lines begin, the first one excepted."""


class Alphabet:
    """The tables that turn characters into numbers."""

    __slots__ = ("_ascii_kinds", "_ascii_lower", "_kinds", "_lower", "_pairs")

    def __init__(self) -> None:
        characters = [chr(point) for point in range(_PLANE)]
        categories = np.array([unicodedata.category(character) for character in characters])
        spaces = np.array([character.isspace() for character in characters])
        groups = _groups(categories.astype("U1"), spaces)
        self._lower = np.array([_lowered(character) for character in characters], np.uint32)
        self._lower[spaces] = ord(" ")
        self._lower[groups == DIGIT] = ord("0")
        self._kinds = groups | _traits(categories, spaces)
        self._ascii_lower = self._lower[:256].astype(np.uint8).tobytes()
        self._ascii_kinds = self._kinds[:256].tobytes()
        self._pairs = _pairs()

    def letters(self, text: str) -> Letters:
        """Turn *text* into numbers."""
        length = len(text)
        lower, kinds = self._numbers(f" {text}{_AFTER}")
        pairs = self._pairs.take(np.ndarray(length, _PAIR, kinds, 1, (1,)))
        breaks = (pairs[:-1] >= _BREAKING).nonzero()[0]
        space, places = kinds < _WHITE, np.arange(-1, length + MARGIN + 1)
        places[0] = 0
        if space.tobytes().find(_TWICE) < length + 1:
            kept = _unrepeated(space, length)
            lower, kinds, space, places = lower[kept], kinds[kept], space[kept], places[kept]
        word = kinds >= _WORDY
        begins, ends = _words(word, None if text.isascii() else kinds >= _LONELY)
        codes, marks = lower.astype(np.uint64), pairs & _MARKED
        return Letters(length, codes, kinds, space, word, begins, ends, places, marks, _apart(breaks))

    def _numbers(self, text: str) -> tuple[NDArray[np.uint8 | np.uint32], NDArray[np.uint8]]:
        """Return the code of each character of *text*, and its kind."""
        if text.isascii():
            data = text.encode("ascii")
            lower, kinds = data.translate(self._ascii_lower), data.translate(self._ascii_kinds)
            return np.frombuffer(lower, np.uint8), np.frombuffer(kinds, np.uint8)
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        narrow = np.minimum(points, _PLANE - 1)
        codes = self._lower.take(narrow)
        np.copyto(codes, points, where=points >= _PLANE)
        return codes, self._kinds.take(narrow)


@cache
def alphabet() -> Alphabet:
    """Return the tables, which are the same for everybody."""
    return Alphabet()


def _unrepeated(space: NDArray[np.bool_], length: int) -> NDArray[np.intp]:
    """Say which characters of a text of *length* stay when a run of white *space* is one, and the margin stays whole."""
    again = np.zeros(len(space), np.bool_)
    np.logical_and(space[1 : length + 2], space[: length + 1], out=again[1 : length + 2])
    return (~again).nonzero()[0]


def _words(word: NDArray[np.bool_], alone: NDArray[np.bool_] | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where words begin and end, given which codes are of a *word*, and which are one *alone*."""
    before, after = word[:-1], word[1:]
    if alone is None or not np.count_nonzero(alone):
        edges = (before != after).nonzero()[0]
        edges += 1
        return edges[::2], edges[1::2]
    between = before & after & (alone[:-1] | alone[1:])
    begins, ends = (between | (after > before)).nonzero()[0], (between | (before > after)).nonzero()[0]
    return begins + 1, ends + 1


def _apart(found: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where sentences begin, given after which characters some might."""
    if not len(found):
        return found
    found += 1
    lengths = found.copy()
    lengths[1:] -= found[:-1]
    return found[lengths >= _APART]


def _pairs() -> NDArray[np.uint8]:
    """Return what is known of a character given its kind and that of the next one, as the two bytes of a number."""
    before, after = np.arange(256)[None, :], np.arange(256)[:, None]
    was, now = (np.minimum(kind & 31, len(TRAITS) - 1) for kind in (before, after))
    changes = (
        (was == _LOWER) & (now == _CAPITAL),
        _wordy(was) & _signs(now),
        _signs(was) & _wordy(now),
        (was == now) & _signs(now),
    )
    marks = was + len(TRAITS) * np.select(changes, range(1, len(CHANGES) + 1), 0)
    ends = ((before >= _LINE) & (before < _MARK)) | ((before >= _MARK) & (before < _SIGN) & (after < _STOP))
    pairs: NDArray[np.uint8] = (marks + ends * int(_BREAKING)).astype(np.uint8).ravel()
    return pairs


def _wordy(traits: NDArray[np.intp]) -> NDArray[np.bool_]:
    return (traits <= _DECIMAL) | ((traits >= len(TRAITS) - 7) & (traits < len(TRAITS) - 1))


def _signs(traits: NDArray[np.intp]) -> NDArray[np.bool_]:
    return ~_wordy(traits) & (traits > _BLANK + 1)


def _groups(kinds: NDArray[np.str_], spaces: NDArray[np.bool_]) -> NDArray[np.uint8]:
    groups = np.full(_PLANE, _SIGN, np.uint8)
    letters = (kinds == "L") | (kinds == "M")
    groups[letters] = LETTER
    for low, high in _UNSPACED:
        groups[low : high + 1][letters[low : high + 1]] = ALONE
    groups[kinds == "N"] = DIGIT
    groups[[ord(character) for character in _ENDS_BEFORE_SPACE]] = _MARK
    groups[[ord(character) for character in _ENDS]] = _STOP
    groups[spaces] = np.where(groups[spaces] == _STOP, _LINE, _SPACE)
    return groups


def _lowered(character: str) -> int:
    lower = character.lower()
    return ord(lower) if len(lower) == 1 else ord(character)


def _traits(categories: NDArray[np.str_], spaces: NDArray[np.bool_]) -> NDArray[np.uint8]:
    kinds = categories.astype("U1")
    letters = (kinds == "L") | (kinds == "M")
    ascii_ones = np.arange(_PLANE) <= _ASCII
    traits = np.full(_PLANE, len(TRAITS) - 1, np.uint8)
    traits[letters] = 16
    for low, high in _LATIN:
        traits[low : high + 1][letters[low : high + 1]] = 15
    for low, high, trait in _SCRIPTS:
        traits[low : high + 1][letters[low : high + 1]] = trait
    traits[ascii_ones] = 10
    traits[ascii_ones & letters] = 0
    traits[ascii_ones & (categories == "Lu")] = 1
    traits[categories == "Nd"] = 2
    traits[spaces] = _BLANK
    for signs, trait in _SIGNS:
        traits[[ord(sign) for sign in signs]] = trait
    return traits
