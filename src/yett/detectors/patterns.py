"""
Patterns: all rules in one database; the detector `patterns`.

Rules:

1. What is reported does not depend on whether hyperscan is there: it only says early which rules need not be asked.
2. Detection is local: what begins at or after *start* depends on `look_behind` characters before it and on no more.
3. A text is given up when more in it looks like a match than is looked at: that a detector fails is a finding, too.
   Windows of a stream are not, since how it is cut must not matter; they are short.
4. `hold` never lies inside anything that a rule's pattern matches, believed or not: searching from there on then finds
   what searching from the beginning would. Nor does it lie behind a match whose surroundings are still to come.

The way of a text: the gate names the rules that may match (microseconds for hundreds of them), each of these says where
and how sure it is, overlaps are resolved, and byte offsets become characters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import repeat

from yett.detectors.allowing import NOTHING, Allowed
from yett.detectors.expression import Spans
from yett.detectors.gate import Gate, Stretches
from yett.detectors.overlaps import resolved
from yett.detectors.reach import Reaches
from yett.detectors.rule import ALL, Places, Rule, Scanner, longest
from yett.detectors.surroundings import Surroundings
from yett.model.finding import Match
from yett.model.kinds import family
from yett.model.segment import Origin
from yett.ports.detector import STREAMED

__all__ = ["PatternSet", "TooMany", "revision_of"]

# Part of every revision: changes whenever this room's code may report something else for the same rules.
_VERSION = b"6"
# How many matches are looked at more closely in one text: so many, or one for so many bytes. Each takes some microseconds,
# and one of a secret as long as so many others.
_MOST = 10_240
_BYTES_FOR_EACH = 96
_SECRET = 4


def revision_of(rules: Sequence[Rule]) -> str:
    """Return the revision that a set of *rules* would have, without compiling it."""
    told = [
        (
            *(rule.id, rule.kind, rule.pattern, rule.score, rule.seen, sorted(rule.origins)),
            *(rule.validator, rule.context, rule.beside),
        )
        for rule in rules
    ]
    return sha256(_VERSION + repr(told).encode()).hexdigest()


class TooMany(ValueError):
    """A text in which so much looks like a match that looking at all of it would take too long."""


class PatternSet:
    """A detector made of rules."""

    __slots__ = (
        "_allowed",
        "_for_origin",
        "_gate",
        "_reaches",
        "_scanners",
        "_spoken",
        "cost",
        "kinds",
        "look_behind",
        "name",
        "origins",
        "readings",
        "revision",
        "rules",
    )

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        hyperscan: bool = True,
        saved: bytes = b"",
        name: str = "patterns",
        allowed: Allowed = NOTHING,
    ) -> None:
        """
        Compile *rules*; what is *allowed* is not reported.

        *saved* is what `dump` gave for the same rules, or whatever is there in its stead.
        """
        self.name = name
        self.cost = 0
        self.rules = tuple(rules)
        self._allowed = allowed
        self.revision = revision_of(self.rules) + (allowed.revision if allowed else "")
        self.kinds = frozenset(family(rule.kind) for rule in self.rules)
        self.readings = frozenset({"folded", "decoded"})
        self._scanners = tuple(Scanner(rule) for rule in self.rules)
        self.look_behind = max((scanner.look_behind for scanner in self._scanners), default=0)
        # A rule that its words alone make sure enough is not asked about a text without them; the words stand behind the
        # patterns in the gate.
        wordy = [(index, scanner.spoken) for index, scanner in enumerate(self._scanners) if scanner.spoken]
        self._spoken = {index: len(self.rules) + place for place, (index, _) in enumerate(wordy)}
        patterns = [*(rule.pattern for rule in self.rules), *(words for _, words in wordy)]
        lengths = [*(scanner.longest for scanner in self._scanners), *(longest(words) for _, words in wordy)]
        self._gate = Gate(patterns, self._own(saved), lengths) if hyperscan else None
        self._for_origin = {
            origin: frozenset(
                index for index, rule in enumerate(self.rules) if not rule.origins or origin in rule.origins
            )
            for origin in Origin
        }
        self.origins = frozenset(origin for origin, wanted in self._for_origin.items() if wanted)
        self._reaches: dict[frozenset[int], Reaches] = {}

    def dump(self) -> bytes:
        """Return the compiled database, to be handed to the next one as *saved*; bound to version and processor."""
        return revision_of(self.rules).encode() + b"\n" + self._gate.dump() if self._gate else b""

    def _own(self, saved: bytes) -> bytes:
        revision, _, database = saved.partition(b"\n")
        return database if revision == revision_of(self.rules).encode() else b""

    def detect(self, text: str, origin: Origin, start: int = 0) -> list[Match]:
        """
        Report the matches that begin at or after *start*, ordered by start.

        Raises:
            TooMany: more in the text looks like a match than is looked at.
        """
        base = max(0, start - self.look_behind)
        data, begin = _encoded(text, base, start)
        around = Surroundings(data)
        streams = origin is Origin.MODEL and len(text) < STREAMED
        looked = self._places(around, origin, begin, ALL if streams else max(_MOST, len(data) // _BYTES_FOR_EACH))
        if not looked:
            return []
        sure = [(scanner.rule, *scanner.sure(around, places)) for scanner, places in looked]
        place = _placed(data, (offset for _, spans, _ in sure for span in spans for offset in span), base)
        matches = resolved(
            [match for rule, spans, scores in sure if spans for match in _matches(rule, spans, scores, place)]
        )
        if not self._allowed:
            return matches
        return [match for match in matches if not self._allowed.allows(match.kind, text[match.start : match.end])]

    def _places(self, around: Surroundings, origin: Origin, begin: int, most: int) -> list[tuple[Scanner, Places]]:
        """Return what each rule finds, if it is no more than *most* together: finding costs less than looking closely."""
        looked = []
        for scanner, stretches in self._opened(around.data, origin, settled=True):
            price = _SECRET if family(scanner.rule.kind) == "secret" else 1
            places = scanner.places(around, 0 if scanner.triggered else begin, stretches, most // price + 1)
            most -= price * len(places.spans)
            if most < 0:
                raise TooMany("more places look like a match than are looked at")
            if places.spans:
                looked.append((scanner, places.since(begin)))
        return looked

    def why(self, text: str, match: Match) -> str:
        """Say in words what makes *match*, which was reported in *text*, as sure as it is."""
        around = Surroundings(text.encode(errors="replace"))
        begin, end = (len(text[:place].encode(errors="replace")) for place in (match.start, match.end))
        return next(
            (
                scanner.why(around, (begin, end))
                for scanner in self._scanners
                if scanner.rule.id == match.rule and (begin, end) in scanner.places(around, 0).spans
            ),
            "",
        )

    def _opened(self, data: bytes, origin: Origin, *, settled: bool) -> Iterator[tuple[Scanner, Stretches]]:
        """Yield the rules that may match in *data*, and the stretches that all of it begins in, where those are known."""
        wanted = self._for_origin[origin]
        if not self._gate:
            yield from ((self._scanners[index], None) for index in wanted)
            return
        opened = self._gate.opened(data)
        for index in wanted & opened.keys():
            if not settled or self._spoken.get(index, index) in opened:
                yield self._scanners[index], opened[index]

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return the first position, from *start* to `len(text)`, that further text may still concern."""
        base = max(0, start - self.look_behind)
        data, begin = _encoded(text, base, start)
        settled = self._reach(origin).start(data, begin)
        end = len(data)
        around = Surroundings(data)
        spans = [
            (start, stop, stop + scanner.look_ahead > end)
            for scanner, stretches in self._opened(data, origin, settled=False)
            for start, stop in scanner.places(around, 0 if scanner.triggered else begin, stretches).wholes
        ]
        for first, last, unsure in sorted(spans, reverse=True):
            if first < settled and (unsure or last > settled):
                settled = first
        return max(start, base + (settled if end == len(text) - base else len(data[:settled].decode())))

    def _reach(self, origin: Origin) -> Reaches:
        wanted = self._for_origin[origin]
        if wanted not in self._reaches:
            rules = (self.rules[index] for index in sorted(wanted))
            self._reaches[wanted] = Reaches((family(rule.kind), rule.pattern) for rule in rules)
        return self._reaches[wanted]


def _matches(rule: Rule, spans: Spans, scores: Iterable[float], place: Mapping[int, int] | range) -> Iterable[Match]:
    """Make the matches of *rule*; where there are tens of thousands, to call a function for each would take long."""
    starts, ends = (map(place.__getitem__, offsets) for offsets in zip(*spans, strict=True))
    return map(
        partial(tuple.__new__, Match), zip(starts, ends, repeat(rule.kind), scores, repeat(rule.id), strict=False)
    )


def _encoded(text: str, base: int, start: int) -> tuple[bytes, int]:
    """Return *text* from *base* on as UTF-8, and where *start* is in it."""
    data = (text[base:] if base else text).encode(errors="replace")
    if start == base or text.isascii():
        return data, start - base
    return data, len(text[base:start].encode(errors="replace"))


def _placed(data: bytes, offsets: Iterable[int], base: int) -> Mapping[int, int] | range:
    """Map byte *offsets* into *data*, which begins at the character *base*, to characters."""
    if data.isascii():
        return range(base, base + len(data) + 1)
    placed: dict[int, int] = {}
    last = 0
    characters = base
    for offset in sorted(set(offsets)):
        characters += len(data[last:offset].decode(errors="ignore"))
        placed[offset] = characters
        last = offset
    return placed
