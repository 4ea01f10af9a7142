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

import numpy as np
from numpy.typing import NDArray

__all__ = ["TRAITS", "Alphabet", "Letters"]

_PLANE = 0x10000
_ASCII = 0x7F
_OTHER, _SPACE, _LETTER, _DIGIT, _ALONE = range(5)
_CAPITAL, _BLANK = 1, 3
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
_ONE = np.ones(1, np.bool_)
_ENDS_BEFORE_SPACE = ".!?;:"
_ENDS = "\n\r|\u2028\u2029。\uff01\uff1f\uff1b।؟"
_SOON, _AT_ONCE = 1, 2
_APART = 16
"""Fewer characters are no sentence."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A text as numbers, between two spaces that stand for its ends."""

    codes: NDArray[np.uint64]
    """One number for each letter, sign or run of white space."""
    places: NDArray[np.intp]
    """Where each of them begins in the text."""
    space: NDArray[np.bool_]
    """Which of them are white space."""
    begins: NDArray[np.intp]
    """Where, among the codes, each word begins."""
    ends: NDArray[np.intp]
    """Where, among the codes, each word ends."""
    capital: NDArray[np.bool_]
    """Which of them are written as capitals."""
    traits: NDArray[np.uint8]
    """The class of each character of the text."""
    breaks: NDArray[np.intp]
    """Where, in the text, sentences and lines begin, the first one excepted."""


class Alphabet:
    """The tables that turn characters into numbers."""

    __slots__ = ("_classes", "_ends", "_lower", "_traits")

    def __init__(self) -> None:
        characters = [chr(point) for point in range(_PLANE)]
        categories = np.array([unicodedata.category(character) for character in characters])
        spaces = np.array([character.isspace() for character in characters])
        self._classes = _classes(categories.astype("U1"), spaces)
        self._lower = np.array([_lowered(character) for character in characters], np.uint64)
        self._lower[self._classes == _SPACE] = ord(" ")
        self._lower[self._classes == _DIGIT] = ord("0")
        self._traits = _traits(categories, spaces)
        self._ends = np.zeros(_PLANE, np.uint8)
        self._ends[[ord(character) for character in _ENDS_BEFORE_SPACE]] = _SOON
        self._ends[[ord(character) for character in _ENDS]] = _AT_ONCE

    def letters(self, text: str) -> Letters:
        """Turn *text* into numbers."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        narrow = points if text.isascii() else np.minimum(points, _PLANE - 1)
        classes = np.empty(len(points) + 2, np.uint8)
        classes[0] = classes[-1] = _SPACE
        classes[1:-1] = self._classes[narrow]
        codes = np.empty(len(points) + 2, np.uint64)
        codes[0] = codes[-1] = ord(" ")
        codes[1:-1] = self._lower[narrow]
        if narrow is not points:
            codes[1:-1][points >= _PLANE] = points[points >= _PLANE]
        space = classes == _SPACE
        kept = np.flatnonzero(np.concatenate([_ONE, ~(space[1:] & space[:-1])]))
        if len(kept) < len(codes):
            codes, classes, space = codes[kept], classes[kept], space[kept]
        word = classes >= _LETTER
        alone = classes == _ALONE
        begin, end = word.copy(), word.copy()
        begin[1:] &= ~word[:-1] | alone[1:] | alone[:-1]
        end[:-1] &= ~word[1:] | alone[1:] | alone[:-1]
        traits = self._traits[narrow]
        capital = np.zeros(len(points) + 2, np.bool_)
        capital[1:-1] = traits == _CAPITAL
        return Letters(
            codes,
            np.clip(kept - 1, 0, max(0, len(points) - 1)),
            space,
            np.flatnonzero(begin),
            np.flatnonzero(end) + 1,
            capital[kept],
            traits,
            self._breaks(narrow, traits),
        )

    def _breaks(self, points: NDArray[np.uint32], traits: NDArray[np.uint8]) -> NDArray[np.intp]:
        ends = self._ends[points[:-1]]
        blank = (traits[1:] == _BLANK) | (traits[1:] == _BLANK + 1)
        found = np.flatnonzero((ends == _AT_ONCE) | ((ends == _SOON) & blank)) + 1
        return found[np.diff(found, prepend=0) >= _APART] if len(found) else found


def _classes(kinds: NDArray[np.str_], spaces: NDArray[np.bool_]) -> NDArray[np.uint8]:
    classes = np.full(_PLANE, _OTHER, np.uint8)
    letters = (kinds == "L") | (kinds == "M")
    classes[letters] = _LETTER
    for low, high in _UNSPACED:
        classes[low : high + 1][letters[low : high + 1]] = _ALONE
    classes[kinds == "N"] = _DIGIT
    classes[spaces] = _SPACE
    return classes


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
