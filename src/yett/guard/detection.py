"""
Detection: run detectors over the readings of texts; a failure is a finding.

Rules:

1. A detector that raises, reports what cannot be, or does not end in time yields the finding `detector.unavailable` for
   the whole text, with the reason as its rule, and the receipt names it. What the others see stands. This is one of the
   three places that catch every exception.
2. A detector is handed no text that it does not read.
3. Matches are remembered by the digest of the text, its origin and the detector, so that a conversation that grows
   costs only what is new. The memory holds no text.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from hashlib import blake2b
from typing import NamedTuple

from yett.guard.joining import Joint
from yett.guard.readings import Reading, Readings
from yett.guard.returning import Return
from yett.guard.sight import Sight, seen_at_home, sound
from yett.model.finding import Finding, Match
from yett.model.kinds import family
from yett.model.segment import Origin, Segment
from yett.ports.detector import Detector, Telling
from yett.ports.watch import Watch

__all__ = [
    "DEADLINE",
    "ORDERS",
    "RAISED",
    "READINGS",
    "STREAM",
    "UNAVAILABLE",
    "Detection",
    "Read",
    "Seen",
    "unreturned",
]

_REMEMBERED = 8192
ORDERS = "injection"
"""The family that is also looked for across pieces."""
_JOINED = 1
"""How dear a detector may be that also reads pieces joined."""
_ACROSS = -1
"""Where a tier's number stands among what is remembered, for pieces joined."""
READINGS = "readings"
"""The name under which the making of readings reports."""
STREAM = "stream"
"""The name under which a stream reports that it holds more than it may, and an inspection that its time is up."""
DEADLINE = "deadline"
"""Why a detector is not available that took longer than it may."""
RAISED = "raised"
"""Why a detector is not available that broke, or reported what cannot be."""
UNAVAILABLE = "detector.unavailable"
"""The kind of finding that tells of it."""


class Seen(NamedTuple):
    """What the detectors of one tier saw in one text."""

    sights: tuple[Sight, ...]
    failed: tuple[str, ...] = ()
    """The names of those that failed."""


_VALUES = frozenset({"pii", "secret"})
_Key = tuple[bytes, Origin, int]


