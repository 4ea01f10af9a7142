"""`yett policy replay`: what would have been decided about the exchanges that were recorded."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from yett.cli.options import as_json, config, readable
from yett.cli.output import print_json, print_table
from yett.cli.progress import Progress
from yett.compose.loading import SettingsSource
from yett.compose.replaying import replay as replayed
from yett.policy.comparison import Change, Changed, Report

__all__ = ["replay"]

_SPAN = re.compile(r"([0-9]+)([dhm])")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}
_MOST = 3
"""How many teams, models and rules are named."""


def _since(_context: click.Context, _option: click.Parameter, text: str) -> float:
    span = _SPAN.fullmatch(text)
    if span:
        return time.time() - int(span[1]) * _SECONDS[span[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write `30d`, `12h`, `90m`, or a day such as `2027-01-15`") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@click.command(short_help="Say what candidates would have decided.")
@click.option(
    "--candidate", "candidates", multiple=True, required=True, type=readable, metavar="FILE", help="A policy."
)
@click.option("--since", default="30d", show_default=True, callback=_since, metavar="SPAN|DAY", help="How far back.")
@click.option(
    "--fail-on", multiple=True, type=click.Choice([each.value for each in Change]), help="Leave with 1 on it."
)
@config
@as_json
def replay(
    *, candidates: tuple[Path, ...], since: float, fail_on: tuple[str, ...], config: Path | None, as_json: bool
) -> int:
    """
    Ask candidates, in place of the policies that have their ids, about the exchanges that were recorded.

    Nothing is decided and nothing is read but records, which hold no text.
    """
    settings = SettingsSource(config).load().settings
    with Progress("records") as progress:
        report = replayed(settings, candidates, since, progress)
    if as_json:
        print_json(_shape(report))
    else:
        _tell(report)
    return 1 if any(report.changed.get(Change(each)) for each in fail_on) else 0


def _tell(report: Report) -> None:
    told = f"{report.replayed} of {report.records} records replayed"
    click.echo(f"{told}; {report.undecided} ended before any policy was asked")
    for field, count in report.lacking.most_common():
        what = "no facts at all" if field == "*" else f"no `{field}`"
        click.echo(f"  {count} cannot be: they hold {what}")
    if not report.changed:
        click.echo("nothing that was replayed would have been decided otherwise")
        return
    rows = [_row(change, report.changed[change]) for change in Change if change in report.changed]
    print_table(("CHANGE", "COUNT", "MONEY", "TEAMS", "MODELS", "RULES", "SUCH AS"), rows)


def _row(change: Change, changed: Changed) -> tuple[str, ...]:
    named = (
        ", ".join(f"{name or '-'} {count}" for name, count in each.most_common(_MOST))
        for each in (changed.teams, changed.models, changed.rules)
    )
    return (change.value, str(changed.count), f"${changed.money}", *named, next(iter(changed.samples), ""))


def _shape(report: Report) -> dict[str, object]:
    return {
        "records": report.records,
        "replayed": report.replayed,
        "undecided": report.undecided,
        "unreplayable": dict(report.lacking),
        "changed": {
            change.value: {
                "count": each.count,
                "teams": dict(each.teams),
                "models": dict(each.models),
                "rules": dict(each.rules),
                "redactions": dict(each.redactions),
                "money": str(each.money),
                "unpriced": each.unpriced,
                "samples": each.samples,
            }
            for change, each in report.changed.items()
        },
    }
