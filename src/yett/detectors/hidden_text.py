"""
Hidden text: characters that nobody sees; the detector `hidden_text`.

Rules:

1. It reads the text as written, since every other reading has these characters taken out.
2. What scripts and emoji need stays quiet: joiners between letters of Arabic and Indic scripts, joiners and selectors
   within emoji, flags, direction marks beside right-to-left letters, spaces of width zero in scripts without spaces.
3. A run of such characters is judged by itself and `_NEAR` characters to both sides, so streams know when it is settled.
4. Where a text that does not stream has more than `_MOST` runs, all that follows is reported as one stretch.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from yett.detectors.expression import Expression
from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.detector import EVERYBODY

__all__ = ["HiddenText"]

_NEAR = 8
_TAGS = range(0xE0000, 0xE0080)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_OVERRIDES = frozenset("\u202d\u202e")
_DIRECTING = frozenset("\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
_MARKS = frozenset("\u200e\u200f\u061c")
_JOINERS = frozenset("\u200c\u200d")
_SEEN_BY_NOBODY = (
    r"\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}%s\x{200e}\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff9}-\x{fffb}\x{1bca0}-\x{1bca3}"
    r"\x{1d173}-\x{1d17a}\x{e0000}-\x{e0fff}"
)
_HIDDEN = Expression(f"[{_SEEN_BY_NOBODY % '-'}]+")
# Scripts whose letters are joined or kept apart by U+200C and U+200D: Arabic and its kin, Indic, Myanmar, Khmer, Mongolian.
_JOINED = (range(0x0600, 0x0900), range(0x0900, 0x0E00), range(0x1000, 0x10A0), range(0x1780, 0x18B0))
_JOINED_LETTER = r"\x{600}-\x{dff}\x{1000}-\x{109f}\x{1780}-\x{18af}"
# Whether there is anything to judge: whatever is hidden, but a joiner between letters that are joined.
_TELLING = Expression(
    rf"[{_SEEN_BY_NOBODY % ''}]|(?:\A|[^{_JOINED_LETTER}])[\x{{200c}}\x{{200d}}]"
    rf"|[\x{{200c}}\x{{200d}}](?:\z|[^{_JOINED_LETTER}])"
)
# Scripts without spaces between words: Thai, Lao, Tibetan, Myanmar, Khmer, and the East Asian ones.
_UNSPACED = (range(0x0E00, 0x10A0), range(0x1780, 0x1800), range(0x2E80, 0xD7B0))
_MONGOLIAN = (range(0x1800, 0x18B0),)
_BLACK_FLAG = "\U0001f3f4"
_CANCEL_TAG = "\U000e007f"
_LONGEST_FLAG = 8
_MOST = 4096
_MARK_OF_ORDER = "\ufeff"

_Judgement = tuple[str, float]


class HiddenText:
    """Finds what nobody sees."""

    name = "hidden_text"
    cost = 0
    revision = "2"
    kinds = frozenset({"obfuscation"})
    readings = frozenset({"raw"})
    origins = EVERYBODY
    look_behind = _NEAR + 1

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        """Report the matches that begin at or after *start*, ordered by start."""
        known: dict[tuple[str, str, str], list[tuple[int, _Judgement]]] = {}
        for number, (first, last) in enumerate(_runs(text, start)):
            if number >= _MOST and origin is not Origin.MODEL:
                yield Match(first, len(text), "obfuscation.invisible", 0.8, "invisible-characters")
                return
            place = first
            for length, (kind, score) in _judged_run(text, first, last, known):
                if kind and length:
                    yield Match(place, place + length, f"obfuscation.{kind}", score, f"{kind}-characters")
                place += length

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:  # noqa: ARG002 - whoever wrote it
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        if text.isascii():
            return len(text)
        unsettled = [first for first, last in _runs(text, start, telling=False) if last + _NEAR > len(text)]
        return min(unsettled, default=len(text))


def _runs(text: str, start: int, *, telling: bool = True) -> Iterator[tuple[int, int]]:
    """Yield the stretches of hidden characters from *start* on; with *telling*, only where some may not belong there."""
    if text.isascii():
        return
    if telling and _TELLING.search(text[max(0, start - 1) :].encode(errors="replace")) is None:
        return
    data = text[start:].encode(errors="replace")
    place, last = start, 0
    for found in _HIDDEN.finditer(data):
        first = place + len(data[last : found.start].decode())
        place = first + len(data[found.start : found.end].decode())
        last = found.end
        yield first, place


def _judged_run(
    text: str, first: int, last: int, known: dict[tuple[str, str, str], list[tuple[int, _Judgement]]]
) -> list[tuple[int, _Judgement]]:
    """Judge the characters from *first* to *last*: how many after one another are alike, and what they are."""
    run, before, after = text[first:last], text[first - 1 : first], text[last : last + 1]
    around = ""
    if not _DIRECTING.isdisjoint(run) or not _MARKS.isdisjoint(run):
        around = text[max(0, first - _NEAR) : first] + text[last : last + _NEAR]
    elif groups := known.get((before, run, after)):
        return groups
    judged = {character: _judged(run, character, (before, after, around)) for character in set(run)}
    groups = [(sum(1 for _ in members), alike) for alike, members in groupby(run, key=judged.__getitem__)]
    if not first and run.startswith(_MARK_OF_ORDER):
        (length, alike), *others = groups
        return [(1, ("", 0.0)), (length - 1, alike), *others]
    if not around:
        known[before, run, after] = groups
    return groups


def _judged(run: str, character: str, surroundings: tuple[str, str, str]) -> _Judgement:
    """Judge *character* in its *run*: a kind and a score, or no kind when it is where it belongs."""
    before, after, around = surroundings
    if ord(character) in _TAGS:
        return ("", 0.0) if _flag(before, run) else ("tags", 0.95)
    if character in _OVERRIDES:
        return "bidi", 0.8
    if character in _DIRECTING or character in _MARKS:
        kind = "bidi" if character in _DIRECTING else "invisible"
        return ("", 0.0) if any(_leftward(near) for near in around) else (kind, 0.6)
    if _belongs(run, character, before, after):
        return "", 0.0
    return "invisible", 0.8 if before.isalpha() and after.isalpha() else 0.5


def _belongs(run: str, character: str, before: str, after: str) -> bool:
    """Say whether *character*, in *run*, is what its script or an emoji needs between *before* and *after*."""
    if run in {"\u200d", "\ufe0f\u200d"} and _symbol(before) and _symbol(after):
        return True
    if run in _JOINERS:
        return _of(_JOINED, before) and _of(_JOINED, after)
    if len(run) == 1 and _of(_MONGOLIAN, character):
        return _of(_MONGOLIAN, before)
    if len(run) == 1 and _of(_SELECTORS, character):
        return after == "\u20e3" or (before != "" and not before.isascii())
    return run in {"\u200b", "\u2060"} and _of(_UNSPACED, before) and _of(_UNSPACED, after)


def _of(ranges: tuple[range, ...], character: str) -> bool:
    return character != "" and any(ord(character) in each for each in ranges)


def _leftward(character: str) -> bool:
    return unicodedata.bidirectional(character) in {"R", "AL"}


def _symbol(character: str) -> bool:
    return character != "" and not character.isascii() and unicodedata.category(character) in {"So", "Sk", "Sm"}


def _flag(before: str, run: str) -> bool:
    """Say whether *run* spells the region of a flag, as emoji do (Unicode Technical Standard 51)."""
    return before == _BLACK_FLAG and run.endswith(_CANCEL_TAG) and len(run) <= _LONGEST_FLAG
