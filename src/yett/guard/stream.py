"""
StreamGuard: hold back what may yet become a finding.

Rules:

1. Chunking must not matter: however a text is cut, the same characters are released and it stops at the same place. Only
   a detector that fails is judged where it failed, which is somewhere in what was held just then.
2. What is released is *settled*: no text that may follow can change a finding that begins before it (the detectors say
   so by `hold`), and a release never cuts through a finding.
3. Findings are decided in order of position, each with all that came before it. The first that policy denies stops the
   lane right before it; nothing is released any more.
4. Text is looked at again only from the last release on, with as much context before it as any detector may need, so
   the work is linear in the text.
5. Stand-ins that return are put back in the same pass: they are settled, held and cut around as findings are.
6. What is held is bounded. At fixed positions of the text, whatever the chunks, a lane that holds too much reports
   `detector.unavailable` and, if policy lets it, treats what it holds as settled.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

from yett.guard.correspondence import Correspondence
from yett.guard.detection import DEADLINE, STREAM, UNAVAILABLE, Detection, unreturned
from yett.guard.enforcement import Enforcement, Mark, enforceable, marked
from yett.guard.facts import InteractionFacts
from yett.guard.look import Settled
from yett.guard.returning import Return
from yett.guard.sight import Sight
from yett.guard.spans import clusters
from yett.model.decision import Decision
from yett.model.finding import Finding
from yett.model.interaction import Interaction
from yett.model.obligation import Redact
from yett.model.principal import Principal
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.ports.decider import Decider, TextTest
from yett.ports.watch import Watch

__all__ = ["Release", "StreamGuard"]

_CHECKPOINT = 4096
_MOST_HELD = 65536
_EAGER = 1024
"""Windows up to this size are looked at with every chunk; larger ones only when they have grown by an eighth."""
_Seen = Sight | Return


@dataclass(frozen=True, slots=True)
class Release:
    """What may be sent now, and whether nothing will be sent any more."""

    text: str
    stopped: bool = False


@dataclass(slots=True)
class _Window:
    """The text not yet released, behind as much context as its reading needs."""

    text: str = ""
    start: int = 0
    """Where in *text* the unreleased part begins."""
    position: int = 0
    """How many characters have come in altogether."""
    looked: int = 0
    """How much was held when it was last looked at."""

    @property
    def held(self) -> int:
        return len(self.text) - self.start


@dataclass(slots=True)
class StreamGuard:
    """One lane of a streamed answer."""

    detection: Detection
    decider: Decider
    enforcement: Enforcement
    principal: Principal
    facts: Mapping[str, object]
    shared: Correspondence = field(default_factory=Correspondence)
    """What it shares with the request that it answers."""
    findings: list[Finding] = field(default_factory=list)
    decision: Decision | None = None
    characters: int = 0
    """How many characters have been read to their end."""
    path: str = ""
    """The lane's name, under which its findings are reported."""
    watch: Watch | None = None
    """Who keeps the time of what is fed next."""
    _window: _Window = field(default_factory=_Window)
    _addressed: bool = False
    """Whether what is held begins inside an address."""
    _told: set[tuple[str, str, float, str]] = field(default_factory=set)
    _tests: dict[str, TextTest] = field(init=False)
    _counts: bool = field(init=False)
    """Whether policy counts findings, so that even one more of the same may matter."""

    def __post_init__(self) -> None:
        """Prepare what every decision needs."""
        self._tests = {test.id: test for test in self.decider.text_tests}
        self._counts = any(name.endswith(".count") for name in self.decider.reads(Stage.RESPONSE))

    @property
    def stopped(self) -> bool:
        """Whether policy has stopped the lane."""
        return self.decision is not None and not self.decision.allowed

    def feed(self, delta: str) -> Release:
        """Take more text and return what may be sent."""
        self._begin()
        released = []
        while delta and not self.stopped:
            room = _CHECKPOINT - self._window.position % _CHECKPOINT
            piece, delta = delta[:room], delta[room:]
            self._window.text += piece
            self._window.position += len(piece)
            if len(piece) == room:
                released.append(self._checkpoint())
            elif self._due():
                released.append(self._advance())
        return Release("".join(released), self.stopped)

    def finish(self) -> Release:
        """Say that no more text comes and return the rest of what may be sent."""
        self._begin()
        released = "" if self.stopped else self._advance(final=True)
        return Release(released, self.stopped)

    def unread(self, delta: str = "") -> Release:
        """Take more text, for which there is no time, nor for what is held; return both if policy lets them pass unread."""
        self._begin()
        window = self._window
        window.text += delta
        window.position += len(delta)
        if self.stopped or not self._untold(DEADLINE).allowed:
            return Release("", self.stopped)
        held = window.text[window.start :]
        self._forget(len(window.text))
        return Release(held)

    def fork(self) -> "StreamGuard":
        """Return the same, to go on by itself."""
        other = copy(self)
        other.shared = self.shared.fork()
        other.shared.applied.update(self.shared.applied)
        other.findings = [*self.findings]
        other._told, other._window = {*self._told}, copy(self._window)  # noqa: SLF001 - one of its own kind
        return other

    def _begin(self) -> None:
        if self.decision is None:
            self._decide()

    def _due(self) -> bool:
        window = self._window
        size = len(window.text)
        return size <= _EAGER or window.held >= window.looked + size // 8

    def _advance(self, *, final: bool = False) -> str:
        window = self._window
        window.looked = window.held
        text = window.text
        settled = len(text) if final else self._hold(text, window.start)
        if settled <= window.start and not final:
            return ""
        seen = self._seen(text, window.start)
        if not final:
            settled = _outside(settled, seen)
            if settled <= window.start:
                return ""
            seen = [each for each in seen if each.start < settled]
        released = self._release(settled, seen)
        self._forget(settled)
        return released

    def _hold(self, text: str, start: int) -> int:
        held = self.detection.hold(text, Origin.MODEL, start, self.watch)
        return min(held, self.shared.returning.hold(text, start)) if self.shared.returning else held

    def _seen(self, text: str, start: int) -> list[_Seen]:
        """Look at *text* from *start* on."""
        sights = self.detection.window(text, Origin.MODEL, start, self.watch)
        if not self.shared.returning:
            return [*sights]
        returns = self.shared.returning.found(text, start, addressed=self._addressed)
        return [*unreturned(sights, returns), *returns]

    def _release(self, settled: int, seen: list[_Seen]) -> str:
        """Release up to *settled*, deciding about what was *seen* cluster by cluster."""
        window = self._window
        base = window.position - len(window.text)
        pieces = []
        position = window.start
        for start, end, members in clusters((each.start, each.end, each) for each in seen):
            pieces.append(window.text[position:start])
            sights = [each for each in members if isinstance(each, Sight)]
            decision = self._add(sights, base) if sights else self.decision
            if decision is None or not decision.allowed:
                return "".join(pieces)
            pieces.append(self._rewritten(start, end, members, decision))
            position = end
        pieces.append(window.text[position:settled])
        return "".join(pieces)

    def _add(self, sights: list[Sight], base: int) -> Decision:
        """Add *sights*, whose window begins at *base*, to what was found, and decide if they tell policy anything new."""
        told = {(sight.kind, sight.rule, sight.score, sight.detector) for sight in sights}
        for sight in sights:
            moved = sight._replace(start=sight.start + base, end=sight.end + base)
            self.findings.append(moved.finding(Segment(self.path, Origin.MODEL, "")))
        if self.decision is None or self._counts or not told <= self._told:
            self._told |= told
            return self._decide()
        return self.decision

    def _rewritten(self, start: int, end: int, members: list[_Seen], decision: Decision) -> str:
        redacts = [obligation for obligation in decision.obligations if isinstance(obligation, Redact)]
        here = Segment(self.path, Origin.MODEL, "")
        marks: list[Mark | Return] = []
        for member in members:
            moved = member._replace(start=member.start - start, end=member.end - start)
            mark = marked(moved.finding(here), redacts) if isinstance(moved, Sight) else moved
            marks += [mark] if mark else []
        return self.enforcement.rewrite(self._window.text[start:end], marks, self.shared)

    def _forget(self, settled: int) -> None:
        window = self._window
        self.characters += settled - window.start
        if returning := self.shared.returning:
            self._addressed = returning.addressed(window.text, window.start, settled, already=self._addressed)
        context = self.detection.behind(window.text, settled)
        window.text = context + window.text[settled:]
        window.start = len(context)
        window.looked = 0

    def _checkpoint(self) -> str:
        """Look at what is held, and give up on it if it is too much."""
        released = self._advance()
        window = self._window
        if self.stopped or window.held <= _MOST_HELD:
            return released
        allowed = self._untold("held").allowed
        return released + (self._advance(final=True) if allowed else "")

    def _untold(self, why: str) -> Decision:
        """Decide that what is held cannot be read, for the reason *why*."""
        window = self._window
        sight = Sight(window.start, len(window.text), UNAVAILABLE, 1.0, why, STREAM, "")
        return self._add([sight], window.position - len(window.text))

    def _decide(self) -> Decision:
        interaction = Interaction(Stage.RESPONSE, (), self.principal, self.facts)
        evidence = Settled(self.detection, self.findings)
        decision = self.decider.decide(Stage.RESPONSE, InteractionFacts(interaction, evidence, self._tests))
        self.decision = enforceable(decision, self.findings, evidence.unavailable)
        return self.decision


def _outside(settled: int, seen: list[_Seen]) -> int:
    """Move *settled* back to where it cuts through nothing that was *seen*."""
    moved = True
    while moved:
        inside = [sight.start for sight in seen if sight.start < settled < sight.end]
        moved = bool(inside)
        settled = min(inside, default=settled)
    return settled
