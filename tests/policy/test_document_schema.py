"""The published schema accepts what the reader accepts and refuses what has another shape."""

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import cast

import pytest
import yaml

from yett.policy.document_schema import document_schema, suite_schema
from yett.policy.parser import PolicyParser
from yett.policy.reading import EXPECT_KEYS
from yett.policy.suites import SUITE_KEYS, TEST_KEYS, WHERE

SCHEMA = document_schema()
_Schema = Mapping[str, object]
TYPES: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "object": lambda value: isinstance(value, dict),
        "array": lambda value: isinstance(value, list),
        "string": lambda value: isinstance(value, str),
        "boolean": lambda value: isinstance(value, bool),
        "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    }
)


class Core(yaml.SafeLoader):
    """YAML 1.2, where a day is a string."""


Core.yaml_implicit_resolvers = {
    first: [each for each in resolvers if not each[0].endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def fits(value: object, schema: _Schema) -> bool:
    """Say whether *value* fulfils *schema*, by the keywords that the published one uses."""
    rules: Mapping[str, Callable[..., bool]] = {
        "$ref": lambda ref: fits(value, SCHEMA["$defs"][ref.rpartition("/")[2]]),  # type: ignore[index]
        "type": lambda told: any(TYPES[each](value) for each in ([told] if isinstance(told, str) else told)),
        "enum": lambda words: value in words,
        "const": lambda word: value == word,
        "pattern": lambda pattern: isinstance(value, str) and re.search(pattern, value) is not None,
        "anyOf": lambda options: any(fits(value, each) for each in options),
        "oneOf": lambda options: sum(fits(value, each) for each in options) == 1,
        "items": lambda item: not isinstance(value, list) or all(fits(each, item) for each in value),
        "minItems": lambda least: not isinstance(value, list) or len(value) >= least,
        "minLength": lambda least: isinstance(value, str) and len(value) >= least,
        "minProperties": lambda least: isinstance(value, dict) and len(value) >= least,
        "minimum": lambda least: isinstance(value, int) and value >= least,
        "required": lambda keys: not isinstance(value, dict) or set(keys) <= set(value),
        "properties": lambda told: not isinstance(value, dict) or all(fits(value[key], told[key]) for key in value if key in told),
        "additionalProperties": lambda more: not isinstance(value, dict) or _no_more(value, schema, more),
    }  # fmt: skip
    return all(
        rules[key](told) for key, told in schema.items() if key not in {"$schema", "$defs", "title", "description"}
    )


def _no_more(value: Mapping[str, object], schema: _Schema, more: object) -> bool:
    others = [value[key] for key in value if key not in cast("_Schema", schema.get("properties", {}))]
    return not others if more is False else all(fits(each, cast("_Schema", more)) for each in others)


def documents(text: str) -> list[object]:
    return [each for each in yaml.load_all(text, Core) if each is not None]


@pytest.mark.parametrize("variant", ["default", "strict", "permissive"])
def test_shipped_policies_fit(variant: str) -> None:
    text = files("yett").joinpath("policies", f"{variant}.yaml").read_text("utf-8")
    assert all(fits(each, SCHEMA) for each in documents(text))


RULE = "{id: r, action: {decision: deny}}"


@pytest.mark.parametrize(
    "text",
    [
        "metadata: {id: x, version: 1.0, expires: 2027-01-01, tags: [a]}\nrules: []",
        "apiVersion: yett/v1\nmetadata: {id: x}\nrules: [{id: r, when: team.tier == 'a', action: {decision: limit, limit: {max_tokens: 5}}, stages: [request], on_missing: skip, expires: 2027-01-01}]",
        "metadata: {id: x}\nrules: [{id: r, all: [{when: team.tier == 'a'}, {not: {operator: exists, field: metadata.x}}], action: {decision: route, route: {models: [m]}}}]",
        "metadata: {id: x}\nconstants: {a: 1, b: [x]}\nrules: [{id: r, condition: {operator: in, field: team.tier, value: ['${b}', y]}, action: {decision: sanitize, obligations: [{type: redact, kinds: [pii.email, '*'], how: hash}, {type: drop, kinds: [pii], origins: [document]}, {type: notify, channel: c, message: m}, {type: approve}, {type: cap, quantity: q, limit: 1}]}}]".replace("'${b}'", "z"),
        f"metadata: {{id: x}}\nrules: [{RULE}]\ntests: [{{name: n, given: {{text: hello}}, stage: request, expect: {{decision: deny, rules: [r], allowed: false}}}}]\nstatus: draft",
    ],
)  # fmt: skip
def test_what_the_reader_reads_fits(text: str) -> None:
    if "text: hello" not in text:
        PolicyParser().parse_yaml(text)
    assert all(fits(each, SCHEMA) for each in documents(text))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "rules: []",
        "metadata: {id: x}",
        "metadata: {}\nrules: []",
        "metadata: {id: x, prioritty: 3}\nrules: []",
        "metadata: {id: x, priority: 1.5}\nrules: []",
        "metadata: {id: x, expires: soon}\nrules: []",
        "metadata: {id: x}\nrules: []\nstatus: activ",
        "metadata: {id: x}\nrules: []\napiVersion: yett/v2",
        "metadata: {id: x}\nrules: [{id: r}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: denny}}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: deny}, stages: []}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: deny}, condition: {field: team.tier}}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: deny}, condition: {operator: equals, field: team.tier}}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: deny}, condition: {operator: eq, field: llm.modle, value: 1}}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: deny}, all: []}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: warn, obligations: [{type: redact}]}}]",
        "metadata: {id: x}\nrules: [{id: r, action: {decision: warn, obligations: [{type: redact, kinds: [pii], how: maks}]}}]",
        f"metadata: {{id: x}}\nrules: [{RULE}]\ntests: [{{given: {{}}, expect: {{}}}}]",
    ],
)
def test_what_has_another_shape_does_not_fit(text: str) -> None:
    assert not all(fits(each, SCHEMA) for each in documents(text))


def test_a_suite_has_the_keys_that_its_reader_takes() -> None:
    schema = suite_schema()
    tables = cast("dict[str, dict[str, object]]", schema["$defs"])
    one, several = cast("list[dict[str, dict[str, dict[str, object]]]]", tables["expect"]["anyOf"])
    assert tuple(cast("_Schema", schema["properties"])) == SUITE_KEYS
    assert tuple(cast("_Schema", tables["test"]["properties"])) == TEST_KEYS
    assert tuple(one["properties"]) == EXPECT_KEYS
    assert tuple(several["items"]["properties"]) == (*EXPECT_KEYS, WHERE)