class Detection:
    """The detectors of a house, and how they are run: in tiers of like cost, the cheapest first."""

    def __init__(self, detectors: Sequence[Detector], *, remembered: int = _REMEMBERED) -> None:
        """Run *detectors*; remember what was seen at least *remembered* times, at most twice as often."""
        self.detectors = tuple(sorted(detectors, key=lambda detector: detector.cost))
        names = [detector.name for detector in self.detectors]
        if len({*names, READINGS, STREAM}) != len(names) + 2:
            raise ValueError(f"detectors need names of their own: {', '.join(names)}")
        costs = sorted({detector.cost for detector in self.detectors}) or [0]
        self.tiers = tuple(tuple(each for each in self.detectors if each.cost == cost) for cost in costs)
        self.readers = tuple(map(_readers, self.tiers))
        """By tier and origin, the names of those that read."""
        self._feeding: dict[frozenset[str], tuple[int, ...]] = {}
        """The tiers that feed some families, but for those of one exchange."""
        self._readings = Readings()
        self.judging = frozenset(detector.name for detector in self.detectors if detector.cost)
        """The names of those that judge texts as a whole."""
        self._reach = max((detector.look_behind for detector in self.detectors), default=0)
        # Two generations: when the young one is full it becomes the old one, which nobody has to search for the oldest.
        self._young: dict[_Key, Seen] = {}
        self._old: dict[_Key, Seen] = {}
        self._remembered = remembered
        self._lasting = len(self.tiers)
        """How many tiers there are beside those of one exchange."""
        self.revision = ",".join(f"{detector.name}:{detector.revision}" for detector in self.detectors)

    def beside(self, extra: Sequence[Detector]) -> "Detection":
        """Return this with *extra* detectors, cheap ones that serve one exchange; what they see is not remembered."""
        if not extra:
            return self
        one = copy(self)
        one._join(tuple(extra))  # noqa: SLF001 - one of its own kind
        return one

    def _join(self, extra: tuple[Detector, ...]) -> None:
        self.detectors = (*self.detectors, *extra)
        self.tiers = (*self.tiers, extra)
        self.readers = (*self.readers, _readers(extra))
        self._reach = max(self._reach, *(detector.look_behind for detector in extra))

    def feeding(self, families: Iterable[str]) -> tuple[Detector, ...]:
        """Return the detectors that may report kinds of *families*."""
        wanted = frozenset(families)
        return tuple(detector for detector in self.detectors if detector.kinds & wanted)

    def tiers_for(self, families: frozenset[str]) -> tuple[int, ...]:
        """Return the tiers that must run for *families*: the cheapest always, it also tells what the readings show."""
        tiers = self._feeding.get(families)
        if tiers is None:
            tiers = self._feeding[families] = (0, *self._fed(families, range(1, self._lasting)))
        return tiers if len(self.tiers) == self._lasting else (*tiers, *self._fed(families, self._passing))

    @property
    def _passing(self) -> range:
        """The tiers of one exchange."""
        return range(self._lasting, len(self.tiers))

    def _fed(self, families: frozenset[str], tiers: Iterable[int]) -> Iterator[int]:
        """Yield those of *tiers* that feed *families*."""
        return (tier for tier in tiers if any(each.kinds & families for each in self.tiers[tier]))

    def cheap(self, families: frozenset[str]) -> bool:
        """Say whether no detector that feeds *families* is a dear one."""
        return all(tier == 0 or tier >= self._lasting for tier in self.tiers_for(families))

    def see(self, read: "Read", tier: int, watch: Watch | None = None) -> Seen:
        """Let the detectors of *tier* read the whole of a text, under *watch*."""
        if tier >= self._lasting:
            return self._seen(read, self.tiers[tier], watch, shows=False)
        key = (read.digest, read.origin, tier)
        known = self._young.get(key) or self._old.get(key)
        return known or self._kept(key, self._seen(read, self.tiers[tier], watch, shows=tier == 0))

    def across(self, joint: Joint, watch: Watch | None = None) -> Seen:
        """Let the detectors of orders read *joint*, unless they are too dear for reading twice."""
        read = self.read(joint.text, joint.origin)
        key = (read.digest, joint.origin, _ACROSS)
        known = self._young.get(key) or self._old.get(key)
        orders = [each for each in self.detectors if ORDERS in each.kinds and each.cost <= _JOINED]
        return known or self._kept(key, self._seen(read, orders, watch, shows=False))

    def read(self, text: str, origin: Origin, start: int = 0) -> "Read":
        """Begin to read *text* from *start* on."""
        return Read(self._readings, text, origin, start)

    def _kept(self, key: _Key, seen: Seen) -> Seen:
        """Remember *seen*, unless something failed."""
        if not seen.failed:
            self._young[key] = seen
            if len(self._young) > self._remembered:
                self._young, self._old = {}, self._young
        return seen

    def _seen(
        self, read: "Read", detectors: Sequence[Detector], watch: Watch | None = None, *, shows: bool = True
    ) -> Seen:
        """Run *detectors* under *watch*; what making the readings *shows* comes along."""
        readings, shown = read.made
        sights = [*seen_at_home(shown, READINGS, readings[0])] if shows else []
        failed = []
        for detector in detectors:
            if read.origin not in detector.origins:
                continue
            found, trouble = _run(detector, readings, read.origin, watch)
            sights += found
            if trouble:
                failed.append(detector.name)
                sights.append(Sight(read.start, len(read.text), UNAVAILABLE, 1.0, trouble, detector.name, ""))
        return Seen(tuple(sights), tuple(failed))

    def why(self, segment: Segment, finding: Finding) -> str:
        """Say in words what makes *finding*, of *segment*, as sure as it is; nothing, when its detector cannot tell."""
        readings, _ = self._readings.of(segment.text, segment.origin)
        for detector in self.detectors:
            if detector.name != finding.detector or not isinstance(detector, Telling):
                continue
            for reading in readings:
                if reading.family not in detector.readings or reading.name != finding.reading:
                    continue
                matches = list(detector.detect(reading.text, segment.origin, reading.start))
                for match, sight in zip(matches, seen_at_home(matches, detector.name, reading), strict=True):
                    if sight.finding(segment) == finding:
                        return detector.why(reading.text, match)
        return ""

    def window(self, text: str, origin: Origin, start: int, watch: Watch | None = None) -> list[Sight]:
        """Let every detector read *text*, a window of a stream, for what begins at or after *start*, under *watch*."""
        seen = self._seen(self.read(text, origin, start), self.detectors, watch)
        return sorted(
            (sight for sight in seen.sights if sight.start >= start),
            key=lambda sight: (sight.start, sight.end, sight.kind, sight.rule, sight.reading),
        )

    def hold(self, text: str, origin: Origin, start: int, watch: Watch | None = None) -> int:
        """Return the first position from *start* on that further text may still concern, as detectors say under *watch*."""
        folded = self._readings.fold(text)
        settled = folded.text[: folded.settled]
        position = self._readings.hold(text, folded)
        for detector in self.detectors:
            if origin not in detector.origins or (watch and watch.begins(detector.name)):
                continue
            if "folded" in detector.readings:
                held = _held(detector, settled, origin, min(len(settled), folded.away(start)))
                position = min(position, folded.home(held, held)[0])
            if "raw" in detector.readings:
                position = min(position, _held(detector, text, origin, start))
            if watch:
                watch.ends(detector.name)
        return max(start, position)

    def fold(self, text: str) -> str:
        """Return *text* as detectors read it folded."""
        return self._readings.fold(text).text

    def behind(self, text: str, position: int) -> str:
        """Return the context that what follows *position* in *text* must be read with."""
        return self._readings.context(text, position, self._reach)


