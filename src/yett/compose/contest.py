"""
Contest: policy engines that answer the same questions, each compared with the specification before it is measured.

Rules:

1. Rates count the processor's time on one core; those of a server, which has a core of its own, the clock on the wall.
2. Latencies are taken first, so no context has been seen before but for those that answers were compared by.
3. An engine that is slow is asked less, never longer than twice the time that there is for a measurement.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle, islice

from yett.adapters.peers.casbin import CASBIN
from yett.adapters.peers.cedar import CEDAR
from yett.adapters.peers.cel_python import CEL_PYTHON
from yett.adapters.peers.cel_rust import CEL_RUST
from yett.adapters.peers.cerbos import CERBOS
from yett.adapters.peers.peer import Answer, Facts, Peer, Ready, Untold, Written, plain, written
from yett.adapters.peers.rego import REGO
from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.interpreter import decide, lookup
from yett.policy.program import Program
from yett.records.decided import DecisionRecords

__all__ = ["CONTEXTS", "PEERS", "Contest", "Figures", "missing"]

PEERS = (CEDAR, CEL_RUST, CEL_PYTHON, REGO, CASBIN, CERBOS)
"""The engines that ours is measured beside, where they are installed."""
CONTEXTS = 1_200
"""As many contexts as a contest has use for."""
_CHECKED = 200
"""So many of them are asked first, to compare the answers, and no more."""
_STRIDE = 1_024
"""Questions between two looks at the clock, where they are answered fast."""
_Ask = Callable[[object], object]
_Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one engine, decision objects included where it has any."""

    engine: str
    rules: int
    """So many it was asked."""
    load_ms: float | None = None
    decisions_per_second: float = 0.0
    p50_us: float = 0.0
    p99_us: float = 0.0
    recorded_per_second: float | None = None
    """With a record of each decision, as JSON."""
    agreed: int = 0
    checked: int = 0
    """So many answers were compared with the specification's."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """The rules that it was not asked, and why."""
    refused: str = ""
    """Why it was not measured at all."""


def missing() -> Mapping[str, str]:
    """Return the commands that install the peers which are not installed, by the peers' names."""
    return {peer.name: peer.install for peer in PEERS if not peer.installed}


