"""
Readings: every way to read a text, with the way home.

Rules:

1. A Reading never changes what is sent. It is a text for detectors, and a map that turns what they find in it into
   stretches of the original.
2. There are three families: `raw` is the text as written, `folded` is it folded (see `folding`), `decoded` is every
   stretch that decodes to readable text (see `decoding`), folded, and what that decodes to in turn.
3. Expansion is capped in depth and, for texts that do not stream, in number. What a cap leaves unread is reported as
   `obfuscation.cap`.
4. Readings are local: those that begin before `hold` do not change when text is appended. Whole-text decodings (rot13,
   reversed) are not local, so texts by a model, which may stream, are not read in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from string import ascii_letters

from yett.guard.decoding import LOOK_BEHIND, decodings, hinted, hold, whole_decodings
from yett.guard.folding import Folded, Folding, in_word
from yett.model.finding import Match
from yett.model.segment import Origin

__all__ = ["Reading", "Readings"]

_DEPTH = 3
_STRETCHES = 256


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
    carrier: tuple[int, int] | None = None
    """The stretch of the original that was decoded; a find anywhere in the reading is a find of the whole stretch."""

    def home(self, start: int, end: int) -> tuple[int, int]:
        """Map the characters *start* to *end* of this reading to the original text."""
        if self.carrier:
            return self.carrier
        return self.folded.home(start, end) if self.folded else (start, end)


@dataclass(frozen=True, slots=True)
class _Stretch:
    name: str
    carrier: tuple[int, int]
    text: str


class Readings:
    """Makes the readings of texts."""

    def __init__(self, *, depth: int = _DEPTH, stretches: int = _STRETCHES) -> None:
        """Decode to *depth*, and at most *stretches* stretches of a text that does not stream."""
        self._folding = Folding()
        self._depth = depth
        self._stretches = stretches

    def of(self, text: str, origin: Origin, start: int = 0) -> tuple[list[Reading], list[Match]]:
        """Return the readings of *text* from *start* on, and what making them has shown."""
        folded = self._folding.fold(text)
        readings = [
            Reading("raw", "", text, start),
            Reading("folded", "", folded.text, folded.away(start), folded),
        ]
        homes = [folded.home(*span) for span in folded.mixed]
        shown = [Match(*home, "obfuscation.confusable", 0.5) for home in homes if home[0] >= start]
        if not hinted(text) and (folded.text == text or not hinted(folded.text)):
            return readings, shown
        stretches = self._stretches_of(text, folded, origin, start)
        most = None if origin is Origin.MODEL else self._stretches
        for stretch in islice(stretches, most):
            readings.append(
                Reading("decoded", stretch.name, self._folding.fold(stretch.text).text, carrier=stretch.carrier),
            )
            if stretch.name.count(">") == self._depth - 1 and next(decodings(stretch.text), None):
                shown.append(Match(*stretch.carrier, "obfuscation.cap", 1.0))
        shown += [Match(*stretch.carrier, "obfuscation.cap", 1.0) for stretch in islice(stretches, 1)]
        return readings, shown

    def _stretches_of(self, text: str, folded: Folded, origin: Origin, start: int) -> Iterator[_Stretch]:
        layer = [
            _Stretch(found.means, folded.home(found.start, found.end), found.text)
            for found in decodings(folded.text, folded.away(start))
        ]
        if folded.text != text:
            layer += [
                _Stretch(found.means, (found.start, found.end), found.text)
                for found in decodings(text, start)
                if found.means == "tags"
            ]
        if origin is not Origin.MODEL:
            layer += [_Stretch(found.means, (0, len(text)), found.text) for found in whole_decodings(folded.text)]
        for _ in range(self._depth):
            yield from layer
            layer = [
                _Stretch(f"{stretch.name}>{found.means}", stretch.carrier, found.text)
                for stretch in layer
                for found in decodings(stretch.text)
            ]

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