class Read:
    """A text that is being read: its digest and its readings are made when they are first asked for, and once."""

    __slots__ = ("_digest", "_made", "_readings", "origin", "start", "text")

    def __init__(self, readings: Readings, text: str, origin: Origin, start: int) -> None:
        self.text = text
        self.origin = origin
        self.start = start
        """Where in the text to begin looking."""
        self._readings = readings
        self._digest = b""
        self._made: tuple[list[Reading], list[Match]] | None = None

    @property
    def digest(self) -> bytes:
        """The digest of the text."""
        self._digest = self._digest or blake2b(self.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return self._digest

    @property
    def made(self) -> tuple[list[Reading], list[Match]]:
        """The readings, and what making them has shown."""
        if self._made is None:
            self._made = self._readings.of(self.text, self.origin, self.start)
        return self._made


def _readers(detectors: Sequence[Detector]) -> Mapping[Origin, tuple[str, ...]]:
    """Name those of *detectors* that read the texts of each origin."""
    return {origin: tuple(each.name for each in detectors if origin in each.origins) for origin in Origin}


def unreturned(sights: Iterable[Sight], returns: Sequence[Return]) -> list[Sight]:
    """Leave out the values among *sights* that stand within one of *returns*: those are stand-ins, which we wrote."""
    starts = [each.start for each in returns]
    kept = []
    for sight in sights:
        place = bisect_right(starts, sight.start) - 1
        within = place >= 0 and sight.end <= returns[place].end
        if not within or family(sight.kind) not in _VALUES:
            kept.append(sight)
    return kept


def _run(
    detector: Detector, readings: Sequence[Reading], origin: Origin, watch: Watch | None
) -> tuple[Iterable[Sight], str]:
    """Return what *detector* sees, in order and once, and why it is not available; what came too late is seen, too."""
    if watch and (trouble := watch.begins(detector.name)):
        return (), trouble
    try:
        found, trouble = _sights(detector, readings, origin), ""
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever breaks in a detector, a panic in Rust, too, is for policy to judge
        found, trouble = {}, RAISED
    late = watch.ends(detector.name) if watch else ""
    return found, trouble or late


def _sights(detector: Detector, readings: Sequence[Reading], origin: Origin) -> dict[Sight, None]:
    kinds, name = detector.kinds, detector.name
    return dict.fromkeys(
        sight
        for reading in readings
        if reading.family in detector.readings
        for sight in seen_at_home(
            sound(detector.detect(reading.text, origin, reading.start), kinds, len(reading.text)), name, reading
        )
    )


def _held(detector: Detector, text: str, origin: Origin, start: int) -> int:
    try:
        return min(len(text), max(start, detector.hold(text, origin, start)))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - a detector that cannot say what is settled settles nothing
        return start
