"""
Detection: run detectors over the readings of texts; a failure is a finding.

Rules:

1. A Look is one interaction being looked at. Detectors run when a fact that they feed is asked for, and never twice.
2. A detector that raises yields the finding `detector.unavailable` for the whole text, and the receipt names it. This is
   one of the three places that catch every exception.
3. The receipt (Coverage) is written here, by the code that reads.
4. Matches are remembered by the digest of the text, its origin and the detector, so that a conversation that grows
   costs only what is new. The memory holds no text.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from hashlib import blake2b
from typing import NamedTuple, Protocol

from yett.guard.joining import Joint, joints
from yett.guard.readings import Reading, Readings
from yett.guard.returning import NOTHING, Return, Returning
from yett.guard.sight import Sight, seen_at_home
from yett.model.finding import Finding, Match
from yett.model.kinds import family
from yett.model.segment import Origin, Segment
from yett.model.verdict import Coverage
from yett.ports.detector import Detector, Telling

__all__ = [
    "READINGS",
    "STREAM",
    "Detection",
    "Evidence",
    "Informing",
    "Look",
    "Read",
    "Seen",
    "Settled",
    "unreturned",
]

_REMEMBERED = 8192
_ORDERS = "injection"
"""The family that is also looked for across pieces."""
_JOINED = 1
"""How dear a detector may be that also reads pieces joined."""
_LOOSE = 0.8
"""How sure one who judges texts as a whole must be of turns that were said at different times, so that few are misread."""
_ACROSS = -1
"""Where a tier's number stands among what is remembered, for pieces joined."""
READINGS = "readings"
"""The name under which the making of readings reports."""
STREAM = "stream"
"""The name under which a stream reports that it holds more than it may."""


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
        self.names = tuple(tuple(detector.name for detector in tier) for tier in self.tiers)
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
        self.names = (*self.names, tuple(detector.name for detector in extra))
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

    def see(self, read: "Read", tier: int) -> Seen:
        """Let the detectors of *tier* read the whole of a text."""
        if tier >= self._lasting:
            return self._seen(read, self.tiers[tier], shows=False)
        key = (read.digest, read.origin, tier)
        known = self._young.get(key) or self._old.get(key)
        return known or self._kept(key, self._seen(read, self.tiers[tier], shows=tier == 0))

    def across(self, joint: Joint) -> Seen:
        """Let the detectors of orders read *joint*, unless they are too dear for reading twice."""
        read = self.read(joint.text, joint.origin)
        key = (read.digest, joint.origin, _ACROSS)
        known = self._young.get(key) or self._old.get(key)
        orders = [each for each in self.detectors if _ORDERS in each.kinds and each.cost <= _JOINED]
        return known or self._kept(key, self._seen(read, orders, shows=False))

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

    def _seen(self, read: "Read", detectors: Sequence[Detector], *, shows: bool = True) -> Seen:
        """Run *detectors*; what making the readings *shows* comes along."""
        readings, shown = read.made
        sights = [*seen_at_home(shown, READINGS, readings[0])] if shows else []
        failed = []
        for detector in detectors:
            found = _run(detector, readings, read.origin)
            sights += found or ()
            if found is None:
                failed.append(detector.name)
                sights.append(Sight(read.start, len(read.text), "detector.unavailable", 1.0, "", detector.name, ""))
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

    def window(self, text: str, origin: Origin, start: int) -> list[Sight]:
        """Let every detector read *text*, a window of a stream, for what begins at or after *start*."""
        seen = self._seen(self.read(text, origin, start), self.detectors)
        return sorted(
            (sight for sight in seen.sights if sight.start >= start),
            key=lambda sight: (sight.start, sight.end, sight.kind, sight.rule, sight.reading),
        )

    def hold(self, text: str, origin: Origin, start: int) -> int:
        """Return the first position from *start* on that further text may still concern."""
        folded = self._readings.fold(text)
        settled = folded.text[: folded.settled]
        position = self._readings.hold(text, folded)
        for detector in self.detectors:
            if "folded" in detector.readings:
                held = _held(detector, settled, origin, min(len(settled), folded.away(start)))
                position = min(position, folded.home(held, held)[0])
            if "raw" in detector.readings:
                position = min(position, _held(detector, text, origin, start))
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


