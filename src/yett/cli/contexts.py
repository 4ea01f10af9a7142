"""Contexts: facts on the command line."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from yett.compose.clock import SystemClock
from yett.model.stage import Stage
from yett.services.moment import dated

__all__ = ["context_option", "stage_option", "stated_facts"]

context_option = click.option(
    "--context", metavar="JSON|@file", required=True, help="The facts, as a JSON object; `@-` is standard input."
)
stage_option = click.option(
    "--stage", type=click.Choice([stage.value for stage in Stage]), help="[default: as the context has it]"
)


def stated_facts(context: str) -> Mapping[str, object]:
    """
    Return the facts that *context* states, and what time it is where it does not say so.

    Raises:
        click.UsageError: it states none.
    """
    return dated(_facts(context), SystemClock().now())


def _facts(context: str) -> Mapping[str, object]:
    if context.startswith("@"):
        context = _read(context.removeprefix("@"))
    try:
        facts = json.loads(context, object_pairs_hook=_unique, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        message = f"--context is not JSON: {error}"
        raise click.UsageError(message) from None
    if not isinstance(facts, dict):
        message = '--context must be a JSON object, such as {"llm": {"model": "gpt-4"}}'
        raise click.UsageError(message)
    return facts


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "unreadable").lower() if isinstance(error, OSError) else "it is not UTF-8"
        message = f"--context: `{name}` cannot be read: {why}"
        raise click.UsageError(message) from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    facts = dict(pairs)
    if len(facts) < len(pairs):
        message = "a key is there twice"
        raise ValueError(message)
    return facts


def _refused(word: str) -> object:
    message = f"`{word}` is no number"
    raise ValueError(message)