class Contest:
    """One program at one stage, asked about the same contexts by whoever takes part."""

    def __init__(self, program: Program, stage: Stage, contexts: Iterable[Facts], seconds: float) -> None:
        """Measure each rate for so many *seconds*."""
        self.stage = stage
        self._program = program
        self._seconds = seconds
        self._clauses = program.live(stage)
        self._contexts = list(islice(contexts, CONTEXTS))
        self._expected = [self._specified(facts) for facts in self._contexts[:_CHECKED]]

    @property
    def rules(self) -> int:
        """How many rules there are."""
        return len(self._clauses)

    def figures(self, load_ms: float, *, beside: bool) -> Iterator[Figures]:
        """Measure our engine, made ready in *load_ms*, then the specification, and *beside* them the peers that are installed."""
        yield self.ours(load_ms)
        yield self.specification()
        for peer in PEERS if beside else ():
            if peer.installed:
                yield self.beside(peer)

    def ours(self, load_ms: float) -> Figures:
        """Measure our engine, which was made ready in *load_ms*."""
        ask = self._program.knowing(self.stage)
        records = DecisionRecords("bench")

        def recorded(facts: Facts) -> bytes:
            return records.of("bench", time.time(), self.stage, ask(facts))

        checked, measured = self._contexts[:_CHECKED], self._contexts[_CHECKED:]
        agreed = sum(ask(facts) == decision for facts, decision in zip(checked, self._expected, strict=True))
        p50, p99 = _latencies(ask, measured, self._seconds)
        return Figures(
            engine="yett",
            rules=self.rules,
            load_ms=load_ms,
            decisions_per_second=_rate(ask, measured, self._seconds),
            p50_us=p50,
            p99_us=p99,
            recorded_per_second=_rate(recorded, measured, self._seconds),
            agreed=agreed,
            checked=len(checked),
        )

    def specification(self) -> Figures:
        """Measure the specification, which is a walk through the conditions of every rule."""
        measured = self._contexts[_CHECKED:]
        p50, p99 = _latencies(self._specified, measured, self._seconds / 4)
        rate = _rate(self._specified, measured, self._seconds / 4)
        return Figures("yett's specification", self.rules, decisions_per_second=rate, p50_us=p50, p99_us=p99)

    def beside(self, peer: Peer) -> Figures:
        """Measure *peer* by the rules that can be told in its language."""
        told = written(peer, [clause.condition for clause in self._clauses], self._contexts)
        untold = {self._clauses[number].rule: why for number, why in told.untold.items()}
        if not told.rules:
            return Figures(peer.name, 0, untold=untold, refused="none of the rules can be told in its language")
        if not peer.server:
            import_module(peer.package)  # what it takes to read the rules is measured, not what it takes to import it
        begun = peer.clock()
        try:
            with peer.start(told) as ready:
                loaded = (peer.clock() - begun) * 1000
                return self._measured(peer, told, ready, (loaded, untold))
        except Untold as why:
            return Figures(peer.name, 0, untold=untold, refused=str(why))

    def _measured(self, peer: Peer, told: Written, ready: Ready, about: tuple[float, Mapping[str, str]]) -> Figures:
        questions = [ready.question(plain(facts, told.fractions)) for facts in self._contexts]
        matching = [self._matching(decision, told) for decision in self._expected]
        agreements = list(_agreements(ready.ask, zip(questions, matching, strict=False), self._seconds, peer.clock))
        p50, p99 = _latencies(ready.ask, questions[_CHECKED:], self._seconds)
        return Figures(
            engine=peer.name,
            rules=len(told.rules),
            load_ms=about[0],
            decisions_per_second=_rate(ready.ask, questions[_CHECKED:], self._seconds, peer.clock),
            p50_us=p50,
            p99_us=p99,
            agreed=sum(agreements),
            checked=len(agreements),
            untold=about[1],
        )

    def _specified(self, facts: Facts) -> Decision:
        return decide(self._clauses, lambda name: lookup(facts, name), self._program.revision)

    def _matching(self, decision: Decision, told: Written) -> set[int]:
        reasons = {(reason.policy, reason.version, reason.rule) for reason in decision.reasons}
        clauses = enumerate(self._clauses)
        found = {number for number, each in clauses if (each.policy, each.version, each.rule) in reasons}
        return found & set(told.rules)


def _agreements(
    ask: Callable[..., Answer], questions: Iterable[tuple[object, set[int]]], seconds: float, clock: _Clock
) -> Iterator[bool]:
    until = clock() + seconds
    for question, matching in questions:
        answer = ask(question)
        yield answer == (bool(matching) if isinstance(answer, bool) else matching)
        if clock() > until:
            return


def _rate(
    ask: Callable[..., object], questions: Sequence[object], seconds: float, clock: _Clock = time.process_time
) -> float:
    turn, stride, done, begun = cycle(questions), 1, 0, clock()
    while (took := clock() - begun) < seconds or not done:
        for question in islice(turn, stride):
            ask(question)
        done += stride
        stride = min(2 * stride, _STRIDE)
    return done / max(took, 1e-9)


def _latencies(ask: Callable[..., object], questions: Sequence[object], seconds: float) -> tuple[float, float]:
    """Return the median and the 99th percentile in microseconds."""
    took: list[int] = []
    until = time.perf_counter() + seconds
    for question in questions:
        begun = time.perf_counter_ns()
        ask(question)
        took.append(time.perf_counter_ns() - begun)
        if time.perf_counter() > until:
            break
    took.sort()
    return took[len(took) // 2] / 1000, took[len(took) * 99 // 100] / 1000
