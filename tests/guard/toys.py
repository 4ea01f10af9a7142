"""
Toys for the tests of the guard: detectors made of small rules whose `hold` is exact, and policies of a few lines.

A toy rule is tight on purpose: whatever it can settle, it settles at once. So a guard that releases one character too
early, or looks with one character of context too little, is caught.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from yett.guard.correspondence import Correspondence
from yett.guard.detection import Sight
from yett.guard.enforcement import Enforcement, enforceable, marked
from yett.guard.facts import InteractionFacts
from yett.guard.guard import Guard
from yett.guard.pseudonyms import Pseudonyms
from yett.guard.spans import clusters
from yett.guard.stream import StreamGuard
from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Match
from yett.model.interaction import Interaction
from yett.model.kinds import family
from yett.model.obligation import Obligation, Redact
from yett.model.principal import ANONYMOUS
from yett.model.segment import Origin, Segment
from yett.model.stage import Stage
from yett.ports.decider import Facts, TextTest
from yett.ports.detector import EVERYBODY

__all__ = [
    "FAILING",
    "Broken",
    "Expected",
    "Rule",
    "ToyDetector",
    "ToyPolicy",
    "answered",
    "asked",
    "expected",
    "guard_of",
    "pieces",
    "streamed",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """A literal, then up to *most* characters of a class, with conditions on what stands around them."""

    kind: str
    head: str
    body: str = ""
    least: int = 0
    most: int = 0
    boundary: bool = False
    """The next character must not be a letter or a digit."""
    after: str = ""
    """Where one of these stands among the *near* characters before, the rule is surer; `!` forbids it instead."""
    before: str = ""
    """Where this stands among the *near* characters behind, the rule is surer."""
    near: int = 3
    cased: bool = True
    score: float = 0.5

    @property
    def name(self) -> str:
        """A name of its own."""
        return f"{self.head}/{self.body}/{self.least}-{self.most}/{self.boundary:d}{self.cased:d}/{self.after}/{self.before}"

    def at(self, text: str, start: int) -> tuple[Match | None, bool]:  # noqa: PLR0911 - one for each way to end
        """Return what the rule says of *start*, and whether more text may change that."""
        behind = text[max(0, start - self.near) : start]
        if self.after.startswith("!") and any(character in behind for character in self.after[1:]):
            return None, False
        written = text[start : start + len(self.head)]
        head, written = (self.head, written) if self.cased else (self.head.lower(), written.lower())
        if written != head:
            return None, head.startswith(written) and start + len(self.head) > len(text)
        body = start + len(self.head)
        end = body
        while end < len(text) and end - body < self.most and text[end] in self.body:
            end += 1
        if end == len(text) and end - body < self.most:
            return (self._match(text, start, end) if end - body >= self.least else None), True
        if end - body < self.least:
            return None, False
        if self.boundary and end == len(text):
            return self._match(text, start, end), True
        if self.boundary and text[end].isalnum():
            return None, False
        unsure = bool(self.before) and self.before not in text[end : end + self.near] and end + self.near > len(text)
        return self._match(text, start, end), unsure

    def _match(self, text: str, start: int, end: int) -> Match | None:
        score = self.score
        if any(character in text[max(0, start - self.near) : start] for character in self.after):
            score += 0.2
        if self.before and self.before in text[end : end + self.near]:
            score += 0.3
        return Match(start, end, self.kind, score, self.name)


@cache
def first_of(rules: tuple[Rule, ...]) -> re.Pattern[str]:
    """Return a pattern for the characters that matches of *rules* begin with."""
    return re.compile("|".join(re.escape(each) for rule in rules for each in {rule.head[0], rule.head[0].upper()}))


@dataclass(frozen=True, slots=True)
class ToyDetector:
    """Some toy rules; it keeps count of the characters that it was handed."""

    rules: tuple[Rule, ...]
    name: str = "toy"
    readings: frozenset[str] = frozenset({"folded", "decoded"})
    revision: str = "1"
    cost: int = 0
    origins: frozenset[Origin] = EVERYBODY
    late: int = 0
    """By how many characters `hold` points too late; only mutants do."""
    short: int = 0
    """How many characters of context it forgets to ask for; only mutants do."""
    blind: bool = False
    """Whether `hold` forgets what may still come behind a match; only mutants do."""
    handed: list[int] | None = None

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(family(rule.kind) for rule in self.rules)

    @property
    def look_behind(self) -> int:
        return max(0, max((rule.near for rule in self.rules if rule.after), default=0) - self.short)

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        self._count(text)
        for position in self._candidates(text, start):
            for rule in self.rules:
                match, _ = rule.at(text, position)
                if match:
                    yield match

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        self._count(text)
        for position in self._candidates(text, start):
            for rule in self.rules:
                match, unsure = rule.at(text, position)
                if unsure and not (self.blind and match):
                    return min(len(text), position + self.late)
        return len(text)

    def _candidates(self, text: str, start: int) -> Iterator[int]:
        return (found.start() for found in first_of(self.rules).finditer(text, start))

    def _count(self, text: str) -> None:
        if self.handed is not None:
            self.handed.append(len(text))


FAILING = RuntimeError("a toy that broke")


@dataclass(frozen=True, slots=True)
class Broken:
    """A detector that raises on texts that hold *trigger*."""

    trigger: str = ""
    name: str = "broken"
    kinds: frozenset[str] = frozenset({"pii"})
    readings: frozenset[str] = frozenset({"folded"})
    revision: str = "1"
    cost: int = 0
    origins: frozenset[Origin] = EVERYBODY
    look_behind: int = 0
    holds: bool = True
    """Whether asking it for its hold works."""

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterable[Match]:
        if self.trigger in text:
            raise FAILING
        return ()

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        if not self.holds:
            raise FAILING
        return len(text)


Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ToyPolicy:
    """A policy: *denies* says no, *redacts* are owed where their condition holds."""

    name: str = "nothing"
    denies: Callable[[Ask], object] = lambda _: False
    owes: tuple[tuple[Callable[[Ask], object], Obligation], ...] = ()
    fields: frozenset[str] = frozenset()
    prompt: bool = True
    """Whether what is owed to a finding never follows from a later one."""
    text_tests: tuple[TextTest, ...] = ()
    rising: bool = True

    revision = "toy"

    def reads(self, stage: Stage) -> frozenset[str]:
        return self.fields

    def monotone(self, stage: Stage) -> bool:
        return self.rising

    def decide(self, stage: Stage, facts: Facts) -> Decision:
        if self.denies(facts.demand) is True:
            return Decision(allowed=False, effect=Effect.DENY, reasons=(Reason("toy", "1", self.name, Effect.DENY),))
        obligations = tuple(obligation for condition, obligation in self.owes if condition(facts.demand) is True)
        effect = Effect.SANITIZE if obligations else Effect.ALLOW
        return Decision(allowed=True, effect=effect, obligations=obligations)


def guard_of(policy: ToyPolicy, *detectors: object, key: bytes = b"key") -> Guard:
    """Make a guard."""
    return Guard(detectors, policy, key=key)  # type: ignore[arg-type]


def asked(*segments: Segment, stage: Stage = Stage.REQUEST) -> Interaction:
    return Interaction(stage, segments)


def answered(text: str) -> Interaction:
    """A whole answer, as it is inspected where it does not stream."""
    return asked(Segment("", Origin.MODEL, text), stage=Stage.RESPONSE)


def pieces(text: str, cuts: Iterable[int]) -> list[str]:
    """Cut *text* at *cuts*."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)] or [""]


