"""
Guard: detect, decide, enforce, in that order.

Rules:

1. The guard is pure and synchronous: same interaction, same verdict, on any thread. It never waits.
2. It knows no detector and no policy by name; it runs what it is handed.
3. Whatever decision it cannot carry out it turns into a denial.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from yett.guard.correspondence import Correspondence
from yett.guard.detection import DEADLINE, READINGS, STREAM, UNAVAILABLE, Detection
from yett.guard.enforcement import Enforcement, enforceable, owed
from yett.guard.facts import FAMILY_OF, InteractionFacts
from yett.guard.look import Informing, Look, Settled
from yett.guard.pseudonyms import Inventor, Pseudonyms
from yett.guard.returning import NOTHING
from yett.guard.stream import StreamGuard
from yett.model.decision import Decision
from yett.model.finding import Finding
from yett.model.interaction import Interaction
from yett.model.obligation import Restore
from yett.model.principal import Principal
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.stage import Stage
from yett.model.verdict import Coverage, Verdict
from yett.ports.decider import Decider, Facts
from yett.ports.detector import Detector, Informed
from yett.ports.watch import Watch

__all__ = ["Guard", "Inspected", "Seen", "settled"]

_HANDED_ON = frozenset({Origin.MODEL, Origin.TOOL})
"""Who writes what the model was given, or gave, before."""


class Seen(NamedTuple):
    """The facts that policy had before it."""

    reads: frozenset[str]
    """The fields that its rules may ask for."""
    known: Mapping[str, object]
    """What was simply there, as nested mappings."""
    found: Mapping[str, object]
    """What was computed, by field."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A verdict, and which costly facts were computed to reach it."""

    verdict: Verdict
    demanded: tuple[str, ...]
    shared: Correspondence | None = None
    """What answers to it begin with; None where there is nothing to share."""
    shadow: Decision | None = None
    """What policies that are tried out beside would have decided."""
    seen: Seen | None = None
    """What policy saw; None where that is not kept."""


