"""`yett policy bench`: how fast the engine decides by policies, and how fast others that are installed do."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import click

from yett.cli.options import as_json, readable
from yett.cli.output import print_json, print_table, visible
from yett.cli.progress import Progress
from yett.compose.contest import CONTEXTS, Contest, Figures, missing
from yett.compose.policies import read_policies
from yett.compose.workload import context, document, made_up
from yett.model.stage import Stage
from yett.policy.engine import PolicyEngine
from yett.policy.parser import PolicyParser
from yett.policy.program import Program

__all__ = ["bench"]

_SIZES = (10, 100, 1_000)
_MOST = 100_000
_Made = TypeVar("_Made")


def _sizes(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[int, ...]:
    """Read numbers of rules, with commas between them."""
    try:
        sizes = tuple(map(int, value.split(","))) if value is not None else ()
    except ValueError:
        sizes = (0,)
    if any(not 1 <= size <= _MOST for size in sizes):
        msg = f"`{value}` are no numbers from 1 to {_MOST}, with commas between them, such as `10,100`"
        raise click.BadParameter(msg)
    return sizes


class _Asked(TypedDict):
    """What is to be measured."""

    files: tuple[Path, ...]
    peers: bool | None
    rules: tuple[int, ...]
    stage: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Heat:
    """The rules of one stage, ours first, the specification next, and then the others."""

    stage: Stage
    rules: int
    figures: tuple[Figures, ...]

    @property
    def disagreements(self) -> int:
        """How often our engine does not decide as its specification."""
        return self.figures[0].checked - self.figures[0].agreed


@click.command(short_help="Measure how fast policies decide.")
@click.argument("files", metavar="[FILE...]", nargs=-1, type=readable)
@click.option(
    "--peers/--no-peers",
    default=None,
    help="Measure other engines, too, as far as they are installed.  [default: without FILE]",
)
@click.option(
    "--rules", callback=_sizes, metavar="N,...", help="Sizes of the standard workload.  [default: 10,100,1000]"
)
@click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), help="[default: each stage that has rules]"
)
@click.option("--seconds", type=click.FloatRange(0.01, 60), default=1.0, show_default=True, help="Of each measurement.")
@as_json
def bench(*, as_json: bool, **asked: Unpack[_Asked]) -> int:
    """
    Measure on one core how fast the engine decides by the policies in FILE..., decision objects included.

    The contexts are made up from what the policies ask, and nothing is remembered from one to the next. Without FILE, rules
    and contexts are those of a standard workload. Other engines are asked the same rules, as far as their languages have
    words for them, and their answers compared with the specification's before they are measured. Leaves with 1 when
    Yett's engine disagrees with its specification.
    """
    files, peers = asked["files"], asked["peers"]
    if files and asked["rules"]:
        raise click.UsageError("`--rules` is for the standard workload; leave out the option or FILE")
    if not files and asked["stage"]:
        raise click.UsageError("`--stage` is for policies in FILE; the standard workload is asked at `request`")
    beside = not files if peers is None else peers
    with Progress("engines measured") as progress:
        heats = list(_heats(asked, progress, beside=beside))
    absent = missing() if beside else {}
    if as_json:
        print_json({**(_alone(heats) if files else {}), **_together(heats, absent)})
    elif files and not beside:
        click.echo(f"loaded in {_loaded(heats):.1f} ms, with the policies' own tests")
        head = ("STAGE", "RULES", "DECISIONS/S", "P50 µs", "P99 µs", "RECORDED/S", "INTERPRETER/S")
        print_table(head, map(_stage_row, heats))
    else:
        _tell(heats, absent)
    return 1 if any(heat.disagreements for heat in heats) else 0


def _heats(asked: _Asked, progress: Progress, *, beside: bool) -> Iterator[_Heat]:
    def heat(contest: Contest, loaded: float) -> _Heat:
        figures = []
        for each in contest.figures(loaded, beside=beside):
            figures.append(each)
            progress.add(1)
        return _Heat(contest.stage, contest.rules, tuple(figures))

    seconds = asked["seconds"]
    if asked["files"]:
        documents, loaded = _timed(lambda: read_policies(asked["files"]))
        program, compiled = _timed(lambda: PolicyEngine(documents).program)
        stages = [Stage(asked["stage"])] if asked["stage"] else [each for each in Stage if program.live(each)]
        for stage in stages:
            contexts = made_up(_dice(1), [clause.condition for clause in program.live(stage)])
            yield heat(Contest(program, stage, contexts, seconds), loaded + compiled)
        return
    for size in asked["rules"] or _SIZES:
        dice = _dice(size)
        text = document(dice, size)
        program, loaded = _timed(partial(_program, text))
        contexts = (context(dice) for _ in range(CONTEXTS))
        yield heat(Contest(program, Stage.REQUEST, contexts, seconds), loaded)


def _program(text: str) -> Program:
    return PolicyEngine([PolicyParser().parse_yaml(text)]).program


def _timed(make: Callable[[], _Made]) -> tuple[_Made, float]:
    """Return what *make* makes, and the milliseconds of the processor that it took."""
    begun = time.process_time()
    made = make()
    return made, (time.process_time() - begun) * 1000


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # nosec B311 - made-up requests, not secrets


def _tell(heats: Sequence[_Heat], absent: Mapping[str, str]) -> None:
    head = ("STAGE", "RULES", "ENGINE", "LOAD MS", "DECISIONS/S", "P50 µs", "P99 µs", "RECORDED/S", "AGREED")
    print_table(head, [_row(heat, each) for heat in heats for each in heat.figures if not each.refused])
    for line in dict.fromkeys(line for heat in heats for each in heat.figures for line in _left_out(heat, each)):
        click.echo(visible(line))
    if absent:
        click.echo("not installed: " + ", ".join(f"{name} (`{install}`)" for name, install in absent.items()))


def _row(heat: _Heat, each: Figures) -> tuple[str, ...]:
    rules = f"{each.rules:,}" if each.rules == heat.rules else f"{each.rules:,} of {heat.rules:,}"
    loaded = "-" if each.load_ms is None else f"{each.load_ms:,.1f}"
    recorded = "-" if each.recorded_per_second is None else _rate(each.recorded_per_second)
    agreed = f"{each.agreed}/{each.checked}" if each.checked else "-"
    rate = _rate(each.decisions_per_second)
    return (heat.stage, rules, each.engine, loaded, rate, *_latencies(each), recorded, agreed)


def _left_out(heat: _Heat, each: Figures) -> Iterator[str]:
    if each.refused:
        yield f"{each.engine} was not measured at `{heat.stage}`: {each.refused}"
    for rule, why in each.untold.items():
        yield f"{each.engine} was not asked `{rule}`: {why}"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004 - below, a digit more says something


def _latencies(each: Figures) -> tuple[str, str]:
    return f"{each.p50_us:,.2f}", f"{each.p99_us:,.2f}"


def _stage_row(heat: _Heat) -> tuple[str, ...]:
    ours, specification = heat.figures[:2]
    rates = (ours.recorded_per_second or 0, specification.decisions_per_second)
    first = (heat.stage, f"{heat.rules:,}", _rate(ours.decisions_per_second))
    return (*first, *_latencies(ours), *map(_rate, rates))


def _loaded(heats: Sequence[_Heat]) -> float:
    return max((heat.figures[0].load_ms or 0 for heat in heats), default=0)


def _alone(heats: Sequence[_Heat]) -> Mapping[str, object]:
    return {"load_ms": round(_loaded(heats), 1), "stages": [_stage_shape(heat) for heat in heats]}


def _stage_shape(heat: _Heat) -> Mapping[str, object]:
    ours, specification = heat.figures[:2]
    return {
        "stage": heat.stage,
        "rules": heat.rules,
        "evaluations_per_second": round(ours.decisions_per_second),
        "p50_us": ours.p50_us,
        "p99_us": ours.p99_us,
        "recorded_per_second": round(ours.recorded_per_second or 0),
        "interpreter_per_second": round(specification.decisions_per_second),
        "disagreements": heat.disagreements,
    }


def _together(heats: Sequence[_Heat], absent: Mapping[str, str]) -> Mapping[str, object]:
    engines = [{"stage": heat.stage, "of": heat.rules, **asdict(each)} for heat in heats for each in heat.figures]
    return {"engines": engines, "missing": [{"engine": name, "install": install} for name, install in absent.items()]}
