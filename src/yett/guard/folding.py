"""
Folding: one way to write what can be written in many ways.

Rules:

1. Folding works character by character, so that a text folds alike however a stream cuts it. The one exception is a
   word that mixes scripts: its look-alikes turn into ASCII letters, so a word that is not pure ASCII is folded whole.
2. Case stays (keys and tokens depend on it); patterns say for themselves where case does not matter.
3. A script stays itself: Russian, Greek, Hindi or Korean words fold to themselves, only compatibility forms (NFKC),
   Latin letters' accents and what nobody sees are folded away.
4. The way home is drawn only when somebody asks for it: of most texts nobody does.
"""

import unicodedata
from functools import cached_property

import re2

__all__ = ["INVISIBLE", "Folded", "Folding", "in_word", "invisible"]

_COMBINING = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_RANGES = (
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
INVISIBLE = frozenset(chr(point) for low, high in _RANGES for point in range(low, high + 1))
"""What nobody sees: zero width, bidirectional controls, selectors, tags."""
# The letters of Cyrillic, Greek and Armenian that are drawn like ASCII letters (Unicode Technical Standard 39).
_LOOK_ALIKES = dict(
    zip(
        "абвеёіїјкмнорстухьѕԁԛԝһӏАВЕЗІЈКМНОРСТУХЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγεικνορτυχԍօոսցհѐѝ",
        "a6beeiijkmhopctyxbsdqwhlABE3IJKMHOPCTYXSGQWABEZHIKMNOPTYXayeikvoptuxgonugheu",
        strict=True,
    ),
)
_TURNED = str.maketrans(_LOOK_ALIKES)
# Letters in other dress that Unicode does not call compatible: small capitals, letters of flags, letters in the negative.
_DRESSED = {
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **{chr(first + at): chr(ord("A") + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)},
}
# The letters that look-alikes are drawn from beside the Latin ones: Greek, Cyrillic, Armenian.
_OTHERS = r"\x{370}-\x{3ff}\x{400}-\x{52f}\x{531}-\x{587}"
_MEETING = rf"(?:[A-Za-z][{_OTHERS}]|[{_OTHERS}][A-Za-z])"
_MIXED = re2.compile(rf"[A-Za-z{_OTHERS}]*{_MEETING}[A-Za-z{_OTHERS}]*".encode())
# Letters and signs of many scripts that fold to themselves, so that most texts need not be folded at all.
_THEMSELVES = (
    r"\x00-\x7f\x{391}-\x{3a1}\x{3a3}-\x{3a9}\x{3ac}-\x{3ce}\x{400}-\x{482}\x{48a}-\x{52f}\x{5d0}-\x{5ea}\x{621}-\x{652}"
    r"\x{679}-\x{6d3}\x{904}-\x{939}\x{93e}-\x{94d}\x{e01}-\x{e32}\x{e34}-\x{e3a}\x{e40}-\x{e4e}\x{2013}\x{2014}"
    r"\x{2018}-\x{201d}\x{3001}\x{3002}\x{3041}-\x{3096}\x{30a1}-\x{30fc}\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}\x{1f300}-\x{1f64f}"
)
_FOLDING = re2.compile(f"[^{_THEMSELVES}]".encode())
_IN_WORD = frozenset(
    map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0x370, 0x530), *range(0x531, 0x588))),
)
_LONGEST = 6
"""A character that stands for more is left as it is, so that no text grows much; two phrases in Arabic are."""
_MOST_MIXED = 4096
"""Of a text that does not stream, so many words that mix scripts are turned."""


def invisible(character: str) -> bool:
    """Say whether nobody sees *character*: zero width, bidirectional controls, selectors, tags."""
    return character in INVISIBLE


