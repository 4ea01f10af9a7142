"""
Leakage: the application's own instructions, coming back in an answer; the detector `leakage`.

Rules:

1. What the operator wrote into a request is cut into stretches of eight words. Wherever an answer holds one of them
   word for word, whatever the case and whatever stands between the words (punctuation, numbers as of a list, tags of
   HTML, the escapes of JSON), that is a match, as long as it goes on, up to 32 words. How sure it is grows with its
   length, and with the share of the instructions that it repeats.
2. What the caller or a document said in the same request is no secret, so an answer may repeat it.
3. A match depends on nothing before it but the end of a word, and on at most 32 words from there on; so a stream waits
   only for words that stand in the instructions one after the other.
4. Only digests of the stretches are remembered, never their text.
5. A stretch of eight words has seven pairs, of which one begins at every seventh word; so every seventh pair tells whether
   there is anything to look for.
6. Where thousands of stretches are found in a text that is longer than a window of a stream, what begins behind them is
   one match to the end.

In scripts without spaces between words every character counts as a word. Instructions of fewer than eight words are too
ordinary to be recognised, and a translation or a summary of them is not.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice, pairwise

from yett.model.finding import Match
from yett.model.segment import Origin, Segment
from yett.ports.detector import STREAMED

__all__ = ["Leakage", "Recalled"]

_GRAM = 8
_LONGEST = 32
_SURE, _SURER = 16, 32
_SHARE, _SHARED_WORDS = 0.3, 12
# Scripts that are written without spaces: Thai and its neighbours, the East Asian ones.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = re.compile(rf"[{_UNSPACED}]|(?<!{_LETTER}){_LETTER}+")
_ASCII_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]+")
"""The same, for the everyday text."""
_SPELT = "".join(character.lower() if character.isalpha() else " " for character in map(chr, range(128)))
"""What the letters of words are, and a space for all else, by their number in ASCII."""
_LONGEST_TAG = 66
_MARKUP = re.compile(r"(</?[A-Za-z][^<>]{0,62}>|\\[nrt])")
"""Letters that are no words: tags, of at most 66 characters, and white space as JSON writes it. A group, to split by."""
_UNFINISHED = re.compile(r"(?:</?(?:[A-Za-z][^<>]{0,62})?|\\)\Z")
_TAIL = 512
_MOST_PLACES = 4_096
"""How many matches are reported apart in a text that is longer than any window of a stream."""
_KNOWN_TO_THE_CALLER = frozenset({Origin.USER, Origin.DOCUMENT, Origin.TOOL, Origin.UNKNOWN})
_MOST_WORDS = 200_000
"""How many words of instructions are remembered altogether, beside the newest."""

_Fold = Callable[[str], str]


def _expression(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _WORD


def _words_only(text: str) -> str:
    """Return *text* with spaces in the place of its markup."""
    if "<" not in text and "\\" not in text:
        return text
    parts = _MARKUP.split(text)
    parts[1::2] = [" " * len(mark) for mark in parts[1::2]]
    return "".join(parts)


def _spoken(text: str, start: int = 0) -> list[str]:
    """Return the words of *text* from *start* on, whatever their case."""
    if text.isascii():
        before = max(0, start - 1)
        spelt = text[before:].translate(_SPELT)
        cut = bool(spelt[: start - before].strip())  # whether a word has begun before
        return spelt.split()[cut:]
    return [word.casefold() for word in _WORD.findall(text, start)]


def _last_words(text: str, start: int) -> list[re.Match[str]]:
    """Return the last words of *text*, as many as a match may have, or all from *start* on."""
    expression = _expression(text)
    begin = max(start, len(text) - _TAIL)
    while len(found := list(expression.finditer(text, begin))) <= _LONGEST and begin > start:
        begin = max(start, len(text) - 2 * (len(text) - begin))
    return found[-_LONGEST:]


def _grams(words: Sequence[str]) -> Iterator[int]:
    """Yield a digest for each stretch of eight words."""
    return map(hash, zip(*(words[skip:] for skip in range(_GRAM)), strict=False))


@dataclass(frozen=True, slots=True)
class _Instructions:
    """What is remembered of an operator's texts."""

    grams: frozenset[int]
    pairs: frozenset[int]
    """Words that follow one another."""
    words: frozenset[int]
    count: int
    longest: int
    """How many characters its longest word has."""


def _learnt(texts: Iterable[str]) -> _Instructions:
    grams: set[int] = set()
    pairs: set[int] = set()
    known: set[int] = set()
    count = longest = 0
    for text in texts:
        words = _spoken(_words_only(text))
        grams.update(_grams(words))
        pairs.update(map(hash, pairwise(words)))
        known.update(map(hash, words))
        count += len(words)
        longest = max(longest, *map(len, words), 0)
    return _Instructions(frozenset(grams), frozenset(pairs), frozenset(known), count, longest)


