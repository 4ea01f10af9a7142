"""The catalogue of fields."""

import pytest

from yett.model.kinds import FAMILIES as KIND_FAMILIES
from yett.model.segment import Origin
from yett.model.stage import Stage
from yett.policy.schema import FAMILIES, ORIGINS, TEXTS, cost, field, known_fields
from yett.policy.values import Sort


def test_origins_are_those_of_segments() -> None:
    assert set(ORIGINS) == set(Origin)


def test_every_family_of_findings_has_fields() -> None:
    assert {"secret" if name == "secrets" else name for name in FAMILIES} == set(KIND_FAMILIES) - {"text"}


@pytest.mark.parametrize(
    ("name", "sort", "costly", "findings"),
    [
        ("llm.model", Sort.STRING, False, False), ("llm.estimatedCost", Sort.NUMBER, True, False),
        ("llm.containsPII", Sort.BOOLEAN, True, True), ("llm.piiTypes", Sort.STRINGS, True, True),
        ("user.roles", Sort.STRINGS, False, False), ("user.shoe.size", Sort.ANY, False, False),
        ("metadata.x", Sort.ANY, False, False), ("request.ip", Sort.STRING, False, False),
        ("injection.score", Sort.NUMBER, True, True), ("injection.document.found", Sort.BOOLEAN, True, True),
        ("secrets.types", Sort.STRINGS, True, True), ("pii.rules", Sort.STRINGS, True, True),
        ("text.0f", Sort.BOOLEAN, True, True), ("risk.score", Sort.NUMBER, True, True),
        ("risk.pii", Sort.NUMBER, True, True), ("response.appropriateness", Sort.NUMBER, True, False),
    ],
)  # fmt: skip
def test_fields_have_a_sort_and_a_cost(name: str, sort: Sort, costly: bool, findings: bool) -> None:
    about = field(name)
    assert about is not None
    assert (about.sort, cost(name) > 0, about.findings) == (sort, costly, findings)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "llm",
        "llm.prompt.x",
        "llm.modle",
        "metadata",
        "metadata.",
        "metadata..x",
        "injection.nobody.score",
        "pii.user.rules",
        ".x",
    ],
)
def test_other_names_are_no_fields(name: str) -> None:
    assert field(name) is None
    assert cost(name) == 0


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("team.tier", set(Stage)), ("llm.prompt", {Stage.REQUEST}), ("response.text", {Stage.RESPONSE}),
        ("response.anything", {Stage.RESPONSE}), ("usage.outputTokens", {Stage.RESPONSE}), ("tool.name", {Stage.TOOL}),
        ("context.source", {Stage.CONTEXT}), ("injection.score", set(Stage)),
    ],
)  # fmt: skip
def test_fields_exist_at_stages(name: str, stages: set[Stage]) -> None:
    about = field(name)
    assert about is not None
    assert about.stages == stages


def test_texts_are_the_four_that_the_ports_name() -> None:
    assert set(TEXTS) == {"llm.prompt", "response.text", "tool.arguments", "context.text"}
    assert set(TEXTS) < set(known_fields())
