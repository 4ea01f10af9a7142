r"""
Codes: characters written one by one as numbers.

`49 67 6e`, `0x49, 0x67`, `=49=67`, `73 103 110`, `01001001 01100111` and `\111\147` are rows of the codes of ASCII
characters: hexadecimal, decimal, binary, octal. A row is read where enough of it stands together, and only if the letters
that it stands for follow one another as those of some language do; tables of numbers, colours, addresses and dumps of
memory do not. Of what stands for other characters nothing is read.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import re2

from yett.guard.pairs import KINDS, SURPRISE
from yett.guard.piece import Piece

__all__ = ["codes"]

_FEWEST = 12
_SHORTEST = 35
"""So many characters have the codes of so few."""
_DIGITS = 21
"""So many digits have these, since three in four stand for letters, whose codes have two at least."""
_SEPARATORS = b" \t\r\n,;:.-_|/=%\\&#+'\"[](){}xX"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_FLAT = bytes(ord("a") if code in _HEX_DIGITS + _SEPARATORS else ord(" ") for code in range(256))
_ENOUGH = b"a" * _SHORTEST
_APART = bytes(ord(" ") if code in _SEPARATORS else code for code in range(256))
_READ = (9, 10, 13, *range(32, 127))
# How a character is written, and a pattern for what may be so written; all are tried on what looks like numbers.
_ROW = r"(?:(?:0[xX]|\\[xX]?)?%s[ \t\r\n,;:.\-_|/=%%\\&#+'\"()\[\]{}]{1,4}){%d,}(?:0[xX]|\\[xX]?)?%s"
_FORMS = (
    ("02x", "(?:[2-7][0-9A-Fa-f]|0[9aAdD])"),
    ("d", "(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])"),
    ("08b", "(?:0[01]{7})"),
    ("07b", "(?:[01]{7})"),
    ("03o", "(?:0[1-7][0-7]|1[0-7]{2})"),
)
_PATTERNS = tuple(re2.compile(rf"\b{_ROW % (one, _FEWEST - 1, one)}\b".encode()) for _, one in _FORMS)
_TABLES: tuple[Mapping[bytes, str], ...] = tuple(
    {
        written: chr(code)
        for code in _READ
        for written in (format(code, form).encode(), format(code, form).upper().encode())
    }
    for form, _ in _FORMS
)
_KINDS = np.array(KINDS, np.uint8)
_LEVELS = np.array([[ord(level) - ord("a") for level in row] for row in SURPRISE], np.int64)
_LEVEL = {(one, other): ord(level) - ord("a") for one, row in enumerate(SURPRISE) for other, level in enumerate(row)}
_TO_KINDS = bytes(KINDS)
_KINDS.flags.writeable = _LEVELS.flags.writeable = False
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "
_SHORT = 96
_STRETCH = 32
"""Letters of a long row that are judged together."""
_PLAIN = 9.5
"""So surprising, in the steps of `pairs`, are the letters of a language at most; by chance they are 12."""


def codes(_text: str, data: bytes) -> Iterator[Piece]:
    """Yield the rows of codes in *data*, a text with one byte for each character, as what they stand for."""
    flat = data.translate(_FLAT)
    last = 0
    while (first := flat.find(_ENOUGH, last)) >= 0:
        last = flat.find(b" ", first)
        last = len(data) if last < 0 else last
        if len(data[first:last].translate(None, _SEPARATORS)) < _DIGITS:
            continue  # indented code, a line that is drawn: five searches for nothing
        for pattern, table in zip(_PATTERNS, _TABLES, strict=True):
            for found in pattern.finditer(data, first, last):
                written = found[0].replace(b"0x", b"  ").replace(b"0X", b"  ").translate(_APART).split()
                meant = "".join([table.get(each, "") for each in written])
                if _reads(meant):
                    yield Piece("codes", found.start(), found.end(), meant)


def _reads(meant: str) -> bool:
    """Say whether somewhere in *meant*, or all over it if it is short, letters follow one another as in a language."""
    data = meant.encode()
    if len(data) < _FEWEST:
        return False
    if len(data) < _SHORT:
        if len(data.translate(None, _LETTERS)) * 4 > len(data):
            return False
        return sum(map(_LEVEL.__getitem__, pairwise(data.translate(_TO_KINDS)))) <= _PLAIN * (len(data) - 1)
    kinds = _KINDS[np.frombuffer(data, np.uint8)]
    steps = np.add.accumulate(_LEVELS[kinds[:-1], kinds[1:]])
    letters = np.add.accumulate((kinds[1:] > 0).astype(np.int64))
    lettered = (letters[_STRETCH:] - letters[:-_STRETCH]) * 4 >= 3 * _STRETCH
    return bool((lettered & (steps[_STRETCH:] - steps[:-_STRETCH] <= _PLAIN * _STRETCH)).any())
