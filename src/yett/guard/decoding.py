"""
Decoding: stretches of a text that say something else once decoded.

A decoding finds a carrier (a run of base64, hexadecimal digits, escapes …) and says what it decodes to. Decoding alone
is never a verdict: it only gives detectors another text to read. What does not decode to readable text is left alone, so
digests, random tokens and minified code stay quiet. No decoding makes a text longer, so nesting cannot blow up.

Carriers are looked for by RE2 in a copy of the text that has one byte for each character, so that places in it are
places in the text. All carriers but tags are written in ASCII; what is not becomes a question mark in the copy, which
only a carrier of visible characters may hold, and that is cut there.
"""

import binascii
import html
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

import re2

from yett.guard.folding import INVISIBLE

__all__ = ["LOOK_BEHIND", "UNSEEN", "Decoded", "attempts", "decodings", "hold"]

UNSEEN = frozenset({"tags", "selectors"})
"""The means whose carriers nobody sees."""
_READABLE = 0.85
_FEWEST = 3
_TAGS = 0xE0000
LOOK_BEHIND = 4
"""How many characters before it may influence whether a carrier begins."""


class Decoded(NamedTuple):
    """What the characters *start* to *end* of a text decode to, and by which means."""

    start: int
    end: int
    means: str
    text: str


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_READ = _LETTERS + _DIGITS + b" .,:;!?'\"-_/@=+*()[]{}<>#%&$\n\t"
_HEX = frozenset(_HEX_DIGITS.decode())


def _readable(data: bytes) -> str | None:
    if data.isascii():
        return data.decode() if len(data.translate(None, _READ)) <= (1 - _READABLE) * len(data) else None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    seen = len(text) - sum(map(INVISIBLE.__contains__, text))
    readable = sum(map(str.isprintable, text)) + text.count("\n") + text.count("\t")
    return text if readable >= _READABLE * seen else None


_URL_SAFE = bytes.maketrans(b"-_", b"+/")
# What the base64 of valid UTF-8 cannot begin with: its first byte would go on a character, or stand in none.
_NO_BEGINNING = frozenset(b"ghijklmnopqrstuv+/-_")


def _base64(run: bytes) -> str | None:
    # Readable text never encodes to letters of one case.
    if run[0] in _NO_BEGINNING or run.islower() or run.isupper() or run.isdigit():
        return None
    digits = run.rstrip(b"=").translate(_URL_SAFE)
    whole = digits[: len(digits) - (len(digits) % 4 == 1)]
    data = binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    if data[1:2] == b"\0" and not data[1::2].strip(b"\0"):  # UTF-16, as PowerShell encodes its commands
        data = data[::2]
    return _readable(data)


def _hexadecimal(digits: bytes) -> str | None:
    return _readable(binascii.unhexlify(digits)) if len(digits) % 2 == 0 else None


class _Percents(dict[str, bytes]):
    """What stands for what follows a percent sign, up to the next one."""

    def __missing__(self, part: str) -> bytes:
        if len(part) > 1 and part[0] in _HEX and part[1] in _HEX:
            meant = bytes.fromhex(part[:2]) + part[2:].encode()
        else:
            meant = f"%{part}".encode()
        self[part] = meant
        return meant


def _percent(run: str) -> str | None:
    head, *parts = run.split("%")
    return _readable(head.encode() + b"".join(map(_Percents().__getitem__, parts)))


class _Entities(dict[str, str]):
    """The same for what follows an ampersand: no entity goes beyond the next one."""

    def __missing__(self, part: str) -> str:
        meant = self[part] = html.unescape(f"&{part}")
        return meant


def _entities(run: str) -> str:
    head, *parts = run.split("&")
    return head + "".join(map(_Entities().__getitem__, parts))


class _Escapes(dict[str, str]):
    r"""The same for what follows `\u`."""

    def __missing__(self, part: str) -> str:
        inside, closing, rest = part[1:].partition("}") if part.startswith("{") else (part[:4], "}", part[4:])
        fits = 2 <= len(inside) <= 6 if part.startswith("{") else len(inside) == 4  # noqa: PLR2004
        meant = self[part] = (
            chr(min(int(inside, 16), 0x10FFFF)) + rest if fits and closing and _HEX.issuperset(inside) else f"\\u{part}"
        )
        return meant


