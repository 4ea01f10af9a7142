"""`yett config`: what the configuration says."""

from pathlib import Path

import click

from yett.cli.options import as_json, config
from yett.cli.output import print_json, print_problems
from yett.compose.library import open_guard
from yett.compose.loading import SettingsSource
from yett.compose.showing import settings_schema, settings_shape, settings_text
from yett.services.shapes import problem_shape

__all__ = ["check", "schema", "show"]


@click.command(short_help="Say whether the configuration holds.")
@config
@as_json
def check(*, config: Path | None, as_json: bool) -> int:
    """Say whether the configuration and its policies hold, their own tests too, and what in them has no effect."""
    loaded = SettingsSource(config).load()
    open_guard(config)
    where = str(loaded.file) if loaded.file else "no file, only defaults and variables"
    if as_json:
        notices = [problem_shape(notice) for notice in loaded.notices]
        print_json({"valid": True, "file": str(loaded.file) if loaded.file else None, "notices": notices})
    else:
        print_problems(loaded.notices)
        click.echo(f"the configuration holds ({where})")
    return 0


@click.command(short_help="Print the configuration, without secrets.")
@config
@as_json
def show(*, config: Path | None, as_json: bool) -> None:
    """Print the configuration as it is understood, defaults and variables included; secrets are stars."""
    settings = SettingsSource(config).load().settings
    if as_json:
        print_json(settings_shape(settings))
    else:
        click.echo(settings_text(settings), nl=False)


@click.command(short_help="Print the JSON Schema of the configuration.")
@as_json
def schema(*, as_json: bool) -> None:  # noqa: ARG001 - a schema is JSON either way
    """Print the configuration's JSON Schema, for editors that complete and check."""
    print_json(settings_schema())