def _run(detector: Detector, readings: Sequence[Reading], origin: Origin) -> dict[Sight, None] | None:
    """Return what *detector* sees, in order and once; None when it fails."""
    try:
        return dict.fromkeys(
            sight
            for reading in readings
            if reading.family in detector.readings
            for sight in seen_at_home(detector.detect(reading.text, origin, reading.start), detector.name, reading)
        )
    except Exception:  # noqa: BLE001 - whatever breaks in a detector becomes a finding that policy judges
        return None


def _held(detector: Detector, text: str, origin: Origin, start: int) -> int:
    try:
        return detector.hold(text, origin, start)
    except Exception:  # noqa: BLE001 - a detector that cannot say what is settled settles nothing
        return start


class Informing(NamedTuple):
    """Detectors that depend on what was asked, not yet made."""

    kinds: frozenset[str]
    """The families of kinds that they may report."""
    made: Callable[[Detection], Sequence[Detector]]


class Evidence(Protocol):
    """What facts are drawn from."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What was found so far."""
        ...

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The texts that are looked at."""
        ...

    @property
    def failed(self) -> AbstractSet[str]:
        """The detectors that failed."""
        ...

    def cheap(self, families: frozenset[str]) -> bool:
        """Say whether no detector that feeds *families* is a dear one."""
        ...

    def look_for(self, families: frozenset[str]) -> None:
        """See to it that every detector that feeds *families* has run."""
        ...

    def nothing_in(self, families: frozenset[str]) -> bool:
        """Look for *families*, the cheapest first, until something is found; say whether nothing was, and nothing failed."""
        ...

    def unavailable(self, wanted: str) -> bool:
        """Say whether what feeds the family *wanted* failed."""
        ...


class Look:
    """One interaction being looked at."""

    __slots__ = (
        "_detection",
        "_informed",
        "_joints",
        "_reads",
        "_returning",
        "_seen",
        "failed",
        "families",
        "findings",
        "segments",
    )

    def __init__(
        self,
        detection: Detection,
        segments: tuple[Segment, ...],
        returning: Returning = NOTHING,
        informed: Informing | None = None,
    ) -> None:
        """
        Begin to look at *segments* with *detection*; what is *returning* in them is no finding.

        What is *informed* is made when somebody asks for what it may report.
        """
        self.segments = segments
        self.findings: list[Finding] = []
        self.families: frozenset[str] = frozenset()
        """The families of kinds that have been looked for."""
        self.failed: set[str] = set()
        """The detectors that failed on some text."""
        self._detection = detection
        self._returning = returning
        self._informed = informed
        self._reads: list[Read] = []
        self._seen: dict[int, list[Seen]] = {}
        self._joints: tuple[Joint, ...] | None = None

    def look_for(self, families: frozenset[str]) -> None:
        """Run the detectors that feed *families* and have not run yet."""
        if families <= self.families:
            return
        for tier in self._tiers(families):
            if tier not in self._seen:
                self._run(tier)
        self._looked_for(families)

    def nothing_in(self, families: frozenset[str]) -> bool:
        """Look for *families*, the cheapest first, until something is found; say whether nothing was, and nothing failed."""
        if not families <= self.families:
            for tier in self._tiers(families):
                if self.findings or self.failed:
                    return False
                if tier not in self._seen:
                    self._run(tier)
            if self.findings or self.failed:
                return False
            self._looked_for(families)
        return not self.findings and not self.failed

    def _tiers(self, families: frozenset[str]) -> tuple[int, ...]:
        if self._informed and not self._informed.kinds.isdisjoint(families):
            self._detection = self._detection.beside(self._informed.made(self._detection))
            self._informed = None
        return self._detection.tiers_for(families)

    def _looked_for(self, families: frozenset[str]) -> None:
        """Note that *families* were looked for in every piece; look for orders across them, too."""
        self.families |= families
        if _ORDERS in families and self._joints is None:
            self._joints = joints(self.segments)
            self.findings += dict.fromkeys(found for joint in self._joints for found in self._across(joint))

    def cheap(self, families: frozenset[str]) -> bool:
        """Say whether no detector that feeds *families* is a dear one."""
        return self._detection.cheap(families)

    def _run(self, tier: int) -> None:
        self._reads = self._reads or [self._detection.read(each.text, each.origin) for each in self.segments]
        self._seen[tier] = []
        for segment, read in zip(self.segments, self._reads, strict=True):
            seen = self._detection.see(read, tier)
            self._seen[tier].append(seen)
            if seen.sights:
                sights = (
                    unreturned(seen.sights, self._returning.found(segment.text)) if self._returning else seen.sights
                )
                self.findings += [sight.finding(segment) for sight in sights]
                self.failed.update(seen.failed)

    def _across(self, joint: Joint) -> Iterator[Finding]:
        """Look for orders across the seams of *joint*; whatever fails there has not read what it joins."""
        seen = self._detection.across(joint)
        self.failed.update(seen.failed)
        judging = self._detection.judging if joint.loose else ()
        for sight in seen.sights:
            if sight.detector in judging and sight.score < _LOOSE:
                continue
            if family(sight.kind) == _ORDERS or sight.detector in seen.failed:
                for segment, start, end in joint.touched(sight.start, sight.end):
                    yield sight._replace(start=start, end=end).finding(segment)

    def unavailable(self, wanted: str) -> bool:
        """Say whether a detector that feeds the family *wanted* failed on some text."""
        return bool(self.failed) and any(each.name in self.failed for each in self._detection.feeding({wanted}))

    def coverage(self, opaque: Sequence[str] = ()) -> tuple[Coverage, ...]:
        """Write the receipt."""
        names = tuple(name for tier in sorted(self._seen) for name in self._detection.names[tier])
        unread = [Coverage(path, Origin.UNKNOWN, 0, (), opaque=True) for path in opaque]
        if not self.failed:
            return (*[Coverage(each.path, each.origin, len(each.text), names) for each in self.segments], *unread)
        receipts = []
        for index, segment in enumerate(self.segments):
            failed = tuple(name for seen in self._seen.values() for name in seen[index].failed)
            well = tuple(name for name in names if name not in failed)
            receipts.append(Coverage(segment.path, segment.origin, len(segment.text), well, failed))
        return (*receipts, *unread)


class Settled:
    """What has been found in a stream so far; nothing more can be looked for."""

    __slots__ = ("_detection", "findings", "segments")

    def __init__(self, detection: Detection, findings: Sequence[Finding]) -> None:
        """Hold *findings* of the detectors of *detection*."""
        self._detection = detection
        self.findings = findings
        self.segments: tuple[Segment, ...] = ()

    def cheap(self, families: frozenset[str]) -> bool:  # noqa: ARG002 - every detector reads a stream as it comes
        """Say that nothing costs any more."""
        return True

    def look_for(self, families: frozenset[str]) -> None:
        """Do nothing: every detector reads a stream as it comes."""

    def nothing_in(self, families: frozenset[str]) -> bool:  # noqa: ARG002 - every detector reads a stream as it comes
        """Say whether nothing was found so far, and nothing failed."""
        return not self.findings

    @property
    def failed(self) -> frozenset[str]:
        """The detectors that failed."""
        return frozenset(finding.detector for finding in self.findings if finding.kind == "detector.unavailable")

    def unavailable(self, wanted: str) -> bool:
        """Say whether what feeds the family *wanted* failed."""
        failed = self.failed
        return STREAM in failed or any(each.name in failed for each in self._detection.feeding({wanted}))
