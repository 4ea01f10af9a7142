"""`yett policy explain`: why policies decide as they do."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from yett.cli.contexts import context_option, stage_option, stated_facts
from yett.cli.options import as_json, readable
from yett.cli.output import print_json, visible
from yett.compose.engine import PolicyEngine
from yett.compose.policies import read_policies
from yett.policy.explaining import Explanation, Step
from yett.services.shapes import explanation_shape

__all__ = ["explain"]

_TRUTHS = {True: "true", False: "false", None: "unknown"}


@click.command(short_help="Say why policies decide as they do.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)
@context_option
@stage_option
@as_json
def explain(*, files: tuple[Path, ...], context: str, stage: str | None, as_json: bool) -> int:
    """
    Say why the policies in FILE... decide as they do for a context: every rule with the truth of its conditions.

    Rules that nearly matched are told with what they miss, and the smallest change that was found to turn the decision.
    Leaves with 0 when it is allowed and with 1 when it is denied.
    """
    told = PolicyEngine(read_policies(files)).explain(stated_facts(context), stage)
    if as_json:
        print_json(explanation_shape(told))
    else:
        for line in _lines(told):
            click.echo(visible(line))
    return 0 if told.decision.allowed else 1


def _lines(told: Explanation) -> Iterator[str]:
    decision = told.decision
    yield f"{decision.effect}: {decision.reason}" if decision.reason else f"{decision.effect}"
    for rule in told.rules:
        yield f"  {rule.policy}/{rule.rule} ({rule.effect}) {'matches' if rule.matched else 'does not match'}"
        yield from _tree(rule.tree, "    ")
    for missed in told.why_not:
        yield f"why not {missed.policy}/{missed.rule}: it misses {' and '.join(missed.failing)}"
    if told.what_if:
        turned = "denied" if decision.allowed else "allowed"
        yield f"it would be {turned} if {' and '.join(change.words for change in told.what_if)}"


def _tree(step: Step, indent: str) -> Iterator[str]:
    shown = "" if step.fact is None else f" (it is {json.dumps(step.fact, ensure_ascii=False, default=str)})"
    if step.parts or step.words not in {"all", "any"}:
        yield f"{indent}{_TRUTHS[step.truth]}: {step.words}{shown}"
    else:
        yield f"{indent}always"
    for part in step.parts:
        yield from _tree(part, f"{indent}  ")