class Folded:
    """
    A folded text with the way home.

    *mixed* lists its words that mixed look-alikes with ASCII letters; from *capped* on such words were left as they are.
    """

    __slots__ = ("__dict__", "_original", "_table", "capped", "mixed", "text")

    def __init__(self, text: str, original: str = "", table: "Folding | None" = None, most: int | None = None) -> None:
        """Fold the words of *text*, which *original* is by *table*, character by character; but *most* of them."""
        self.text = text
        self.mixed: tuple[tuple[int, int], ...] = ()
        self.capped: int | None = None
        self._original = original
        self._table = table
        if not text.isascii():
            self._fold_words(most)

    def _fold_words(self, most: int | None) -> None:
        text, pieces, mixed, kept = self.text, list[str](), list[tuple[int, int]](), 0
        data = text.encode(errors="replace")
        place = last = 0
        for found in _MIXED.finditer(data):
            start = place + len(data[last : found.start()].decode())
            word = found[0].decode()
            place, last = start + len(word), found.end()
            if (turned := word.translate(_TURNED)) == word:
                continue
            if most is not None and len(mixed) >= most:
                self.capped = start
                break
            mixed.append((start, place))
            pieces += (text[kept:start], turned)
            kept = place
        if mixed:
            self.text = "".join((*pieces, text[kept:]))
            self.mixed = tuple(mixed)

    @cached_property
    def settled(self) -> int:
        """Before this position no further text changes the folded text."""
        if self.text.isascii() and not self.mixed:
            return len(self.text)
        position = len(self.text)
        while position and self.text[position - 1] in _IN_WORD:
            position -= 1
        if self.mixed and self.mixed[-1][1] == len(self.text):
            return self.mixed[-1][0]
        return len(self.text) if self.text[position:].isascii() else position

    @cached_property
    def _lengths(self) -> list[int] | None:
        """How many folded characters each original one became; None where all became one."""
        if self._table is None:
            return None
        lengths = list(map(len, map(self._table.__getitem__, map(ord, self._original))))
        return lengths if set(lengths) - {1} else None

    @cached_property
    def _homes(self) -> list[int]:
        lengths = self._lengths or []
        homes = [index for index, length in enumerate(lengths) for _ in range(length)]
        homes.append(len(lengths))
        return homes

    @property
    def in_place(self) -> bool:
        """Whether each character stands where it stood."""
        return self._lengths is None

    def home(self, start: int, end: int) -> tuple[int, int]:
        """Map the folded characters *start* to *end* to original positions."""
        if self._lengths is None:
            return start, end
        return self._homes[start], self._homes[end - 1] + 1 if end > start else self._homes[start]

    def away(self, position: int) -> int:
        """Map an original *position* to the first folded character at or after it."""
        if not position or self._lengths is None:
            return position
        return sum(self._lengths[:position])


class Folding(dict[int, str]):
    """The table of a fold, filled as characters are met; one per house."""

    def __missing__(self, point: int) -> str:
        """Fold one character and remember it."""
        folded = self[point] = _folded(chr(point))
        return folded

    def fold(self, text: str, *, streams: bool = True) -> Folded:
        """Fold *text*; of one that does not stream, no more words than anybody would mix letters in."""
        if text.isascii():
            return Folded(text)
        folded = text.translate(self) if _FOLDING.search(text.encode(errors="replace")) else text
        return Folded(folded, text, None if folded == text else self, None if streams else _MOST_MIXED)


def in_word(character: str) -> bool:
    """Say whether *character* is of the letters that may be mixed."""
    return character in _IN_WORD


def _folded(character: str) -> str:
    if invisible(character):
        return ""
    point = ord(character)
    if any(low <= point <= high for low, high in _COMBINING):
        return ""
    if character in _DRESSED:
        return _DRESSED[character]
    compatible = unicodedata.normalize("NFKC", character)
    if len(compatible) > _LONGEST:
        return character
    bare = "".join(part for part in unicodedata.normalize("NFKD", compatible) if not unicodedata.combining(part))
    if bare and bare.isascii():
        return bare
    return " " if unicodedata.category(character) in {"Zs", "Zl", "Zp"} else compatible
