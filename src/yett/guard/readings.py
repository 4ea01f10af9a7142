"""
Readings: every way to read a text, with the way home.

Rules:

1. A Reading never changes what is sent. It is a text for detectors, and a map that turns what they find in it into
   stretches of the original.
2. There are three families: `raw` is the text as written, `folded` is it folded (see `folding`), `decoded` is every
   stretch that decodes to readable text (see `decoding`), folded, what that decodes to in turn, and what is disguised
   (see `codes`, `disguise`, `leaves` and `turning`).
3. Expansion is capped in depth and, for texts that do not stream, in number and size. What a cap leaves unread is
   reported as `obfuscation.cap`.
4. Readings are local: those that begin before `hold` do not change when text is appended. What is disguised is not read
   locally, so texts by a model, which may stream, are not read so, and each of their stretches is read by itself. In
   other texts all that was decoded alike is one reading, line by line.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, takewhile
from string import ascii_letters

import re2

from yett.guard.codes import codes
from yett.guard.decoding import LOOK_BEHIND, UNSEEN, Decoded, attempts, decodings, hold
from yett.guard.disguise import APART, SIGNED, despaced, leet
from yett.guard.folding import Folded, Folding, in_word
from yett.guard.leaves import LEAF, leaves
from yett.guard.piece import Piece, TooManyPlaces
from yett.guard.turning import BLOCK, HINT, turned
from yett.model.finding import Match
from yett.model.segment import Origin

__all__ = ["Reading", "Readings", "Source"]

_DEPTH = 3
_STRETCHES = 8_192
_CHARACTERS = 262_144
_AT_ONCE = 65_536
_DISGUISES = (leet, despaced, leaves, turned)
# What one of these looks for, so that most texts are searched once for all of it.
_DISGUISED = re2.compile(f"{SIGNED}|{APART}|{LEAF}|{HINT}".encode())


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text."""

    family: str
    """`raw`, `folded` or `decoded`."""
    name: str
    """How it came about, such as `base64>hex`; empty for the raw and the folded text."""
    text: str
    start: int = 0
    """Where in *text* to begin looking; what stands before is context."""
    folded: Folded | None = None
    """How *text* was folded out of what it was before."""
    source: "Source | None" = None
    """What it was before, where that is not the original."""

    @property
    def at_home(self) -> bool:
        """Whether its characters are those of the original text, each in its place."""
        return self.source is None and (self.folded is None or self.folded.in_place)

    def home(self, start: int, end: int) -> tuple[int, int]:
        """Map the characters *start* to *end* of this reading to the original text."""
        if self.folded:
            start, end = self.folded.home(start, end)
        return self.source.home(start, end) if self.source else (start, end)


class Source:
    """Pieces of a text, one after the other, a line's end between them."""

    __slots__ = ("_folded", "_pieces", "_places", "text")

    def __init__(self, pieces: list[Piece], folded: Folded | None = None) -> None:
        """Join *pieces* of a text, or of what it is *folded* to."""
        self._pieces = pieces
        self._folded = folded
        self._places = [0, *accumulate(len(piece.text) + 1 for piece in pieces)]
        self.text = "\n".join(piece.text for piece in pieces)

    @property
    def name(self) -> str:
        """How the first of the pieces is read; they are all read alike."""
        return self._pieces[0].name

    def home(self, start: int, end: int) -> tuple[int, int]:
        """Map the characters *start* to *end* to the text."""
        first, last = self._of(start, start + 1), self._of(max(start, end - 1), end)
        lowest, highest = min(first[0], last[0]), max(first[1], last[1])
        return self._folded.home(lowest, highest) if self._folded else (lowest, highest)

    def _of(self, start: int, end: int) -> tuple[int, int]:
        number = min(bisect_right(self._places, start), len(self._pieces)) - 1
        piece = self._pieces[number]
        start = min(start - self._places[number], len(piece.text) - 1)
        return piece.home(start, min(end - self._places[number], len(piece.text)))


