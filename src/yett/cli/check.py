"""`yett check`: one text, by detection and policy."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

import click

from yett.cli.options import as_json, config, readable
from yett.cli.output import print_json, print_table, visible
from yett.compose.library import open_guard
from yett.model.finding import Finding
from yett.model.obligation import Transform
from yett.model.segment import Origin
from yett.model.stage import Stage
from yett.model.verdict import Verdict
from yett.services.shapes import obligation_shape, verdict_shape

__all__ = ["ROLES", "Options", "check"]

ROLES = MappingProxyType(
    {
        "user": Origin.USER,
        "system": Origin.OPERATOR,
        "developer": Origin.OPERATOR,
        "assistant": Origin.MODEL,
        "tool": Origin.TOOL,
        "document": Origin.DOCUMENT,
        "unknown": Origin.UNKNOWN,
    }
)
"""Who may have written the text, in the words of chat interfaces."""

_NATURAL = MappingProxyType({Stage.RESPONSE: "assistant", Stage.CONTEXT: "document", Stage.TOOL: "tool"})


class Options(TypedDict):
    """What the command is given."""

    text: str | None
    file: Path | None
    role: str | None
    stage: str
    policy: Path | None
    redact: str | None
    config: Path | None
    as_json: bool


@click.command(short_help="Run detection and policy on one text.")
@click.argument("text", required=False)
@click.option("--file", metavar="F", type=readable, help="Read the text from this file.")
@click.option("--role", type=click.Choice(list(ROLES)), help="Who wrote it.  [default: as the stage has it, user]")
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), default="request", show_default=True)
@click.option("--policy", metavar="F", type=readable, help="Decide by this policy instead of the configured ones.")
@click.option(
    "--redact",
    type=click.Choice([how.value for how in Transform]),
    help="Redact personal data in this way, not as configured.",
)
@config
@as_json
def check(**options: Unpack[Options]) -> int:
    """
    Run detection and policy on TEXT, or on standard input without it.

    Leaves with 0 when the text may pass, as it stands or sanitized, and with 1 when it is denied.
    """
    stage = Stage(options["stage"])
    origin = ROLES[options["role"] or _NATURAL.get(stage, "user")]
    text = _given(options["text"], options["file"])
    if options["policy"] and options["redact"]:
        message = "--redact is for the configured policies; write `how: …` in the policy"
        raise click.UsageError(message)
    guard = open_guard(options["config"], options["policy"], options["redact"])
    verdict = guard.check(text, origin=origin, stage=stage)
    if options["as_json"]:
        print_json(verdict_shape(verdict, partial(guard.why, text)))
    else:
        _tell(verdict, partial(guard.why, text))
    return 0 if verdict.allowed else 1


def _given(text: str | None, file: Path | None) -> str:
    if text is not None and file is not None:
        message = "give TEXT or --file, not both"
        raise click.UsageError(message)
    if text is not None:
        return _whole(text.encode("utf-8", "surrogateescape"), "TEXT")
    source = str(file) if file else "standard input"
    return _whole(file.read_bytes() if file else sys.stdin.buffer.read(), source)


def _whole(content: bytes, source: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        message = f"{source} is not UTF-8 at byte {error.start}"
        raise click.UsageError(message) from None


def _tell(verdict: Verdict, why: Callable[[Finding], str]) -> None:
    if verdict.findings:
        rows = [(*_row(finding), why(finding)) for finding in verdict.findings]
        print_table(("FOUND", "SCORE", "WHERE", "BY", "READ AS", "WHY"), rows)
        click.echo()
    decision = verdict.decision
    click.echo(f"{decision.effect}: {visible(decision.reason)}" if decision.reason else f"{decision.effect}")
    for reason in decision.reasons:
        unsure = f" (possibly: {', '.join(reason.unknown)} unknown)" if reason.unknown else ""
        click.echo(f"  {reason.effect} by {reason.policy}@{reason.version}/{reason.rule}{unsure}")
    for obligation in decision.obligations:
        parts = (f"{name}={value}" for name, value in obligation_shape(obligation).items() if name != "type" and value)
        click.echo(f"  then {obligation_shape(obligation)['type']} {' '.join(parts)}")
    if verdict.allowed:
        click.echo(f"\n{visible(verdict.sanitized)}")


def _row(finding: Finding) -> tuple[str, ...]:
    by = f"{finding.detector}/{finding.rule}" if finding.rule else finding.detector
    return (finding.kind, f"{finding.score:.2f}", f"{finding.span.start}-{finding.span.end}", by, finding.reading)
