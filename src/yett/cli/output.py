"""
Output: what commands print.

Rules:

1. JSON is for machines and always complete; the rest is for people.
2. Colour and frames only on a terminal; rich is imported only then.
3. Foreign text never reaches a terminal raw: control characters are made visible, since they could drive it.
"""

import json
import sys
from collections.abc import Iterable, Sequence

import click

from yett.model.errors import Problem
from yett.services.shapes import problem_shape

__all__ = ["print_json", "print_problems", "print_table", "visible"]

_GAP = "  "


def visible(text: str) -> str:
    """Return *text* with every character that nobody sees, or that drives a terminal, written out."""
    return "".join(char if char.isprintable() or char in "\n\t" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode() if char.isascii() else f"<U+{ord(char):04X}>"


def print_json(result: object) -> None:
    """Print *result* as JSON, in characters that every terminal and every pipe can take."""
    click.echo(json.dumps(result, indent=2))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows* under *head*: framed on a terminal, in columns elsewhere."""
    cells = [[visible(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _framed(head, cells)
        return
    widths = [max(len(cell) for cell in column) for column in zip(head, *cells, strict=True)]
    for row in [head, *cells]:
        line = _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def _framed(head: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    # Imported here alone: it takes longer than most commands, and pipes never need it.
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*(Column(name, overflow="fold") for name in head), header_style="bold", box=SIMPLE_HEAD)
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)


def print_problems(problems: Iterable[Problem], *, as_json: bool = False) -> None:
    """Print *problems*, each with its place and its cure: to standard error, or as JSON where results go."""
    if as_json:
        print_json({"problems": [problem_shape(problem) for problem in problems]})
        return
    for problem in problems:
        click.echo(visible(str(problem)), err=True)
