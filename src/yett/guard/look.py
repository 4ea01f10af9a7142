"""
Look: one interaction being looked at, as far as somebody asks.

Rules:

1. Detectors run when a fact that they feed is asked for, and never twice.
2. The receipt (Coverage) is written here, of what was read: it names those alone that read a text to its end, those that
   failed on it, or on what is joined with it, apart.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol

from yett.guard.detection import ORDERS, STREAM, UNAVAILABLE, Detection, Read, Seen, unreturned
from yett.guard.joining import Joint, joints
from yett.guard.returning import NOTHING, Returning
from yett.model.finding import Finding
from yett.model.kinds import family
from yett.model.segment import Origin, Segment
from yett.model.verdict import Coverage
from yett.ports.detector import Detector
from yett.ports.watch import Watch

__all__ = ["Evidence", "Informing", "Look", "Settled"]

_LOOSE = 0.8
"""How sure one who judges texts as a whole must be of turns that were said at different times, so that few are misread."""


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
        "_unjoined",
        "_watch",
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
        watch: Watch | None = None,
    ) -> None:
        """
        Begin to look at *segments* with *detection*, under *watch*; what is *returning* in them is no finding.

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
        self._unjoined: dict[str, tuple[str, ...]] = {}
        """By path, the detectors that failed on what is joined with it."""
        self._watch = watch

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
        if ORDERS in families and self._joints is None:
            self._joints = joints(self.segments)
            self.findings += dict.fromkeys(found for joint in self._joints for found in self._across(joint))

    def cheap(self, families: frozenset[str]) -> bool:
        """Say whether no detector that feeds *families* is a dear one."""
        return self._detection.cheap(families)

    def _run(self, tier: int) -> None:
        self._reads = self._reads or [self._detection.read(each.text, each.origin) for each in self.segments]
        self._seen[tier] = []
        for segment, read in zip(self.segments, self._reads, strict=True):
            seen = self._detection.see(read, tier, self._watch)
            self._seen[tier].append(seen)
            if seen.sights:
                sights = (
                    unreturned(seen.sights, self._returning.found(segment.text)) if self._returning else seen.sights
                )
                self.findings += [sight.finding(segment) for sight in sights]
                self.failed.update(seen.failed)

    def _across(self, joint: Joint) -> Iterator[Finding]:
        """Look for orders across the seams of *joint*; whatever fails there has not read what it joins."""
        seen = self._detection.across(joint, self._watch)
        if seen.failed:
            self.failed.update(seen.failed)
            for segment, _, _ in joint.touched(0, len(joint.text)):
                self._unjoined[segment.path] = (*self._unjoined.get(segment.path, ()), *seen.failed)
        judging = self._detection.judging if joint.loose else ()
        for sight in seen.sights:
            if sight.detector in judging and sight.score < _LOOSE:
                continue
            if family(sight.kind) == ORDERS or sight.detector in seen.failed:
                for segment, start, end in joint.touched(sight.start, sight.end):
                    yield sight._replace(start=start, end=end).finding(segment)

    def unavailable(self, wanted: str) -> bool:
        """Say whether a detector that feeds the family *wanted* failed on some text."""
        return bool(self.failed) and any(each.name in self.failed for each in self._detection.feeding({wanted}))

    def coverage(self, opaque: Sequence[str] = ()) -> tuple[Coverage, ...]:
        """Write the receipt."""
        names = {origin: self._readers(origin) for origin in {each.origin for each in self.segments}}
        unread = [Coverage(path, Origin.UNKNOWN, 0, (), opaque=True) for path in opaque]
        if not self.failed:
            read = [Coverage(each.path, each.origin, len(each.text), names[each.origin]) for each in self.segments]
            return (*read, *unread)
        receipts = []
        for index, segment in enumerate(self.segments):
            apart = (name for seen in self._seen.values() for name in seen[index].failed)
            failed = tuple(dict.fromkeys([*apart, *self._unjoined.get(segment.path, ())]))
            well = tuple(name for name in names[segment.origin] if name not in failed)
            receipts.append(Coverage(segment.path, segment.origin, len(segment.text), well, failed))
        return (*receipts, *unread)

    def _readers(self, origin: Origin) -> tuple[str, ...]:
        """Name those that have read the texts of *origin*, or tried to."""
        return tuple(name for tier in sorted(self._seen) for name in self._detection.readers[tier][origin])


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
        return frozenset(finding.detector for finding in self.findings if finding.kind == UNAVAILABLE)

    def unavailable(self, wanted: str) -> bool:
        """Say whether what feeds the family *wanted* failed."""
        failed = self.failed
        return STREAM in failed or any(each.name in failed for each in self._detection.feeding({wanted}))
