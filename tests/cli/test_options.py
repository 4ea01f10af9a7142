"""Options that several commands share."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from yett.cli.options import as_json, config, readable


@click.command()
@click.option("--file", type=readable)
@config
@as_json
def command(*, file: Path | None, config: Path | None, as_json: bool) -> None:
    click.echo(f"{file!r} {config!r} {as_json}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "None None False"),
        (["--json"], "None None True"),
        (["--config", "nowhere.yaml"], f"None {Path('nowhere.yaml')!r} False"),
        (["--file", __file__], f"{Path(__file__)!r} None False"),
    ],
)
def test_options_are_what_their_commands_expect(arguments: list[str], told: str) -> None:
    assert CliRunner().invoke(command, arguments).output.strip() == told


def test_a_file_must_be_there() -> None:
    assert CliRunner().invoke(command, ["--file", "nowhere"]).exit_code == 2
