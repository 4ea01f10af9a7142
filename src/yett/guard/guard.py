"""
Guard: detect, decide, enforce, in that order.

Rules:

1. The guard is pure and synchronous: same interaction, same verdict, on any thread. It never waits.
2. It knows no detector and no policy by name; it runs what it is handed.
3. Whatever decision it cannot carry out it turns into a denial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yett.guard.detection import Detection, Look
from yett.guard.enforcement import Enforcement, enforceable
from yett.guard.facts import FAMILY_OF, InteractionFacts
from yett.guard.stream import StreamGuard
from yett.model.interaction import Interaction
from yett.model.kinds import FAMILIES, family
from yett.model.obligation import Drop, Obligation, Redact
from yett.model.principal import Principal
from yett.model.stage import Stage
from yett.model.verdict import Verdict
from yett.ports.decider import Decider
from yett.ports.detector import Detector

__all__ = ["Guard", "Inspected"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """A verdict, and which costly facts were computed to reach it."""

    verdict: Verdict
    demanded: tuple[str, ...]


class Guard:
    """The one guard, behind every door."""

    def __init__(self, detectors: Sequence[Detector], decider: Decider, *, key: bytes = b"") -> None:
        """Look with *detectors*, ask *decider*, digest under *key* where policy asks for hashes."""
        self.decider = decider
        self.detection = Detection(detectors)
        self._enforcement = Enforcement(key)
        self._tests = {test.id: test for test in decider.text_tests}

    def inspect(self, interaction: Interaction) -> Verdict:
        """Judge *interaction* and return what may pass of it."""
        return self.inspected(interaction).verdict

    def inspected(self, interaction: Interaction) -> Inspected:
        """Judge *interaction*; say also which costly facts it took."""
        look = Look.at(self.detection, interaction.segments)
        facts = InteractionFacts(interaction, look, self._tests)
        decision = enforceable(self.decider.decide(interaction.stage, facts))
        if decision.allowed:
            look.look_for(_owed(decision.obligations))
            passing, dropped = self._enforcement.enforce(interaction.segments, look.findings, decision.obligations)
        else:
            passing, dropped = (), ()
        findings = tuple(sorted(look.findings, key=lambda finding: (finding.span.path, finding.span.start)))
        coverage = look.coverage(interaction.opaque)
        return Inspected(Verdict(decision, findings, passing, dropped, coverage), tuple(dict.fromkeys(facts.demanded)))

    def lane(self, principal: Principal, facts: Mapping[str, object]) -> StreamGuard:
        """Begin to guard one lane of a streamed answer to *principal*."""
        return StreamGuard(self.detection, self.decider, self._enforcement, principal, facts)

    def streams(self) -> bool:
        """Say whether answers can be judged while they stream; if not, they are withheld until they are complete."""
        reads = self.decider.reads(Stage.RESPONSE)
        return self.decider.monotone(Stage.RESPONSE) and all(_local(field) for field in reads)


def _owed(obligations: Sequence[Obligation]) -> frozenset[str]:
    """Return the families whose findings *obligations* concern."""
    owed: set[str] = set()
    for obligation in obligations:
        match obligation:
            case Redact(kind=kind) | Drop(kind=kind):
                owed |= set(FAMILIES) if kind == "*" else {family(kind)}
            case _:
                pass
    return frozenset(owed)


def _local(field: str) -> bool:
    """Say whether *field* can be judged finding by finding, without the whole answer."""
    head = field.partition(".")[0]
    return head in FAMILY_OF or head == "text" or head not in {"response", "usage", "risk"}
