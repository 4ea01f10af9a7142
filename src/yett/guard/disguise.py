"""
Disguise: words whose letters are written as digits and signs, or stand apart.

Both are further ways to read a part of a text, never a replacement: `4ll` may be a name and `a, b, c, d, e, f` a list. So
what is read is only what stands around words that mix letters and digits, and rows of single letters.
"""

from collections.abc import Iterator
from itertools import pairwise

import re2

from yett.guard.piece import Piece, TooManyPlaces, exact, windows

__all__ = ["despaced", "leet"]

_SIGNS = "01345678@$!|"
_BEFORE = r"""(?:\A|[\s"'(),.;:?])"""
_AFTER = r"""(?:\z|[\s"'(),;:?]|\.(?:\s|\z))"""
_SIGN = f"[{_SIGNS}]{{1,2}}"
# A word of letters and such signs, with one between letters, that stands by itself: identifiers, addresses and digests
# do not.
_LEET = re2.compile(
    rf"(?i){_BEFORE}[a-z{_SIGNS}]{{0,14}}(?:[a-z]{{2}}{_SIGN}[a-z]|[a-z]{_SIGN}[a-z]{{2}})[a-z{_SIGNS}]{{0,14}}{_AFTER}".encode(),
)
_READ_AS = (
    str.maketrans("01345678@$!|", "oieasbtbasil"),
    str.maketrans("01345678@$!|", "oleasgtbaslI"),
)
_APART = r"[ \t\n.\-_*|/,+~]"
# Six single letters or more, with the same or other separators between them.
_SPACED = re2.compile(rf"\b(?:[A-Za-z]{_APART}{{1,3}}){{5,}}[A-Za-z]\b".encode())
_MOST_SPACED = 65_536
_MOST_PARTED = 512
# The words that orders are made of, to tell words apart where letters all stand alike.
_WORDS = frozenset(
    [
        "about",
        "above",
        "act",
        "all",
        "and",
        "any",
        "are",
        "as",
        "assistant",
        "before",
        "bypass",
        "code",
        "constraints",
        "context",
        "delete",
        "developer",
        "disable",
        "disregard",
        "do",
        "dan",
        "earlier",
        "email",
        "everything",
        "execute",
        "file",
        "filters",
        "follow",
        "following",
        "forget",
        "from",
        "give",
        "given",
        "go",
        "guidelines",
        "here",
        "hidden",
        "how",
        "ignore",
        "in",
        "initial",
        "instruction",
        "instructions",
        "is",
        "it",
        "jailbreak",
        "key",
        "keys",
        "limits",
        "me",
        "message",
        "messages",
        "mode",
        "my",
        "never",
        "new",
        "no",
        "not",
        "now",
        "of",
        "on",
        "or",
        "original",
        "output",
        "override",
        "password",
        "passwords",
        "please",
        "pretend",
        "previous",
        "print",
        "prior",
        "prompt",
        "prompts",
        "reply",
        "repeat",
        "respond",
        "restrictions",
        "reveal",
        "role",
        "rule",
        "rules",
        "run",
        "safety",
        "say",
        "secret",
        "secrets",
        "send",
        "show",
        "system",
        "tell",
        "that",
        "the",
        "these",
        "this",
        "to",
        "token",
        "tokens",
        "told",
        "unrestricted",
        "url",
        "user",
        "what",
        "with",
        "without",
        "write",
        "you",
        "your",
    ],
)
_LONGEST = max(map(len, _WORDS))


def leet(text: str, data: bytes) -> Iterator[Piece]:
    """
    Yield what stands around words of *text* in which signs stand for letters, read as letters.

    *data* is the text with one byte for each character. A one may be an `i` or an `l`, so there are two ways.

    Raises:
        TooManyPlaces: there are more of them than are looked at.
    """
    for start, end in windows(text, (found.span() for found in _LEET.finditer(data))):
        written = text[start:end]
        ways = dict.fromkeys(written.translate(table) for table in _READ_AS)
        for way in ways:
            yield exact("leet", start, way)


def despaced(text: str, data: bytes) -> Iterator[Piece]:
    """
    Yield the rows of single letters in *text*, whose bytes are *data*, as words.

    Raises:
        TooManyPlaces: there is more in such rows than is looked at.
    """
    read = 0
    for found in _SPACED.finditer(data):
        first, last = found.span()
        if not data[first + 1 : last : 2].strip(data[first + 1 : first + 2]) and (last - first) > 2 * _MOST_PARTED:
            letters = range(first, last, 2)
            yield Piece("spaced", first, last, text[first:last:2], letters, range(first + 1, last + 1, 2))
            continue
        read += last - first
        if read > _MOST_SPACED:
            raise TooManyPlaces(first, last)
        yield _joined(text[first:last], first)


def _joined(row: str, start: int) -> Piece:
    """Join the letters of *row*, which begins at *start*; what stands between them most often parts no words."""
    places = [at for at, character in enumerate(row) if character.isalpha()]
    between = [row[at + 1 : after] for at, after in pairwise(places)]
    usual = max(dict.fromkeys(between), key=between.count)
    words: list[list[int]] = [[]]
    for at, gap in zip(places, [*between, usual], strict=True):
        words[-1].append(at)
        if gap != usual:
            words.append([])
    if len(words) == 1 and len(places) <= _MOST_PARTED:
        words = _parted(row, places)
    letters: list[int] = []
    text = ""
    for word in words:
        text += "".join(row[at] for at in word) + " "
        letters += (start + at for at in (*word, word[-1]))
    return Piece("spaced", start, start + len(row), text, letters, [at + 1 for at in letters])


def _parted(row: str, places: list[int]) -> list[list[int]]:
    """Part the letters at *places* into the longest words that orders are made of; the rest stays together."""
    letters = "".join(row[place] for place in places).lower()
    words: list[list[int]] = []
    at, known = 0, True
    while at < len(letters):
        length = next((n for n in range(_LONGEST, 1, -1) if letters[at : at + n] in _WORDS), 0)
        if length or known:
            words.append([])
        words[-1] += places[at : at + (length or 1)]
        at, known = at + (length or 1), bool(length)
    return words
