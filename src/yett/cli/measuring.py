"""`yett policy bench`: how fast the engine decides by policies."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from yett.cli.options import as_json, readable
from yett.cli.output import print_json, print_table
from yett.compose.policies import read_policies
from yett.model.decision import Decision
from yett.model.stage import Stage
from yett.policy.changes import candidates
from yett.policy.engine import PolicyEngine
from yett.policy.expression import Expression, literals
from yett.policy.interpreter import decide, lookup
from yett.policy.program import Program
from yett.records.decided import DecisionRecords

__all__ = ["bench"]

_CONTEXTS = 1_000
_CHECKED = 200
"""As many contexts are also decided by the specification, which is much slower."""
_Facts = Mapping[str, object]
_Decide = Callable[[_Facts], object]


@dataclass(frozen=True, slots=True)
class _Figures:
    """What was measured at one stage; rates count the processor's time on one core, with the decision object."""

    stage: str
    rules: int
    evaluations_per_second: int
    p50_us: float
    p99_us: float
    recorded_per_second: int
    """With a record of each decision, as JSON."""
    interpreter_per_second: int
    disagreements: int


@click.command(short_help="Measure how fast policies decide.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)
@click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), help="[default: each stage that has rules]"
)
@click.option("--seconds", type=click.FloatRange(0.01, 60), default=1.0, show_default=True, help="Of each measurement.")
@as_json
def bench(*, files: tuple[Path, ...], stage: str | None, seconds: float, as_json: bool) -> int:
    """
    Measure on one core how fast the engine decides by the policies in FILE..., decision objects included.

    The contexts are made up from what the policies ask, and nothing is remembered from one to the next. Leaves with 1 when
    the engine disagrees with its specification about one of them.
    """
    begun = time.process_time()
    program = PolicyEngine(read_policies(files)).program
    loaded = (time.process_time() - begun) * 1000
    stages = [Stage(stage)] if stage else [each for each in Stage if program.live(each)]
    figures = [_measured(program, each, seconds) for each in stages]
    if as_json:
        print_json({"load_ms": round(loaded, 1), "stages": [asdict(each) for each in figures]})
    else:
        click.echo(f"loaded in {loaded:.1f} ms, with the policies' own tests")
        print_table(
            ("STAGE", "RULES", "DECISIONS/S", "P50 µs", "P99 µs", "RECORDED/S", "INTERPRETER/S"), map(_row, figures)
        )
    return 1 if any(each.disagreements for each in figures) else 0


def _row(figures: _Figures) -> tuple[str, ...]:
    counts = (figures.recorded_per_second, figures.interpreter_per_second)
    latencies = (f"{figures.p50_us:.2f}", f"{figures.p99_us:.2f}")
    first = (figures.stage, f"{figures.rules:,}", f"{figures.evaluations_per_second:,}")
    return (*first, *latencies, *(f"{count:,}" for count in counts))


def _measured(program: Program, stage: Stage, seconds: float) -> _Figures:
    clauses = program.live(stage)
    contexts = list(_contexts([clause.condition for clause in clauses]))
    ask = program.knowing(stage)

    def specified(facts: _Facts) -> Decision:
        return decide(clauses, lambda name: lookup(facts, name), program.revision)

    records = DecisionRecords("bench")

    def recorded(facts: _Facts) -> bytes:
        return records.of("bench", time.time(), stage, ask(facts))

    p50, p99 = _latencies(ask, contexts)
    return _Figures(
        stage=stage.value,
        rules=len(clauses),
        evaluations_per_second=_rate(ask, contexts, seconds),
        p50_us=p50,
        p99_us=p99,
        recorded_per_second=_rate(recorded, contexts, seconds),
        interpreter_per_second=_rate(specified, contexts[:_CHECKED], seconds / 4),
        disagreements=sum(ask(facts) != specified(facts) for facts in contexts[:_CHECKED]),
    )


def _rate(ask: _Decide, contexts: Sequence[_Facts], seconds: float) -> int:
    done, begun = 0, time.process_time()
    while (took := time.process_time() - begun) < seconds or not done:
        for facts in contexts:
            ask(facts)
        done += len(contexts)
    return round(done / max(took, 1e-9))


def _latencies(ask: _Decide, contexts: Sequence[_Facts]) -> tuple[float, float]:
    """Return the median and the 99th percentile in microseconds; no context has been seen before."""
    took = []
    for facts in contexts:
        begun = time.perf_counter_ns()
        ask(facts)
        took.append((time.perf_counter_ns() - begun) / 1000)
    cuts = statistics.quantiles(took, n=100)
    return cuts[49], cuts[98]


def _contexts(conditions: Sequence[Expression]) -> Iterator[_Facts]:
    """Make up contexts out of values near to those that *conditions* name; the same ones each time."""
    values: dict[str, list[object]] = {}
    for condition in conditions:
        for literal in literals(condition):
            told = [value for want in (True, False) for value in candidates(literal, want=want) if value is not None]
            values.setdefault(literal.field, []).extend(told[:4])
    chance = random.Random(1)  # noqa: S311  # nosec B311 - made-up requests, not secrets
    for _ in range(_CONTEXTS):
        facts: dict[str, object] = {}
        for field, choices in values.items():
            _put(facts, field, chance.choice(choices))
        yield facts


def _put(facts: dict[str, object], field: str, value: object) -> None:
    *above, last = field.split(".")
    for step in above:
        below = facts.setdefault(step, {})
        if not isinstance(below, dict):
            return
        facts = below
    facts[last] = value