def _escapes(run: str) -> str:
    head, *parts = run.split("\\u")
    written = head + "".join(map(_Escapes().__getitem__, parts))
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _runs_with(core: str) -> bytes:
    """Return a pattern for a maximal run of visible ASCII characters that holds *core* often enough."""
    return rf"(?:[!-~]*{core}){{{_FEWEST}}}[!-~]*".encode()


_PERCENT = "%[0-9A-Fa-f]{2}"
_ENTITY = "&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][0-9A-Za-z]*;)"
_ESCAPE = r"\\u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{2,6}\})"
# Ways to spell characters: their name, what each begins with, one of them, where they stand and how they are read.
_SPELLED = (
    ("percent", b"%", re2.compile(_PERCENT.encode()), re2.compile(_runs_with(_PERCENT)), _percent),
    ("entities", b"&", re2.compile(_ENTITY.encode()), re2.compile(_runs_with(_ENTITY)), _entities),
    ("escapes", b"\\", re2.compile(_ESCAPE.encode()), re2.compile(_runs_with(_ESCAPE)), _escapes),
)
_IN_RUN = frozenset(_LETTERS + _DIGITS + b"+/-_")
# Digits of base64 all alike, and the rest, so that a long run of them is found by a search for sixteen times the same.
_FLAT = bytes(ord("a") if code in _IN_RUN else ord(" ") for code in range(256))
_SIXTEEN = b"a" * 16
_FLAT_HEX = bytes(ord("a") if code in _HEX_DIGITS else ord(" ") for code in range(256))
# Where bytes are written in decimal digits, those of UTF-8 beyond ASCII are not among them.
_ASCII_BEGINNINGS = b"01234567"
_BYTE_RUN = re2.compile(rb"(?:\\x[0-9A-Fa-f]{2}){4,}")
_BYTE = re2.compile(rb"\\x[0-9A-Fa-f]{2}")
_TAG_RUN = re2.compile(rb"[\x{E0020}-\x{E007E}]{3,}")
_SELECTOR_RUN = re2.compile(rb"[\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]{4,}")
# What the UTF-8 of tag characters, and of the selectors that stand for letters, begins with.
_TAG_MARKS = (b"\xf3\xa0\x80", b"\xf3\xa0\x81")
_SELECTOR_MARKS = (b"\xf3\xa0\x84", b"\xf3\xa0\x85")
_TO_ASCII = {_TAGS + code: code for code in range(0x20, 0x7F)}
# What is not white space in ASCII: the one alphabet in which a carrier, but for tags, can be written.
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_TAG_CHARACTERS = "".join(map(chr, _TO_ASCII))
# The 256 variation selectors stand for the 256 bytes.
_TO_BYTES = {point: byte for byte, point in enumerate((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))}
_SELECTORS = "".join(map(chr, _TO_BYTES))


def decodings(text: str, start: int = 0) -> Iterator[Decoded]:
    """Yield every carrier in *text* that begins at or after *start* and decodes to something readable."""
    return (decoded for decoded in attempts(text, start, len(text) or 1) if decoded)


def attempts(text: str, start: int, longest: int) -> Iterator[Decoded | None]:
    """
    Yield the carriers as `decodings` does, and None for each stretch that was looked at for nothing.

    Of a run of characters that spell others, no more than *longest* are read at once.
    """
    data = text.encode("ascii", "replace")
    yield from _long_runs(data, start)
    if _spells(b"\\", _BYTE, data, start):
        yield from _bytes(data, start)
    for means, mark, spelled, pattern, decode in _SPELLED:
        runs = pattern.finditer(data, start) if _spells(mark, spelled, data, start) else ()
        for first, last in _visible(text, start, (found.span() for found in runs)):
            for begin in range(first, last, longest):
                end = min(last, begin + longest)
                enough = sum(1 for _ in islice(spelled.finditer(data, begin, end), _FEWEST)) == _FEWEST
                decoded = decode(text[begin:end]) if enough else None
                changed = decoded and decoded != text[begin:end]
                yield Decoded(begin, end, means, decoded) if decoded and changed else None
    if not text.isascii():
        yield from _unseen(text, start)


