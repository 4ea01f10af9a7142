"""`yett policy`: decide by policies, and check them."""

import json
from pathlib import Path

import click

from yett.cli.contexts import context_option, stage_option, stated_facts
from yett.cli.options import as_json, as_sarif, readable
from yett.cli.output import print_json, print_problems, print_table, visible
from yett.cli.sarif import documentation, sarif_log
from yett.compose.engine import PolicyEngine
from yett.compose.policies import read_policies
from yett.compose.validation import Validation, validate_policies
from yett.model.decision import Decision
from yett.policy.cases import Result
from yett.services.shapes import decision_shape, obligation_shape, problem_shape

__all__ = ["evaluate", "validate"]

_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=readable)


@click.command(short_help="Decide by policies, for a context.")
@_files
@context_option
@stage_option
@as_json
def evaluate(*, files: tuple[Path, ...], context: str, stage: str | None, as_json: bool) -> int:
    """
    Decide by the policies in FILE... for a context.

    Leaves with 0 when it is allowed and with 1 when it is denied.
    """
    facts = stated_facts(context)
    decision = PolicyEngine(read_policies(files)).evaluate(facts, stage)
    if as_json:
        print_json(decision_shape(decision))
    else:
        _tell(decision)
    return 0 if decision.allowed else 1


@click.command(short_help="Check policies and run their own tests.")
@_files
@as_json
@as_sarif
def validate(*, files: tuple[Path, ...], as_json: bool, sarif: bool) -> int:
    """
    Check the policies in FILE..., each file on its own, and run the tests that travel with them.

    Leaves with 0 when they hold, with 1 when a test fails and with 2 when they cannot be understood.
    """
    validation = validate_policies(files)
    if sarif:
        print_json(sarif_log(validation.failures, pages=documentation(), level="error"))
    elif as_json:
        print_json(_shape(validation))
    else:
        rows = [(name, str(rules), *map(str, counts)) for name, rules, counts in _counts(validation)]
        print_table(("POLICY", "RULES", "PASSED", "FAILED"), rows)
        print_problems(validation.failures)
    return 1 if validation.failures else 0


def _tell(decision: Decision) -> None:
    click.echo(f"{decision.effect}: {visible(decision.reason)}" if decision.reason else f"{decision.effect}")
    for reason in decision.reasons:
        unsure = f" (possibly: {', '.join(reason.unknown)} unknown)" if reason.unknown else ""
        click.echo(f"  {reason.effect} by {visible(f'{reason.policy}@{reason.version}/{reason.rule}')}{unsure}")
    for obligation in decision.obligations:
        click.echo(f"  then {visible(json.dumps(obligation_shape(obligation), ensure_ascii=False))}")


def _counts(validation: Validation) -> list[tuple[str, int, tuple[int, int]]]:
    counts = []
    for document in validation.documents:
        results = [outcome.result for outcome in validation.outcomes if outcome.case in document.cases]
        told = (results.count(Result.PASSED), results.count(Result.FAILED))
        counts.append((f"{document.id}@{document.version}", len(document.rules), told))
    return counts


def _shape(validation: Validation) -> dict[str, object]:
    policies = [
        {"policy": name, "rules": rules, "tests": {"passed": passed, "failed": failed}}
        for name, rules, (passed, failed) in _counts(validation)
    ]
    failures = [problem_shape(problem) for problem in validation.failures]
    return {"valid": not failures, "policies": policies, "problems": failures}