def streamed(lane: StreamGuard, chunks: Sequence[str]) -> tuple[list[str], bool]:
    """Feed *chunks* to *lane*; return all that it released, one by one, and whether it stopped."""
    releases = [lane.feed(chunk) for chunk in chunks]
    releases.append(lane.finish())
    return [release.text for release in releases], releases[-1].stopped


@dataclass(frozen=True, slots=True)
class Expected:
    """What a stream must release of a text, however it is cut."""

    text: str
    stopped: bool
    sights: frozenset[Sight]


def expected(guard: Guard, text: str) -> Expected:
    """
    Say what a stream must release of *text*: the meaning of streams, without a stream.

    All of the text is read at once. Clusters of findings are decided one after the other, each with all before it, and
    rewritten as policy then wants it; the first that is denied ends it.
    """
    told: list[Sight] = []
    released: list[str] = []
    position = 0
    shared = Correspondence(Pseudonyms((), b"key", "local\0anonymous"))
    decision = _decided(guard, told)
    sights = guard.detection.window(text, Origin.MODEL, 0) if decision.allowed else []
    for start, end, members in clusters((sight.start, sight.end, sight) for sight in sights):
        told += members
        released.append(text[position:start])
        position = start
        decision = _decided(guard, told)
        if not decision.allowed:
            break
        redacts = [each for each in decision.obligations if isinstance(each, Redact)]
        here = Segment("", Origin.MODEL, "")
        marks = [
            mark
            for sight in members
            if (mark := marked(sight._replace(start=sight.start - start, end=sight.end - start).finding(here), redacts))
        ]
        released.append(Enforcement(b"key").rewrite(text[start:end], marks, shared))
        position = end
    rest = text[position:] if decision.allowed else ""
    return Expected("".join([*released, rest]), not decision.allowed, frozenset(told))


class _Evidence:
    def __init__(self, sights: Sequence[Sight]) -> None:
        self.findings = [sight.finding(Segment("", Origin.MODEL, "")) for sight in sights]
        self.segments: tuple[Segment, ...] = ()
        self.failed: frozenset[str] = frozenset()

    def cheap(self, families: frozenset[str]) -> bool:
        return True

    def look_for(self, families: frozenset[str]) -> None:
        pass

    def nothing_in(self, families: frozenset[str]) -> bool:
        return not self.findings

    def unavailable(self, wanted: str) -> bool:
        return False


def _decided(guard: Guard, told: Sequence[Sight]) -> Decision:
    evidence = _Evidence(told)
    interaction = Interaction(Stage.RESPONSE, (), ANONYMOUS)
    tests = {test.id: test for test in guard.decider.text_tests}
    decision = guard.decider.decide(Stage.RESPONSE, InteractionFacts(interaction, evidence, tests))
    return enforceable(decision, evidence.findings)


def tighter(detector: ToyDetector, **change: object) -> ToyDetector:
    """Change *detector*, as a mutant."""
    return replace(detector, **change)  # type: ignore[arg-type]
