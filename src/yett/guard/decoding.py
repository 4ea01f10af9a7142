"""
Decoding: stretches of a text that say something else once decoded.

A decoding finds a carrier (a run of base64, hexadecimal digits, escapes …) and says what it decodes to. Decoding alone
is never a verdict: it only gives detectors another text to read. What does not decode to readable text is left alone, so
digests, random tokens and minified code stay quiet. No decoding makes a text longer, so nesting cannot blow up.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import re2

from yett.guard.folding import invisible

__all__ = ["LOOK_BEHIND", "Decoded", "decodings", "hinted", "hold", "whole_decodings"]

_READABLE = 0.85
_PUNCTUATION = frozenset(" .,:;!?'\"-_/@=+*()[]{}<>#%&$\n\t")
_FEWEST = 3
_TAGS = 0xE0000
LOOK_BEHIND = 4
"""How many characters before it may influence whether a carrier begins."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the characters *start* to *end* of a text decode to, and by which means."""

    start: int
    end: int
    means: str
    text: str


def _readable(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    seen = text if text.isascii() else [character for character in text if not invisible(character)]
    readable = sum(character.isalnum() or character in _PUNCTUATION for character in seen)
    return text if readable >= _READABLE * len(seen) else None


_URL_SAFE = str.maketrans("-_", "+/")


def _base64(run: str) -> str | None:
    if run.isalpha() and (run.islower() or run.isupper()):  # a long word; readable text never encodes to one case
        return None
    digits = run.rstrip("=").translate(_URL_SAFE)
    try:
        return _readable(base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True))
    except binascii.Error:
        return None


def _hexadecimal(run: str) -> str | None:
    digits = run.replace("\\x", "")
    return _readable(bytes.fromhex(digits)) if len(digits) % 2 == 0 else None


def _percent(run: str) -> str | None:
    decoded, count = re.subn(rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), run.encode())
    return _readable(decoded) if count >= _FEWEST else None


def _entities(run: str) -> str | None:
    return html.unescape(run) if run.count(";") >= _FEWEST else None


_ESCAPE = re.compile(r"\\u(?:\{([0-9A-Fa-f]{2,6})\}|([0-9A-Fa-f]{4}))")


def _escapes(run: str) -> str | None:
    decoded, count = _ESCAPE.subn(lambda found: chr(min(int(found[1] or found[2], 16), 0x10FFFF)), run)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if count >= _FEWEST else None


def _tags(run: str) -> str | None:
    return "".join(chr(ord(character) - _TAGS) for character in run)


@dataclass(frozen=True, slots=True)
class _Carrier:
    means: str
    hint: str
    """Without it the carrier cannot occur; empty where there is no such thing."""
    pattern: re.Pattern[str]
    """A maximal run of one class of characters, so that any engine is linear."""
    decode: Callable[[str], str | None]


# What is not white space in ASCII: the one alphabet in which a carrier, but for tags, can be written.
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_LONG = re.compile(r"[A-Za-z0-9+/_-]{16}|(?:\\x[0-9A-Fa-f]{2}){4}")
_LONG_CARRIERS = (
    _Carrier("base64", "", re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}"), _base64),
    _Carrier("hex", "", re.compile(r"(?<![A-Za-z0-9])[0-9A-Fa-f]{16,}(?![A-Za-z0-9])"), _hexadecimal),
    _Carrier("hex", "\\x", re.compile(r"(?<!\\x[0-9A-Fa-f]{2})(?:\\x[0-9A-Fa-f]{2}){4,}"), _hexadecimal),
)


def _holding(mark: str) -> re.Pattern[str]:
    """Match a maximal run of visible ASCII that holds *mark*."""
    code = ord(mark)
    others = rf"\x21-\x{code - 1:02x}\x{code + 1:02x}-\x7E"
    return re.compile(rf"(?<![\x21-\x7E])[{others}]*\x{code:02x}[\x21-\x7E]*")


_HINTED_CARRIERS = (
    _Carrier("percent", "%", _holding("%"), _percent),
    _Carrier("entities", "&", _holding("&"), _entities),
    _Carrier("escapes", "\\u", _holding("\\"), _escapes),
)
_TAG_CARRIERS = (_Carrier("tags", "", re.compile(r"(?<![\U000E0020-\U000E007E])[\U000E0020-\U000E007E]{3,}"), _tags),)
_TAG_CHARACTERS = "".join(map(chr, range(0xE0020, 0xE007F)))


_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)
_TELLING = frozenset(
    [
        "ignore",
        "disregard",
        "forget",
        "previous",
        "prior",
        "above",
        "instructions",
        "instruction",
        "rules",
        "system",
        "prompt",
        "reveal",
        "print",
        "show",
        "the",
        "and",
        "you",
        "your",
        "all",
        "with",
        "that",
        "this",
        "password",
        "secret",
        "guidelines",
        "safety",
        "pretend",
        "override",
        "bypass",
    ],
)
_TELLING_ROT13 = frozenset(word.translate(_ROT13) for word in _TELLING)
_TELLING_REVERSED = frozenset(word[::-1] for word in _TELLING)
_TELLING_HIDDEN = _TELLING_ROT13 | _TELLING_REVERSED
_ENOUGH = 2
_TELLING_ANYWHERE = "|".join(sorted(_TELLING_HIDDEN))
# One pass of an automaton over the everyday text, in which nothing is hidden.
_HINT = re2.compile(
    r"[A-Za-z0-9+/_-]{16}|%[0-9A-Fa-f]{2}|&[#A-Za-z]|\\[ux]|[\x{E0020}-\x{E007E}]"
    rf"|(?i:\b(?:{_TELLING_ANYWHERE})\b)".encode(),
)


def hinted(text: str) -> bool:
    """Say whether *text* may have anything to decode; a no is sure."""
    return _HINT.search(text.encode("utf-8", "replace")) is not None


def decodings(text: str, start: int = 0) -> Iterator[Decoded]:
    """Yield every carrier in *text* that begins at or after *start* and decodes to something readable."""
    carriers: tuple[_Carrier, ...] = _LONG_CARRIERS if _LONG.search(text, start) else ()
    carriers = tuple(carrier for carrier in (*carriers, *_HINTED_CARRIERS) if carrier.hint in text)
    carriers += () if text.isascii() else _TAG_CARRIERS
    for carrier in carriers:
        for found in carrier.pattern.finditer(text, start):
            decoded = carrier.decode(found[0])
            if decoded and decoded != found[0]:
                yield Decoded(found.start(), found.end(), carrier.means, decoded)


def hold(text: str) -> int:
    """Return from which position on *text* may still become, or add to, a carrier."""
    return min(len(text.rstrip(_VISIBLE)), len(text.rstrip(_TAG_CHARACTERS)))


def whole_decodings(text: str) -> Iterator[Decoded]:
    """Yield *text* as rot13 and backwards, where that has at least two telling words and no fewer than the text."""
    lowered = text.lower()
    if _TELLING_HIDDEN.isdisjoint(lowered.split()):
        return
    words = set(re.findall(r"[a-z]+", lowered))
    least = max(_ENOUGH, len(words & _TELLING))
    if len(words & _TELLING_ROT13) >= least:
        yield Decoded(0, len(text), "rot13", text.translate(_ROT13))
    if len(words & _TELLING_REVERSED) >= least:
        yield Decoded(0, len(text), "reversed", text[::-1])