def _spells(mark: bytes, spelled: "re2._Regexp", data: bytes, start: int) -> bool:
    """Say whether anything in *data* is *spelled* so; most texts have not even the *mark*, one byte, that it begins with."""
    return mark in data and spelled.search(data, start) is not None


def _long_runs(data: bytes, start: int) -> Iterator[Decoded]:
    digits = b""
    for first, last in _runs(data, start):
        digits = digits or data.translate(_FLAT_HEX)
        in_hex = digits.find(_SIXTEEN, first, last) >= 0
        if not in_hex and data[first] in _NO_BEGINNING:
            continue  # most names in code
        run = data[first:last]
        if run.isdigit():
            # Numbers of cards and accounts are such digits from end to end, and may be most of a text.
            if not run[::2].translate(None, _ASCII_BEGINNINGS):
                yield from _hexes(data, [(first, last)])
            continue
        if (not first or data[first - 1] not in _IN_RUN) and (decoded := _base64(run)):
            yield Decoded(first, last, "base64", decoded)
        if in_hex and not run.isalpha():
            yield from _hexes(data, _digits(digits, first, last))


def _digits(flat: bytes, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of sixteen digits or more in *flat*, where all of them are alike, from *first* to *last*."""
    while (first := flat.find(_SIXTEEN, first, last)) >= 0:
        end = flat.find(b" ", first, last)
        end = last if end < 0 else end
        yield first, end
        first = end


def _runs(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield where from *start* on base64 may stand: sixteen of its digits or more, and up to two equals signs."""
    for first, last in _digits(data.translate(_FLAT), start, len(data)):
        yield first, last + (data[last : last + 1] == b"=") + (data[last : last + 2] == b"==")


def _hexes(data: bytes, runs: Iterable[tuple[int, int]]) -> Iterator[Decoded]:
    """Read the *runs* of digits that stand alone."""
    for first, last in runs:
        if not data[first - 1 : first].isalnum() and not data[last : last + 1].isalnum():
            decoded = _hexadecimal(data[first:last])
            if decoded:
                yield Decoded(first, last, "hex", decoded)


def _bytes(data: bytes, start: int) -> Iterator[Decoded]:
    for found in _BYTE_RUN.finditer(data, start):
        first, last = found.span()
        if not _BYTE.fullmatch(data[max(0, first - LOOK_BEHIND) : first]):
            decoded = _hexadecimal(found[0].replace(b"\\x", b""))
            if decoded:
                yield Decoded(first, last, "hex", decoded)


def _visible(text: str, start: int, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of ASCII in *runs*, but for one that has begun before *start*."""
    for first, last in runs:
        if (first > start or not first) and text[first:last].isascii():
            yield first, last
            continue
        end = first
        for is_ascii, members in groupby(text[first:last], str.isascii):
            begin, end = end, end + sum(1 for _ in members)
            if is_ascii and (begin > start or not begin or text[begin - 1] not in _VISIBLE):
                yield begin, end


def _unseen(text: str, start: int) -> Iterator[Decoded]:
    data = text[start:].encode("utf-8", "replace")
    if any(mark in data for mark in _TAG_MARKS):
        for first, run in _runs_of(text, data, start, _TAG_CHARACTERS):
            yield Decoded(first, first + len(run), "tags", run.translate(_TO_ASCII))
    if any(mark in data for mark in _SELECTOR_MARKS):
        for first, run in _runs_of(text, data, start, _SELECTORS):
            if decoded := _readable(bytes(map(_TO_BYTES.__getitem__, map(ord, run)))):
                yield Decoded(first, first + len(run), "selectors", decoded)


def _runs_of(text: str, data: bytes, start: int, letters: str) -> Iterator[tuple[int, str]]:
    """Yield the runs of *letters* in *data*, the *text* from *start* on, but for one that has begun before."""
    place, last = start, 0
    for found in (_SELECTOR_RUN if letters is _SELECTORS else _TAG_RUN).finditer(data):
        first = place + len(data[last : found.start()].decode())
        run = found[0].decode()
        place, last = first + len(run), found.end()
        if first > start or not first or text[first - 1] not in letters:
            yield first, run


def hold(text: str) -> int:
    """Return from which position on *text* may still become, or add to, a carrier."""
    return min(len(text.rstrip(letters)) for letters in (_VISIBLE, _TAG_CHARACTERS, _SELECTORS))