class Leakage:
    """Makes, for each exchange, the detector that knows its instructions."""

    name = "leakage"
    kinds = frozenset({"leakage"})

    def __init__(self, *, most: int = _MOST_WORDS) -> None:
        """Remember instructions of up to *most* words altogether."""
        self._most = most
        self._learnt: dict[bytes, _Instructions] = {}

    def about(self, asked: Sequence[Segment], fold: _Fold) -> "Recalled | None":
        """Return a detector of what the operator says in *asked*, which detectors read as *fold* has it; None without."""
        texts = tuple(segment.text for segment in asked if segment.origin is Origin.OPERATOR)
        if not any(texts):
            return None
        digest = blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        instructions = self._learnt.get(digest) or self._learn(digest, map(fold, texts))
        if not instructions.grams:
            return None
        known = tuple(segment.text for segment in asked if segment.origin in _KNOWN_TO_THE_CALLER)
        return Recalled(instructions, known, fold, digest.hex())

    def _learn(self, digest: bytes, texts: Iterable[str]) -> _Instructions:
        learnt = _learnt(texts)
        kept = [*self._learnt.items(), (digest, learnt)]
        words = 0
        for place in range(len(kept) - 1, -1, -1):
            words += kept[place][1].count
            if words > self._most and place < len(kept) - 1:
                kept = kept[place + 1 :]
                break
        self._learnt = dict(kept)
        return learnt


@dataclass(slots=True)
class Recalled:
    """Finds one exchange's instructions in its answer."""

    _instructions: _Instructions
    _known: tuple[str, ...]
    _fold: _Fold
    revision: str
    name: str = "leakage"
    kinds: frozenset[str] = frozenset({"leakage"})
    cost: int = 0
    readings: frozenset[str] = frozenset({"folded", "decoded"})
    origins: frozenset[Origin] = frozenset({Origin.MODEL})
    look_behind: int = _LONGEST_TAG
    _said: frozenset[int] | None = field(default=None, repr=False)
    """The stretches that the caller knows; made when one is first found."""

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        """Report the matches that begin at or after *start*, ordered by start."""
        if origin is not Origin.MODEL:
            return
        text = _words_only(text)
        words = _spoken(text, start)
        step = _GRAM - 1
        if self._instructions.pairs.isdisjoint(map(hash, zip(words[::step], words[1::step], strict=False))):
            return
        grams = list(_grams(words))
        if self._instructions.grams.isdisjoint(grams):
            return
        leaked = self._instructions.grams - self._known_grams()
        places = [place for place, gram in enumerate(grams) if gram in leaked]
        beyond = places[_MOST_PLACES] if len(places) > _MOST_PLACES and len(text) >= STREAMED else len(grams)
        found = list(islice(_expression(text).finditer(text, start), beyond + _LONGEST))
        follows = 0
        matches = [self._match(found[beyond].start(), len(text), _LONGEST)] if beyond < len(grams) else []
        for place in range(min(beyond + _LONGEST, len(grams)) - 1, -1, -1):
            follows = follows + 1 if grams[place] in leaked else 0
            if follows and place < beyond:
                count = min(follows + _GRAM - 1, _LONGEST)
                matches.append(self._match(found[place].start(), found[place + count - 1].end(), count))
        yield from reversed(matches)

    def _match(self, start: int, end: int, count: int) -> Match:
        return Match(start, end, "leakage.system_prompt", self._score(count), "instructions")

    def _score(self, count: int) -> float:
        if count >= _SURER:
            return 0.95
        whole = count >= _SHARED_WORDS and count >= _SHARE * self._instructions.count
        return 0.8 if whole or count >= _SURE else 0.5

    def _known_grams(self) -> frozenset[int]:
        if self._said is None:
            self._said = frozenset(
                gram for text in self._known for gram in _grams(_spoken(_words_only(self._fold(text))))
            )
        return self._said

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        if origin is not Origin.MODEL:
            return len(text)
        unfinished = _UNFINISHED.search(text, max(start, len(text) - _LONGEST_TAG))
        position = unfinished.start() if unfinished else len(text)
        text = _words_only(text[:position])
        found = _last_words(text, start)
        if found and not unfinished and found[-1].end() == len(text) and not _alone(found[-1][0]):
            position = found.pop().start()
            if len(text) - position > self._instructions.longest:
                return len(text)
        words = [word[0].casefold() for word in found]
        for place in range(len(words) - 1, -1, -1):
            if not self._goes_on(words[place:]):
                break
            position = found[place].start()
        return position

    def _goes_on(self, words: Sequence[str]) -> bool:
        """Say whether a match may begin with *words*, given that one may begin with all but the first."""
        instructions = self._instructions
        if len(words) == 1:
            return hash(words[0]) in instructions.words
        if len(words) < _GRAM:
            return hash((words[0], words[1])) in instructions.pairs
        return hash(tuple(words[:_GRAM])) in instructions.grams


def _alone(word: str) -> bool:
    """Say whether *word* is a character of a script without spaces, which no further text makes longer."""
    return re.fullmatch(rf"[{_UNSPACED}]", word) is not None
