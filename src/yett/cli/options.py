"""Options that several commands share."""

from pathlib import Path

import click

__all__ = ["as_json", "config", "readable"]

readable = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
"""A file that is there; whether it is right is found out by whoever reads it."""

config = click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="The configuration file.")

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
