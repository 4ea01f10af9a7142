"""
Disguise: words whose letters are written as digits and signs, or stand apart.

Both are further ways to read a part of a text, never a replacement: `4ll` may be a name and `a, b, c, d, e, f` a list. So
what is read is only what stands around words that mix letters and digits, and rows of single letters.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, product
from math import inf, log

import re2

from yett.guard.pairs import KINDS, STEP, SURPRISE
from yett.guard.piece import Piece, TooManyPlaces, exact, windows
from yett.guard.vocabulary import VOCABULARY

__all__ = ["APART", "SIGNED", "despaced", "leet"]

_SIGNS = "01345678@$!|"
_BEFORE = r"""(?:\A|[\s"'(),.;:?<>\[]|</)"""
_AFTER = r"""(?:\z|[\s"'(),;:?<>\]]|\.(?:\s|\z))"""
_SIGN = f"[{_SIGNS}]{{1,2}}"
_MIXING = f"[a-z{_SIGNS}]{{0,14}}"
_WITHIN = f"[a-z{_SIGNS}]*[a-z]{_SIGN}[a-z][a-z{_SIGNS}]*"
_MIXED = f"[a-z{_SIGNS}]*(?:[a-z][{_SIGNS}]|[{_SIGNS}][a-z])[a-z{_SIGNS}]*"
_BETWEEN = r"""(?:[,.;:?!)'">]?[ \t]+['"(<]?/?|>)"""
# A word of letters and such signs, with one between letters, that stands by itself: identifiers, addresses and digests
# do not. Of short words, such as `y0u`, it takes two that are near, or a row of four that begin or end so.
SIGNED = (
    rf"(?i:{_BEFORE}(?:{_MIXING}(?:[a-z]{{2}}{_SIGN}[a-z]|[a-z]{_SIGN}[a-z]{{2}}){_MIXING}"
    rf"|{_WITHIN}{_BETWEEN}(?:[\w@$!|]+{_BETWEEN}){{0,2}}{_WITHIN}"
    rf"|(?:{_MIXED}{_BETWEEN}){{3}}{_MIXED}){_AFTER})"
)
"""A pattern for what `leet` looks for."""
_LEET = re2.compile(SIGNED.encode())
_READ_AS = str.maketrans("01345678@$!|", "oieasbtbasil")
_EITHER = {"1": "il", "6": "bg", "|": "li"}
# A word with signs in it, but for the sign of an address, the bar that a chat's marks begin and end with, and the mark
# that an exclamation ends with.
_SIGNED = re.compile(r"(?!(?<=<)\|)(?:[A-Za-z0-9$!|]|@(?![\w-]+\.\w))*[A-Za-z0-9$]")
_RARER = 8
"""How much more surprising it is that a sign stands for the second of the letters that it could be."""
_MOST_DOUBTS = 3
_MOST_DOUBTED = 4096
_PARTING = r"[ \t\n.\-_*|/,+~]"
# Twelve single characters or more, letters or not, with white space between them; or six single letters or more, with
# the same or other separators between them.
_WHITE = b" \t\n"
_WHOLE = r"(?:\A|[ \t\n])(?:[!-~][ \t\n]{1,4}){11,}[!-~](?:\z|[ \t\n])"
APART = rf"(?:{_WHOLE}|\b(?:[A-Za-z]{_PARTING}{{1,3}}){{5,}}[A-Za-z]\b)"
"""A pattern for what `despaced` looks for."""
_SPACED = re2.compile(APART.encode())
_BY_WHITE = re2.compile(_WHOLE.encode())
_FEWEST_LETTERS = 6
_LEAST_LETTERS = 1 / 3
_MOST_SPACED = 65_536
_MOST_PARTED = 512
_COSTS = {word: 3 + log(rank + 1) for rank, word in enumerate(VOCABULARY)}
_UNKNOWN = 5.0
"""What it costs, in nats and beside its letters, to take some for a word that is not in the vocabulary; one that is costs
what its rank says."""
_ALONE = frozenset({1})
_LENGTHS = {word[-2:]: {1, *(len(other) for other in VOCABULARY if other.endswith(word[-2:]))} for word in VOCABULARY}
"""How long the words are that end with two letters; any letter may be a word by itself."""


def leet(text: str, data: bytes) -> Iterator[Piece]:
    """
    Yield what stands around words of *text* in which signs stand for letters, read as letters.

    *data* is the text with one byte for each character.

    Raises:
        TooManyPlaces: there are more of them than are looked at.
    """
    doubted = 0
    for start, end in windows(text, (found.span() for found in _LEET.finditer(data))):
        doubted += end - start
        for way in _ways(text[start:end], weighed=doubted <= _MOST_DOUBTED):
            yield exact("leet", start, way)


def _ways(written: str, *, weighed: bool) -> Iterator[str]:
    """Yield *written* with its signs as letters, and with numbers left where signs are *weighed* that could be several."""
    plain: list[str] = []
    other: list[str] = []
    last = 0
    differs = False
    for found in _SIGNED.finditer(written):
        word = found[0]
        if word.isalpha():
            continue
        as_letters = word.translate(_READ_AS)
        likely = _likely(word, as_letters) if weighed else as_letters
        differs = differs or likely not in {as_letters, word}
        before = written[last : found.start()]
        plain += (before, as_letters)
        other += (before, likely)
        last = found.end()
    yield "".join((*plain, written[last:]))
    if differs:
        yield "".join((*other, written[last:]))


def _likely(word: str, as_letters: str) -> str:
    """Read the signs of *word*, those that could be several letters as what surprises least; a number is left."""
    if not any(map(str.isalpha, word)):
        return word
    doubts = [place for place, sign in enumerate(word) if sign in _EITHER]
    if not doubts or len(doubts) > _MOST_DOUBTS:
        return as_letters
    ways: list[tuple[int, str]] = []
    for choice in product(*(_EITHER[word[place]] for place in doubts)):
        way = list(as_letters)
        for place, letter in zip(doubts, choice, strict=True):
            way[place] = letter
        rarer = sum(way[place] != as_letters[place] for place in doubts)
        read = "".join(way)
        ways.append((0 if read.lower() in _COSTS else _surprise(read) + rarer * _RARER, read))
    return min(ways)[1]


def _surprise(word: str) -> int:
    """Say how surprising the letters of *word* are, one after the other."""
    kinds = [KINDS[ord(letter)] if letter.isascii() else 0 for letter in f" {word} "]
    return sum(ord(SURPRISE[before][after]) for before, after in pairwise(kinds))


def despaced(text: str, data: bytes) -> Iterator[Piece]:
    """
    Yield the rows of single characters in *text*, whose bytes are *data*, as words.

    Raises:
        TooManyPlaces: there is more in such rows than is looked at.
    """
    read = 0
    for first, last, whole in _rows(data):
        letters = sum(map(str.isalpha, text[first:last]))
        if letters < _FEWEST_LETTERS or letters < _LEAST_LETTERS * len(text[first:last].split()):
            continue
        if not data[first + 1 : last : 2].strip(data[first + 1 : first + 2]) and (last - first) > 2 * _MOST_PARTED:
            yield Piece("spaced", first, last, text[first:last:2], range(first, last, 2), range(first + 1, last + 1, 2))
            continue
        read += last - first
        if read > _MOST_SPACED:
            raise TooManyPlaces(first, last)
        piece = _joined(text[first:last], first, whole=whole)
        yield piece
        if _LEET.search(piece.text.encode("ascii", "replace")):
            for way in _ways(piece.text, weighed=len(piece.text) <= _MOST_PARTED):
                yield piece._replace(name="spaced>leet", text=way)


def _rows(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """
    Yield where the rows of single characters in *data* begin and end, and whether it is white space that parts one.

    RE2 takes many times as long to say where a group matched, so the white space at the ends is taken off here.
    """
    for found in _SPACED.finditer(data):
        first, last = found.span()
        whole = _BY_WHITE.fullmatch(data, first, last) is not None
        if whole:
            first, last = first + (data[first] in _WHITE), last - (data[last - 1] in _WHITE)
        yield first, last, whole


def _joined(row: str, start: int, *, whole: bool) -> Piece:
    """
    Join the characters of *row*, which begins at *start*; what stands between them most often parts no words.

    Of a *whole* row every visible character counts, else letters alone.
    """
    places = [at for at, character in enumerate(row) if (not character.isspace() if whole else character.isalpha())]
    between = [row[at + 1 : after] for at, after in pairwise(places)]
    usual = max(dict.fromkeys(between), key=between.count)
    words, gaps = [[places[0]]], []
    for at, gap in zip(places[1:], between, strict=True):
        if gap == usual:
            words[-1].append(at)
        else:
            gaps.append("\n" if "\n" in gap and "\n" not in usual else " ")
            words.append([at])
    if not gaps and len(places) <= _MOST_PARTED:
        words = _parted(row, places)
    gaps = gaps or [" "] * (len(words) - 1)
    letters: list[int] = []
    text = ""
    for word, gap in zip(words, [*gaps, " "], strict=True):
        text += "".join(map(row.__getitem__, word)) + gap
        letters += (start + at for at in (*word, word[-1]))
    return Piece("spaced", start, start + len(row), text, letters, [at + 1 for at in letters])


def _parted(row: str, places: list[int]) -> list[list[int]]:
    """Part the characters at *places* into the words that are most likely; what is in no word stays together."""
    letters = "".join(row[place].lower()[:1] for place in places)
    kinds = [0, *(KINDS[ord(letter)] if letter.isascii() else 0 for letter in letters)]
    # What it costs at least to read the letters before each, and where the last word of that begins.
    costs, begins = [0.0], [0]
    run, begun, before = inf, 0, 0
    for end, kind in enumerate(kinds[1:], 1):
        if costs[-1] + _UNKNOWN < run:
            run, begun, before = costs[-1] + _UNKNOWN, end - 1, 0
        run += _nats(before, kind)
        cheapest = (run + _nats(kind, 0), begun)
        for length in _LENGTHS.get(letters[max(0, end - 2) : end], _ALONE):
            cost = _COSTS.get(letters[end - length : end]) if length <= end else None
            if cost is not None and costs[end - length] + cost < cheapest[0]:
                cheapest = (costs[end - length] + cost, end - length)
        costs.append(cheapest[0])
        begins.append(cheapest[1])
        before = kind
    words: list[list[int]] = []
    while end := len(places) - sum(map(len, words)):
        words.append(places[begins[end] : end])
    return words[::-1]


def _nats(before: int, after: int) -> float:
    return STEP * (ord(SURPRISE[before][after]) - ord("a"))