class _Allowance:
    """How much of a text that does not stream may still be read otherwise."""

    __slots__ = ("characters", "stretches")

    def __init__(self, stretches: int, characters: int) -> None:
        self.stretches = stretches
        self.characters = characters

    def takes(self, piece: Piece | None) -> bool:
        """Count *piece*, or a try that came to nothing; say whether it was still allowed."""
        self.stretches -= 1
        if piece:
            # What was encoded costs several layers of looking; what is only written otherwise, one.
            self.characters -= len(piece.text) // (4 if piece.starts else 1)
        return self.stretches >= 0 and self.characters >= 0


class Readings:
    """Makes the readings of texts."""

    def __init__(self, *, depth: int = _DEPTH, stretches: int = _STRETCHES, characters: int = _CHARACTERS) -> None:
        """Decode to *depth*; at most *stretches*, with *characters* altogether, of a text that does not stream."""
        self._folding = Folding()
        self._depth = depth
        self._stretches = stretches
        self._characters = characters

    def of(self, text: str, origin: Origin, start: int = 0) -> tuple[list[Reading], list[Match]]:
        """Return the readings of *text* from *start* on, and what making them has shown."""
        streams = origin is Origin.MODEL
        folded = self._folding.fold(text, streams=streams)
        readings = [
            Reading("raw", "", text, start),
            Reading("folded", "", folded.text, folded.away(start), folded),
        ]
        homes = [folded.home(*span) for span in folded.mixed]
        shown = [Match(*home, "obfuscation.confusable", 0.5) for home in homes if home[0] >= start]
        if folded.capped is not None:
            shown.append(_cap(*folded.home(folded.capped, len(folded.text))))
        allowance = None if streams else _Allowance(self._stretches, self._characters)
        for first, under in self._firsts(text, folded, start, streams=streams):
            pieces, unread = self._read(first, allowance)
            readings += self._decoded(pieces, under, streams=streams)
            for begin, end in unread:
                whole = (0, len(text)) if end is None else under.home(begin, end) if under else (begin, end)
                shown.append(_cap(*whole))
        return readings, shown

    def _firsts(
        self, text: str, folded: Folded, start: int, *, streams: bool
    ) -> Iterator[tuple[Iterator[Piece | None], Folded | None]]:
        """Yield the pieces that *text* shows by itself, each kind with what its places count in."""
        away = folded.away(start)
        carriers = _pieces(attempts(folded.text, away, len(folded.text) or 1 if streams else _AT_ONCE))
        yield (carriers if streams else chain(carriers, _disguised(folded.text))), folded
        if folded.text != text:
            # Folding takes out what nobody sees, and with it what is written in tags and selectors.
            yield (piece for piece in _pieces(decodings(text, start)) if piece and piece.name in UNSEEN), None

    def _read(
        self, layer: Iterable[Piece | None], allowance: _Allowance | None
    ) -> tuple[list[Piece], list[tuple[int, int | None]]]:
        """Return the pieces of *layer* and what is in them in turn, and which stretches were left unread."""
        pieces: list[Piece] = []
        carriers: list[Piece] = []
        for _ in range(self._depth):
            read: list[Piece] = []
            try:
                for piece in _allowed(layer, allowance):
                    read.append(piece)  # noqa: PERF402 - what was read before there was too much stays
            except TooManyPlaces as unread:
                return pieces + read, [(unread.start, unread.end)]
            pieces += read
            carriers = [piece for piece in read if not piece.starts]
            layer = _nested(carriers)
        return pieces, list(dict.fromkeys((each.start, each.end) for each in _nested(carriers) if each))

    def _decoded(self, pieces: Sequence[Piece], under: Folded | None, *, streams: bool) -> list[Reading]:
        """Return readings of *pieces*: one for each in a stream, else one for all that were read alike."""
        alike: dict[object, list[Piece]] = {}
        for number, piece in enumerate(pieces):
            alike.setdefault(number if streams else piece.name, []).append(piece)
        sources = [Source(members, under) for members in alike.values()]
        return [self._reading(source, streams=streams) for source in sources]

    def _reading(self, source: Source, *, streams: bool) -> Reading:
        folded = self._folding.fold(source.text, streams=streams)
        return Reading("decoded", source.name, folded.text, folded=folded, source=source)

    def hold(self, text: str, folded: Folded) -> int:
        """Return from which position on further text may still change the readings of *text*, which is *folded* so."""
        held = hold(folded.text[: folded.settled])
        return min(folded.home(held, held)[0], hold(text))

    def fold(self, text: str) -> Folded:
        """Fold *text*."""
        return self._folding.fold(text)

    def context(self, text: str, position: int, reach: int) -> str:
        """
        Return what must stand before *position* so that what follows is read as it is in the whole of *text*.

        That is *reach* characters, as written and as folded, and what else there is in the word that they begin in. Of
        long words only that is kept which says whether they mix letters, and of what nobody sees only what is near, so
        no text can make the context long.
        """
        reach = max(reach, LOOK_BEHIND)
        begin = max(0, position - reach)
        while begin and text[begin - 1] in ascii_letters and position - begin < 2 * reach:
            begin -= 1
        if text[max(0, begin - 1) : position].isascii() and (not begin or text[begin - 1] not in ascii_letters):
            return text[begin:position]
        return self._compressed(text, position, reach)

    def _compressed(self, text: str, position: int, reach: int) -> str:
        kept: list[str] = []
        folded = 0
        word: set[bool] = set()
        """Whether the word at the beginning of what is kept has letters that are ASCII, and such that are not."""
        for index in range(position - 1, -1, -1):
            piece = self._folding[ord(text[index])]
            near = position - index <= reach
            if not near and folded >= reach:
                if not word or (piece and not in_word(piece[-1])):
                    break
                if piece and all(map(in_word, piece)) and {letter.isascii() for letter in piece} <= word:
                    continue
            if piece or near:
                kept.append(text[index])
            folded += len(piece)
            leading = list(takewhile(in_word, piece))
            word = {letter.isascii() for letter in leading} | (word if len(leading) == len(piece) else set())
        return "".join(reversed(kept))


