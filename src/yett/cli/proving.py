"""`yett policy test`: run the tests of policies, and say what they leave open."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from yett.cli.junit import junit_report
from yett.cli.options import as_json
from yett.cli.output import print_json, print_problems, print_table, visible
from yett.cli.progress import Progress
from yett.compose.proof import Proof, Survivor, policy_files, prove
from yett.compose.texts import Reading, text_of
from yett.model.errors import OperatorError
from yett.policy.boundary import Proposed
from yett.policy.cases import Result
from yett.policy.coverage import share
from yett.policy.problems import Problems
from yett.services.shapes import problem_shape

__all__ = ["test"]

_LOOK_AGAIN = 0.3
"""Seconds between two looks at the files."""
_Asked = Mapping[str, bool | int | None]
_Stamp = tuple[int, int] | None
_percent = click.IntRange(0, 100)


@dataclass(frozen=True, slots=True)
class _Told:
    """What there is to tell: the tests, and, where they were asked for, the mutants that were made and those that live."""

    proof: Proof
    made: int = 0
    living: tuple[Survivor, ...] = ()

    @property
    def coverage(self) -> int:
        """Whole percents of what is to be covered; rounded down, so that 100 means all of it."""
        return int(100 * share(self.proof.covered))

    @property
    def mutation(self) -> int:
        """Whole percents of mutants that are killed, rounded down."""
        return 100 * (self.made - len(self.living)) // self.made if self.made else 100


@click.command(short_help="Run the tests of policies; tell what they miss.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--only", default="", metavar="TEXT", help="Run only the tests whose names contain TEXT.")
@click.option("--coverage", is_flag=True, help="List the conditions that no test sees true, false, or deciding.")
@click.option("--mutation", is_flag=True, help="Make mistakes in the rules, and list those that no test notices.")
@click.option("--min-coverage", type=_percent, metavar="PERCENT", help="Leave with 1 below this coverage.")
@click.option("--min-mutation", type=_percent, metavar="PERCENT", help="Leave with 1 when fewer mutants are noticed.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a JUnit report.")
@click.option("--generate", is_flag=True, help="Print tests at the edges of conditions that could be added, as YAML.")
@click.option("--watch", is_flag=True, help="Run again whenever a file changes, until interrupted.")
@as_json
def test(
    *,
    paths: tuple[Path, ...],
    only: str,
    junit: Path | None,
    as_json: bool,
    **asked: bool | int | None,
) -> int:
    """
    Run the tests in policies and in suites, `*_test.yaml`; PATH is a file or a folder.

    Leaves with 0 when they hold, with 1 when one fails or too little is tested, and with 2 when something cannot be
    understood.
    """
    if asked["generate"]:
        return _propose(prove(paths, only).proposals(), as_json=as_json)
    if asked["watch"]:
        return _watch(paths, only, asked)
    told = _look(paths, only, asked)
    if only and not told.proof.outcomes:
        raise click.UsageError(f"no test has a name with `{only}` in it")
    if junit:
        junit.write_text(junit_report(told.proof.outcomes), encoding="utf-8")
    if as_json:
        print_json(_shape(told, asked))
    else:
        _tell(told, asked)
    return 0 if _good(told, asked) else 1


def _look(paths: tuple[Path, ...], only: str, asked: _Asked, reading: Reading = text_of) -> _Told:
    proof = prove(paths, only, reading)
    if not asked["mutation"] and asked["min_mutation"] is None:
        return _Told(proof)
    with Progress("mutants") as progress:
        return _Told(proof, *proof.mutants(progress.add))


def _good(told: _Told, asked: _Asked) -> bool:
    least = {name: int(asked[f"min_{name}"] or 0) for name in ("coverage", "mutation")}
    return not told.proof.failures and told.coverage >= least["coverage"] and told.mutation >= least["mutation"]


def _watch(paths: tuple[Path, ...], only: str, asked: _Asked) -> int:
    """Tell, and tell again, until somebody interrupts."""
    read: dict[Path, _Stamp] = {}

    def reading(file: Path, problems: Problems) -> str | None:
        # A suite may name policies that lie elsewhere, so what is looked at is what was read.
        read[file] = _stamp(file)
        return text_of(file, problems)

    while True:
        read.clear()
        before = _stamps(paths)
        try:
            _tell(_look(paths, only, asked, reading), asked)
        except OperatorError as error:
            print_problems(error.problems)
        click.echo("waiting for a change; Ctrl+C ends it", err=True)
        while _stamps(paths) == before and all(_stamp(file) == stamp for file, stamp in read.items()):
            time.sleep(_LOOK_AGAIN)


def _stamps(paths: tuple[Path, ...]) -> Mapping[Path, _Stamp]:
    """Return what tells one state of the files from another."""
    try:
        files = [file for group in policy_files(paths) for file in group]
    except OperatorError:  # a folder that was emptied may be filled again
        return {}
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _tell(told: _Told, asked: _Asked) -> None:
    print_table(("TESTED", "PASSED", "FAILED", "SKIPPED"), _rows(told.proof))
    print_problems(told.proof.failures)
    click.echo(f"coverage: {told.coverage} % of what conditions should be seen to be")
    if asked["coverage"]:
        for each in told.proof.covered:
            if each.missing:
                words = f": {each.words}" if each.words else ""
                click.echo(visible(f"  {each.policy}/{each.rule}{words} is {', '.join(each.missing)}"))
    if told.made:
        click.echo(f"mutants: {told.made - len(told.living)} of {told.made} noticed ({told.mutation} %)")
        for survivor in told.living:
            click.echo(visible(f"  {survivor.policy}/{survivor.rule}: {survivor.words}"))


def _rows(proof: Proof) -> list[tuple[str, ...]]:
    rows = []
    for trial in proof.trials:
        results = [outcome.result for outcome in trial.outcomes]
        counts = (results.count(result) for result in (Result.PASSED, Result.FAILED, Result.SKIPPED))
        rows.append((trial.name, *map(str, counts)))
    return rows


def _shape(told: _Told, asked: _Asked) -> dict[str, object]:
    shape: dict[str, object] = {
        "tested": [
            {"name": name, "passed": int(passed), "failed": int(failed), "skipped": int(skipped)}
            for name, passed, failed, skipped in _rows(told.proof)
        ],
        "problems": [problem_shape(problem) for problem in told.proof.failures],
        "coverage": {
            "percent": told.coverage,
            "missing": [
                {"policy": each.policy, "rule": each.rule, "condition": each.words, "missing": list(each.missing)}
                for each in told.proof.covered
                if each.missing
            ],
        },
    }
    if asked["mutation"] or asked["min_mutation"] is not None:
        living = [{"policy": each.policy, "rule": each.rule, "mistake": each.words} for each in told.living]
        shape["mutants"] = {"made": told.made, "percent": told.mutation, "living": living}
    return shape


def _propose(proposals: tuple[Proposed, ...], *, as_json: bool) -> int:
    if as_json:
        print_json([json.loads(_flow(_case(each))) for each in proposals])
    else:
        click.echo(_written(proposals), nl=False)
    return 0


def _case(each: Proposed) -> dict[str, object]:
    expect = {"effect": each.effect.value, "rules": list(each.rules)}
    return {"name": each.name, "stage": str(each.stage), "given": dict(each.given), "expect": expect}


def _written(proposals: tuple[Proposed, ...]) -> str:
    """Return *proposals* as YAML, to be read, corrected and pasted."""
    lines = ["tests:"] if proposals else ["# every edge has its test"]
    for case in map(_case, proposals):
        lines += [
            f"  - name: {_flow(case['name'])}",
            f"    stage: {case['stage']}",
            f"    given: {_flow(case['given'])}",
            f"    expect: {_flow(case['expect'])}",
        ]
    return "\n".join([*lines, ""])


def _flow(value: object) -> str:
    """Return *value* as JSON, which is YAML; exact decimals become numbers as they are written."""
    return json.dumps(value, ensure_ascii=False, default=float)
