"""`yett doctor`."""

from dataclasses import asdict
from pathlib import Path

import click

from yett.cli.options import as_json, config
from yett.cli.output import print_json, print_table
from yett.compose.doctor import State, examine
from yett.compose.loading import SettingsSource

__all__ = ["doctor"]


@click.command(short_help="Look whether everything that Yett needs is there.")
@config
@as_json
def doctor(*, config: Path | None, as_json: bool) -> int:
    """Look whether everything that Yett needs is there and works; leaves with 1 when something is wrong."""
    checks = list(examine(SettingsSource(config)))
    well = all(check.state is not State.WRONG for check in checks)
    if as_json:
        print_json({"well": well, "checks": [asdict(check) for check in checks]})
    else:
        rows = [(check.name, check.state.value, check.detail, check.cure) for check in checks]
        print_table(("CHECK", "STATE", "DETAIL", "CURE"), rows)
    return 0 if well else 1