class Guard:
    """The one guard, behind every door."""

    def __init__(
        self,
        detectors: Sequence[Detector],
        decider: Decider,
        *,
        key: bytes = b"",
        informed: Sequence[Informed] = (),
        inventor: Inventor | None = None,
    ) -> None:
        """
        Look with *detectors*, at answers also as *informed*; ask *decider*.

        Hashes and stand-ins are digested under *key*; *inventor* makes up what has no range of its own, such as names.
        """
        self.decider = decider
        self._informed = tuple(informed)
        self._informs = frozenset[str]().union(*(each.kinds for each in informed))
        self.detection = Detection(detectors)
        self.dear = frozenset[Origin]().union(*(each.origins for each in self.detection.detectors if each.cost > 1))
        """Whose texts may take many milliseconds, even short ones."""
        self._key = key
        self._inventor = inventor
        self._enforcement = Enforcement(key)
        self._shadow: Decider | None = None
        self._tests = {test.id: test for test in decider.text_tests}
        if self._tests and not self.detection.feeding({"text"}):
            raise ValueError("policy asks for conditions on text, and no detector answers them")

    def try_beside(self, shadow: Decider) -> None:
        """Ask *shadow*, too, from now on; what it says is told and has no effect. To be called before the guard serves."""
        self._shadow = shadow
        self._tests |= {test.id: test for test in shadow.text_tests}

    def inspect(self, interaction: Interaction) -> Verdict:
        """Judge *interaction* and return what may pass of it."""
        return self.inspected(interaction).verdict

    def inspected(
        self, interaction: Interaction, shared: Correspondence | None = None, watch: Watch | None = None
    ) -> Inspected:
        """
        Judge *interaction*, an answer if it has *shared* a request's stand-ins, under *watch*.

        It is also said which costly facts that took.
        """
        shared = shared.fork() if shared else None
        look = self._look(interaction, shared, watch)
        facts = InteractionFacts(interaction, look, self._tests)
        decision = enforceable(self.decider.decide(interaction.stage, facts))
        shadow = enforceable(self._shadow.decide(interaction.stage, facts)) if self._shadow else None
        passing: tuple[Segment, ...] = interaction.segments if decision.allowed else ()
        dropped: tuple[str, ...] = ()
        if decision.allowed and (decision.obligations or shared):
            shared = shared or Correspondence(self._pseudonyms(interaction.principal, interaction.segments))
            look.look_for(owed(decision.obligations))
            answered = look.findings if interaction.stage is Stage.RESPONSE else ()
            decision = enforceable(decision, answered, look.unavailable)
            passing, dropped = self._enforced(interaction, look, decision, shared)
        findings = tuple(sorted(look.findings, key=_place)) if look.findings else ()
        coverage = look.coverage(interaction.opaque)
        rewritten = shared.told if shared else ()
        verdict = Verdict(decision, findings, passing, dropped, coverage, rewritten)
        offered = shared.offering(_restored(decision)) if shared and decision.allowed else None
        seen = Seen(self.decider.reads(interaction.stage), facts.known, facts.found)
        return Inspected(verdict, tuple(dict.fromkeys(facts.demanded)), offered, shadow, seen)

    def _enforced(
        self, interaction: Interaction, look: Look, decision: Decision, shared: Correspondence
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """Return what may pass of *interaction*, and the paths of what is dropped."""
        if not decision.allowed:
            return (), ()
        return self._enforcement.enforce(interaction.segments, look.findings, decision.obligations, shared)

    def _pseudonyms(self, principal: Principal, segments: Iterable[Segment]) -> Pseudonyms:
        """Begin the stand-ins of a conversation; those in what the model wrote, or a tool it called, may be ours."""
        foreign = tuple(each.text for each in segments if each.origin not in _HANDED_ON)
        return Pseudonyms(foreign, self._key, f"{principal.tenant}\0{principal.subject}", self._inventor)

    def facts(self, interaction: Interaction, watch: Watch | None = None) -> Facts:
        """Return the facts about *interaction*, as policy would see them; texts are read under *watch*."""
        return InteractionFacts(interaction, self._look(interaction, watch=watch), self._tests)

    def _detection(self, asked: Sequence[Segment]) -> Detection:
        """Return the detectors for an answer to *asked*."""
        return self.detection.beside(self._about(asked, self.detection))

    def _about(self, asked: Sequence[Segment], detection: Detection) -> list[Detector]:
        """Make the detectors that look for what an answer to *asked* must not say."""
        made = (each.about(asked, detection.fold) for each in self._informed) if asked else ()
        return [detector for detector in made if detector]

    def _look(self, interaction: Interaction, shared: Correspondence | None = None, watch: Watch | None = None) -> Look:
        returning = shared.returning if shared else NOTHING
        asked = interaction.asked
        informing = Informing(self._informs, partial(self._about, asked)) if asked and self._informs else None
        look = Look(self.detection, interaction.segments, returning, informing, watch)
        if interaction.opaque:
            look.findings += [_opaque(path) for path in interaction.opaque]
        return look

    def unread(self, interaction: Interaction) -> Inspected:
        """Judge *interaction* without having read it, because there was no time."""
        findings = tuple(
            Finding(Span(each.path, 0, len(each.text)), each.origin, UNAVAILABLE, 1.0, STREAM, DEADLINE)
            for each in interaction.segments
        ) + tuple(_opaque(path) for path in interaction.opaque)
        detection = self._detection(interaction.asked)
        evidence = Settled(detection, findings)
        facts = InteractionFacts(interaction, evidence, self._tests)
        decision = enforceable(self.decider.decide(interaction.stage, facts), findings, evidence.unavailable)
        names = {
            origin: tuple(name for tier in detection.readers for name in tier[origin])
            for origin in {each.origin for each in interaction.segments}
        }
        coverage = tuple(
            Coverage(each.path, each.origin, len(each.text), (), names[each.origin]) for each in interaction.segments
        ) + tuple(Coverage(path, Origin.UNKNOWN, 0, (), opaque=True) for path in interaction.opaque)
        passing = interaction.segments if decision.allowed else ()
        return Inspected(Verdict(decision, findings, passing, (), coverage), tuple(dict.fromkeys(facts.demanded)))

    def lane(
        self,
        principal: Principal,
        facts: Mapping[str, object],
        asked: Sequence[Segment] = (),
        shared: Correspondence | None = None,
    ) -> StreamGuard:
        """Begin to guard one lane of a streamed answer to *principal*, who *asked*, and *shared* the request's stand-ins."""
        own = shared.fork() if shared else Correspondence(self._pseudonyms(principal, ()))
        return StreamGuard(self._detection(asked), self.decider, self._enforcement, principal, facts, own)

    def streams(self) -> bool:
        """Say whether answers can be judged while they stream; if not, they are withheld until they are complete."""
        reads = self.decider.reads(Stage.RESPONSE)
        return self.decider.monotone(Stage.RESPONSE) and all(_local(field) for field in reads)


def settled(decision: Decision) -> Decision:
    """Return *decision*, denied where nobody could carry it out."""
    return enforceable(decision)


def _place(finding: Finding) -> tuple[str, int]:
    return finding.span.path, finding.span.start


def _opaque(path: str) -> Finding:
    """Report a part that nobody can read."""
    return Finding(Span(path, 0, 0), Origin.UNKNOWN, "content.opaque", 1.0, READINGS)


def _restored(decision: Decision) -> tuple[str, ...]:
    """Return the kinds that answers may name again."""
    return tuple(each.kind for each in decision.obligations if isinstance(each, Restore))


def _local(field: str) -> bool:
    """Say whether *field* can be judged finding by finding, without the whole answer."""
    head = field.partition(".")[0]
    return head in FAMILY_OF or head == "text" or head not in {"response", "usage", "risk"}
