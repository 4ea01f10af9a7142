"""`yett audit`: the trail."""

from dataclasses import asdict
from pathlib import Path

import click

from yett.cli.options import as_json, config
from yett.cli.output import print_json, visible
from yett.cli.progress import Progress
from yett.compose.loading import SettingsSource
from yett.compose.trail import verify_trail

__all__ = ["verify"]


@click.command(short_help="Prove that no record was changed or left out.")
@config
@as_json
def verify(*, config: Path | None, as_json: bool) -> int:
    """Follow every chain of records from its first entry, and say where one does not hold."""
    settings = SettingsSource(config).load().settings
    with Progress("entries") as progress:
        report = verify_trail(settings, progress.add)
    if as_json:
        print_json({"holds": report.holds, **asdict(report)})
        return 0 if report.holds else 1
    for broken in report.broken:
        click.echo(f"chain {visible(broken.chain)} breaks at {broken.sequence}: {broken.why}")
    seen = f"{report.entries} entries in {report.chains} {'chain' if report.chains == 1 else 'chains'}"
    click.echo(f"the trail holds: {seen}" if report.holds else f"the trail does not hold: {seen} do")
    return 0 if report.holds else 1
