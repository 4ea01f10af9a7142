"""`yett policy lsp`: what editors speak to."""

from datetime import UTC, date, datetime

import click

from yett.cli.app import installed
from yett.cli.sarif import documentation
from yett.compose.editing import serve_editor

__all__ = ["lsp"]


@click.command(short_help="Speak to editors: complete, explain and check.")
def lsp() -> None:
    """
    Speak the Language Server Protocol over standard input and output, for editors; needs the extra `lsp`.

    Policies are checked as `validate` and `lint` do, suites (`*_test.yaml`) as `test` does.
    """
    serve_editor(installed(), documentation(), _today)


def _today() -> date:
    return datetime.now(UTC).date()
