"""Retelling: what is put together is what would be written."""

import re

import pytest

from yett.policy import retelling
from yett.policy.compiler import check_document
from yett.policy.likeness import read_alike
from yett.policy.problems import Problems
from yett.policy.revision import written

CONDITIONS = (
    "{{operator: eq, field: team.id, value: team-{0}}}",
    "{{operator: gt, field: llm.estimatedCost, value: {0}.25}}",
    "{{operator: in, field: llm.model, value: [a-{0}, b]}}",
    "{{operator: in, field: llm.maxTokens, value: [{0}, 0.5, -0.0]}}",
    "{{operator: and, conditions: [{{operator: eq, field: team.name, value: 'é {0}'}}, {{operator: lt, field: llm.maxTokens, value: {0}}}]}}",
    "{{operator: gt, field: llm.maxTokens, value: 90000000{0}}}",
    "{{operator: eq, field: team.id, value: Mark90000000{0}}}",
)


def made(condition: str, name: str = "r{0}", action: str = "{{decision: warn, reason: the {0}}}") -> str:
    rules = "".join(
        f"  - {{id: {name.format(number)}, condition: {condition.format(number)}, action: {action.format(number)}}}\n"
        for number in range(40)
    )
    return f"metadata: {{id: a, priority: 3}}\nrules:\n{rules}"


def clauses(text: str) -> list[tuple[str, str]]:
    document = read_alike(text, "f")
    assert document is not None
    return [(clause.told, written(clause)) for clause in check_document(document, Problems()).clauses]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("name", ["r{0}", "{0}", "'{0}'"])
def test_what_is_put_together_is_what_would_be_written(condition: str, name: str) -> None:
    for told, whole in clauses(made(condition, name)):
        assert told in {"", whole}  # nothing where each rule was read by itself


@pytest.mark.parametrize("condition", CONDITIONS[:5])
def test_nearly_everything_is_put_together(condition: str) -> None:
    assert all(told for told, _ in clauses(made(condition)))


@pytest.mark.parametrize(
    ("condition", "name", "mutant"),
    [
        (CONDITIONS[2], "_BEHIND", re.compile("never")),
        (CONDITIONS[3], "sort_of", lambda _: "boolean"),
        (CONDITIONS[4], "quoted", lambda text: f'"{text}"'),
        (CONDITIONS[1], "repr", lambda _: "0"),
    ],
)
def test_another_retelling_is_noticed(
    condition: str, name: str, mutant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retelling, name, mutant, raising=False)
    assert any(told != whole for told, whole in clauses(made(condition)))