def _allowed(layer: Iterable[Piece | None], allowance: _Allowance | None) -> Iterator[Piece]:
    for piece in layer:
        if allowance and not allowance.takes(piece):
            raise TooManyPlaces(*(piece[1:3] if piece else ()))
        if piece:
            yield piece


def _pieces(found: Iterable[Decoded | None]) -> Iterator[Piece | None]:
    return (each and Piece(each.means, each.start, each.end, each.text) for each in found)


def _nested(carriers: Sequence[Piece]) -> Iterator[Piece | None]:
    """Yield what is in *carriers* in turn; they are looked through together, since no carrier goes beyond a line."""
    if not carriers:
        return
    places = list(accumulate((len(each.text) + 1 for each in carriers), initial=0))
    for found in attempts("\n".join(each.text for each in carriers), 0, _AT_ONCE):
        if found is None:
            yield None
            continue
        outer = carriers[bisect_right(places, found.start) - 1]
        yield Piece(f"{outer.name}>{found.means}", outer.start, outer.end, found.text)


def _disguised(text: str) -> Iterator[Piece | None]:
    data = text.encode("ascii", "replace")
    yield from codes(text, data)
    if _DISGUISED.search(data) is None:
        # In a block that is cut out of a longer text, half a word may be a hint.
        yield from turned(text, data, hinted=len(data) > BLOCK)
        return
    for disguise in _DISGUISES:
        yield from disguise(text, data)


def _cap(start: int, end: int) -> Match:
    return Match(start, end, "obfuscation.cap", 1.0)
