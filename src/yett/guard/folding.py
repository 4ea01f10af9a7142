"""
Folding: one way to write what can be written in many ways.

Rules:

1. Folding works character by character, so that a text folds alike however a stream cuts it. The one exception is a
   word that mixes scripts: its look-alikes turn into ASCII letters, so a word that is not pure ASCII is folded whole.
2. Case stays (keys and tokens depend on it); patterns say for themselves where case does not matter.
3. A script stays itself: Russian, Greek, Hindi or Korean words fold to themselves, only compatibility forms (NFKC),
   Latin letters' accents and what nobody sees are folded away.
"""

import re
import unicodedata

__all__ = ["Folded", "Folding", "in_word", "invisible"]

_COMBINING = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_INVISIBLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x180B, 0x180F),  # Mongolian selectors
    (0x200B, 0x200F),  # zero width, left-to-right and right-to-left marks
    (0x202A, 0x202E),  # bidirectional embeddings and overrides
    (0x2060, 0x206F),  # word joiner, isolates, invisible operators
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF9, 0xFFFB),  # interlinear annotation
    (0x1BCA0, 0x1BCA3),  # shorthand format controls
    (0x1D173, 0x1D17A),  # musical format controls
    (0xE0000, 0xE0FFF),  # tags and further variation selectors
)
# The letters of Cyrillic, Greek and Armenian that are drawn like ASCII letters (Unicode Technical Standard 39).
_LOOK_ALIKES = dict(
    zip(
        "абвеёіїјкмнорстухьѕԁԛԝһӏАВЕЗІЈКМНОРСТУХЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγεικνορτυχԍօոսցհѐѝ",
        "a6beeiijkmhopctyxbsdqwhlABE3IJKMHOPCTYXSGQWABEZHIKMNOPTYXayeikvoptuxgonugheu",
        strict=True,
    ),
)
# A run of the letters that look-alikes are drawn from: Latin, Greek, Cyrillic, Armenian.
_LETTERS = "A-Za-z\u0370-\u03ff\u0400-\u052f\u0531-\u0587"
_WORD = re.compile(rf"[{_LETTERS}]+")
_LETTER = re.compile(rf"[{_LETTERS}]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")


def invisible(character: str) -> bool:
    """Say whether nobody sees *character*: zero width, bidirectional controls, selectors, tags."""
    point = ord(character)
    return any(low <= point <= high for low, high in _INVISIBLE)


class Folded:
    """
    A folded text with the way home.

    *mixed* lists its words that mixed look-alikes with ASCII letters; before *settled* no further text changes it.
    """

    __slots__ = ("_homes", "_lengths", "mixed", "settled", "text")

    def __init__(self, text: str, lengths: list[int] | None = None) -> None:
        """Fold the words of *text*, whose characters are folded; *lengths* says what each original one became."""
        self.text = text
        self.settled = len(text)
        self.mixed: tuple[tuple[int, int], ...] = ()
        self._lengths = lengths
        self._homes: list[int] | None = None
        if not text.isascii():
            self._fold_words()

    def _fold_words(self) -> None:
        self.settled = _last_word(self.text)
        self.mixed = tuple(found.span() for found in _WORD.finditer(self.text) if _unmixed(found) != found[0])
        if self.mixed:
            self.text = _WORD.sub(_unmixed, self.text)

    def _home(self) -> list[int]:
        if self._homes is None:
            lengths = self._lengths or []
            self._homes = [index for index, length in enumerate(lengths) for _ in range(length)]
            self._homes.append(len(lengths))
        return self._homes

    def home(self, start: int, end: int) -> tuple[int, int]:
        """Map the folded characters *start* to *end* to original positions."""
        if self._lengths is None:
            return start, end
        homes = self._home()
        return homes[start], homes[end - 1] + 1 if end > start else homes[start]

    def away(self, position: int) -> int:
        """Map an original *position* to the first folded character at or after it."""
        if self._lengths is None:
            return position
        return sum(self._lengths[:position])


class Folding(dict[int, str]):
    """The table of a fold, filled as characters are met; one per house."""

    def __missing__(self, point: int) -> str:
        """Fold one character and remember it."""
        folded = self[point] = _folded(chr(point))
        return folded

    def fold(self, text: str) -> Folded:
        """Fold *text*."""
        if text.isascii():
            return Folded(text)
        pieces = [self[ord(character)] for character in text]
        lengths = [len(piece) for piece in pieces]
        return Folded("".join(pieces), lengths if any(length != 1 for length in lengths) else None)


def in_word(character: str) -> bool:
    """Say whether *character* is of the letters that may be mixed."""
    return bool(_LETTER.match(character))


def _last_word(text: str) -> int:
    position = len(text)
    while position and in_word(text[position - 1]):
        position -= 1
    return len(text) if text[position:].isascii() else position


def _unmixed(found: re.Match[str]) -> str:
    word = found[0]
    if word.isascii() or not _ASCII_LETTER.search(word):
        return word
    return "".join(_LOOK_ALIKES.get(character, character) for character in word)


def _folded(character: str) -> str:
    if invisible(character):
        return ""
    point = ord(character)
    if any(low <= point <= high for low, high in _COMBINING):
        return ""
    compatible = unicodedata.normalize("NFKC", character)
    bare = "".join(part for part in unicodedata.normalize("NFKD", compatible) if not unicodedata.combining(part))
    if bare and bare.isascii():
        return bare
    return " " if unicodedata.category(character) in {"Zs", "Zl", "Zp"} else compatible
