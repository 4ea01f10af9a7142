"""`yett policy diff`: in what two sets of policies differ, and what that means for what they decide."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from yett.cli.options import as_json, config
from yett.cli.output import print_json, visible
from yett.compose.analysis import Proof, proved_difference
from yett.compose.loading import SettingsSource
from yett.compose.sides import program_named
from yett.model.decision import Decision
from yett.policy.difference import Difference, Example, Kind, RuleChange, found_by_trying, rule_changes
from yett.policy.program import Program
from yett.ports.decider import TextTest

__all__ = ["diff"]

_SIGNS = {Difference.ADDED: "+", Difference.REMOVED: "-", Difference.CHANGED: "~"}
_TOLD = {
    Kind.ALLOWED_ONLY_BY_OTHER: "A denies it, B allows it",
    Kind.ALLOWED_ONLY_BY_ONE: "A allows it, B denies it",
    Kind.EFFECT: "both allow it, otherwise",
}


@click.command(short_help="Say in what two sets of policies differ.")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--trying", is_flag=True, help="Try facts at the edges, and prove nothing.")
@config
@as_json
def diff(*, one: str, other: str, trying: bool, config: Path | None, as_json: bool) -> int:
    """
    Say in what the policies A and B differ: the rules, and whether they decide the same.

    A and B are files, folders, releases such as `default#3`, or versions such as `limits@1.2.0`. With the extra `analysis`
    a solver proves that they decide the same, or that one only tightens the other, or shows facts for which that is not so;
    without it facts at the edges of the rules are tried, which proves nothing. Leaves with 1 when they decide differently
    and with 0 when no such facts are known.
    """
    sides = [program_named(name, lambda: SettingsSource(config).load().settings) for name in (one, other)]
    changes = rule_changes(*sides)
    proof = None if trying else proved_difference(*sides)
    examples, tried = (proof.examples, 0) if proof else found_by_trying(*sides)
    if as_json:
        print_json(_shape(changes, proof, examples, tried))
    else:
        tests = _tests(sides)
        for line in (*_changed(changes), *_verdict(proof, examples, tried), *_shown(examples, tests)):
            click.echo(visible(line))
    return 1 if examples or (proof is not None and proof.same is False) else 0


def _tests(sides: list[Program]) -> Mapping[str, TextTest]:
    return {test.id: test for side in sides for test in side.text_tests}


def _changed(changes: tuple[RuleChange, ...]) -> Iterator[str]:
    for each in changes:
        yield f"{_SIGNS[each.difference]} {each.policy}/{each.rule}"
        for part, (before, after) in each.parts.items():
            if each.difference is Difference.CHANGED:
                yield f"    {part}: {before or '-'} -> {after or '-'}"
            elif part in {"condition", "decision"}:
                yield f"    {part}: {before or after}"
    if not changes:
        yield "the rules are the same"


def _verdict(proof: Proof | None, examples: tuple[Example, ...], tried: int) -> Iterator[str]:
    if proof is None:
        found = f"{len(examples)} examples of another decision" if examples else "no other decision was found"
        yield f"tried {tried} facts at the edges of the rules: {found}; this is no proof"
    elif proof.same:
        yield "proved: A and B always decide the same"
    else:
        yield f"B {_sure('allows nothing that A denies', 'allows something that A denies', holds=proof.tightens)}"
        yield f"B {_sure('denies nothing that A allows', 'denies something that A allows', holds=proof.loosens)}"


def _sure(so: str, otherwise: str, *, holds: bool | None) -> str:
    return f"{so}: proved" if holds else otherwise if holds is False else f"{so}: not known"


def _shown(examples: tuple[Example, ...], tests: Mapping[str, TextTest]) -> Iterator[str]:
    for each in examples:
        yield f"{_TOLD[each.kind]}, at the stage `{each.stage}`: {_facts(each.facts)}"
        for text in _asked(each.facts, tests):
            yield f"    where {text}"
        for name, decision in (("A", each.one), ("B", each.other)):
            rules = ", ".join(f"{reason.policy}/{reason.rule}" for reason in decision.reasons)
            yield f"    {name}: {decision.effect}{f' by {rules}' if rules else ''}"


def _facts(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)


def _asked(facts: Mapping[str, object], tests: Mapping[str, TextTest]) -> Iterator[str]:
    """Say which condition on text stands behind each fact that is called after one."""
    below = facts.get("text")
    for name in below if isinstance(below, Mapping) else ():
        if name in tests:
            test = tests[name]
            yield f"`text.{name}` says whether `{test.field}` {test.operator} {_facts({'value': test.value})[10:-1]}"


def _shape(
    changes: tuple[RuleChange, ...], proof: Proof | None, examples: tuple[Example, ...], tried: int
) -> dict[str, object]:
    return {
        "rules": [
            {
                "difference": each.difference.value,
                "policy": each.policy,
                "rule": each.rule,
                "parts": {part: {"before": before, "after": after} for part, (before, after) in each.parts.items()},
            }
            for each in changes
        ],
        "proof": {"same": proof.same, "tightens": proof.tightens, "loosens": proof.loosens} if proof else None,
        "tried": tried,
        "examples": [
            {
                "kind": each.kind.value,
                "stage": each.stage.value,
                "facts": json.loads(_facts(each.facts)),
                "before": _decided(each.one),
                "after": _decided(each.other),
            }
            for each in examples
        ],
    }


def _decided(decision: Decision) -> dict[str, object]:
    rules = [f"{reason.policy}@{reason.version}/{reason.rule}" for reason in decision.reasons]
    return {"allowed": decision.allowed, "effect": decision.effect.value, "rules": rules}
