"""`yett policy`, for those who write policies: their canonical form, their schema, what is odd about them, and why they decide."""

from datetime import UTC, datetime
from pathlib import Path

import click

from yett.cli.options import as_json, as_sarif, readable
from yett.cli.output import print_json, visible
from yett.cli.sarif import documentation, sarif_log
from yett.compose.analysis import proved
from yett.compose.policies import is_suite, read_policies
from yett.compose.texts import text_of
from yett.policy.document_schema import document_schema
from yett.policy.formatting import formatted
from yett.policy.lint import IDLE, NOTES
from yett.policy.lint import lint as odd
from yett.policy.problems import Problems
from yett.services.shapes import problem_shape

__all__ = ["fmt", "lint", "schema"]

_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)


@click.command(short_help="Write policies in their canonical form.")
@_files
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 where something would change.")
def fmt(*, files: tuple[Path, ...], check: bool) -> int:
    """
    Write the policies in FILE... in their canonical form, comments included, and tell which files changed.

    Nothing is written unless all of them can be read. What they mean never changes. Suites of tests stay as they are.
    """
    problems = Problems()
    texts = {file: text for file in files if not is_suite(file) and (text := text_of(file, problems)) is not None}
    results = {file: formatted(text, str(file), problems) for file, text in texts.items()}
    problems.raise_any()
    for file, result in results.items():
        if result is None:
            message = f"{visible(str(file))}: left as it is, since another form would say something else"
            click.echo(message, err=True)
    changed = {file: result for file, result in results.items() if result is not None and result != texts[file]}
    for file, result in changed.items():
        click.echo(visible(str(file)))
        if not check:
            file.write_text(result, encoding="utf-8", newline="\n")
    return 1 if (check and changed) or None in results.values() else 0


@click.command(short_help="Print the JSON Schema of policies, for editors.")
@as_json
def schema(*, as_json: bool) -> None:  # noqa: ARG001 - a schema is JSON either way
    """Print the JSON Schema of policies, for editors that complete and check."""
    print_json(document_schema())


@click.command(short_help="Tell what is odd about policies.")
@_files
@as_json
@as_sarif
@click.option("--prove", is_flag=True, help="Ask a solver, too; needs the extra `analysis`.")
def lint(*, files: tuple[Path, ...], as_json: bool, sarif: bool, prove: bool) -> int:
    """
    Look at the policies in FILE... together for rules that are shadowed, dead, expired, or odd in other ways.

    Leaves with 1 when there is a warning; notes alone leave with 0.
    """
    documents = read_policies(files)
    found = odd(documents, datetime.now(UTC).date())
    if prove:
        warned = {problem.place for problem in found if problem.code in IDLE}
        found = (*found, *proved(documents, warned))
    if sarif:
        print_json(sarif_log(found, NOTES, documentation()))
    elif as_json:
        level = {True: "note", False: "warning"}
        print_json([{**problem_shape(problem), "level": level[problem.code in NOTES]} for problem in found])
    else:
        for problem in found:
            click.echo(f"{'note' if problem.code in NOTES else 'warning'}: {visible(str(problem))}")
    return 1 if any(problem.code not in NOTES for problem in found) else 0
