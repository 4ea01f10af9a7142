"""The cases of `conformance/evaluate.yaml`, as documents and what they must decide."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

__all__ = ["CASES", "GROUPS", "Case", "Group", "differs"]

_WRITTEN = yaml.safe_load((Path(__file__).parents[2] / "conformance" / "evaluate.yaml").read_text("utf-8"))


class Case(NamedTuple):
    """What is given, and what must follow; what is None is left open."""

    given: Mapping[str, Any]
    effect: str
    rules: Sequence[str] | None = None
    unknown: Sequence[str] | None = None
    obligations: Sequence[Mapping[str, Any]] | None = None
    reason: str | None = None
    stage: str | None = None


class Group(NamedTuple):
    """Documents that decide together, in a namespace of their own."""

    name: str
    namespace: str
    policy: str
    cases: tuple[Case, ...]
    rego: str = ""
    finds: bool = False
    """Whether they are about facts that are found out, where something finds them out."""


def _placed(policy: str, namespace: str) -> str:
    """Put the documents of *policy* into *namespace*, those that name none."""
    documents = list(yaml.safe_load_all(policy))
    for document in documents:
        document["metadata"].setdefault("namespace", namespace)
    return yaml.safe_dump_all(documents, sort_keys=False)


def _conditions() -> Iterator[Group]:
    for number, written in enumerate(_WRITTEN["conditions"]):
        name = f"condition-{number}"
        rules = [{"id": "it", "condition": written["condition"], "action": {"decision": "deny"}}]
        cases = [
            *(Case(given, "deny", ["it"], []) for given in written[True]),
            *(Case(given, "allow", [], []) for given in written[False]),
            *(Case(given, "deny", ["it"]) for given in written.get("unknown", ())),
        ]
        policy = yaml.safe_dump({"metadata": {"id": name}, "rules": rules}, sort_keys=False)
        yield Group(f"{name}-{written['condition']['operator']}", name, _placed(policy, name), tuple(cases))


def _groups() -> Iterator[Group]:
    for number, written in enumerate(_WRITTEN["groups"]):
        namespace = written.get("namespace", f"group-{number}")
        cases = tuple(Case(**case) for case in written["cases"])
        policy = _placed(written["policy"], namespace)
        yield Group(
            written["name"], namespace, policy, cases, written.get("rego", ""), finds=written.get("finds", False)
        )


def differs(case: Case, decision: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return in what *decision*, as JSON has it, differs from what *case* says: what it is and what it should be."""
    matched = decision["matched"]
    told = {
        "effect": decision["effect"],
        "rules": [reason["rule"] for reason in matched],
        "unknown": sorted({field for reason in matched for field in reason["unknown"]}),
        "obligations": decision["obligations"],
        "reason": decision["reason"],
    }
    wanted = {name: getattr(case, name) for name in told if getattr(case, name) is not None}
    differing = {
        name: (told[name], want) for name, want in wanted.items() if _unordered(told[name]) != _unordered(want)
    }
    if decision["allowed"] == (decision["effect"] == "deny"):
        differing["allowed"] = decision["allowed"], decision["effect"]
    return differing


def _unordered(value: Any) -> Any:
    """Obligations hold in any order; what else is listed is listed in one."""
    return sorted(sorted(each.items()) for each in value) if value and isinstance(value[0], dict) else value


GROUPS = (*_conditions(), *_groups())
CASES = tuple((group, case) for group in GROUPS for case in group.cases)
