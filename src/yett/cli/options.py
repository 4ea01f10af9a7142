"""Options that several commands share."""

from pathlib import Path

import click

__all__ = ["as_json", "as_sarif", "config", "examples", "most", "readable", "surroundings"]

readable = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
"""A file that is there; whether it is right is found out by whoever reads it."""

config = click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="The configuration file.")

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

as_sarif = click.option("--sarif", is_flag=True, help="Print the result as SARIF, for code hosts.")

examples = click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
"""Files, or folders of files, of labelled texts."""

most = click.option(
    "--most", type=click.IntRange(1), default=700, show_default=True, help="Texts of a source and a label."
)

surroundings = click.option(
    "--surroundings",
    type=click.IntRange(0),
    default=500,
    show_default=True,
    help="Innocent texts of this machine, each.",
)
