"""What is text in a JSON Schema."""

import pytest

from yett.dialects.openai_schemas import schema
from yett.dialects.shapes import Sieve
from yett.model.errors import CallerError
from yett.model.segment import Origin


def texts(value: object) -> list[str]:
    sieve = Sieve()
    schema(value, "", Origin.DEFINITION, sieve)
    return [segment.text for segment in sieve.segments]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"type": "object", "properties": {}, "required": [], "additionalProperties": False}, []),
        ({"type": ["string", "null"], "format": "email", "maxLength": 9}, []),
        ({"type": "poem"}, ["poem"]),
        ({"format": "an order"}, ["an order"]),
        ({"properties": {"to": {"type": "string", "description": "whom"}}, "required": ["to"]}, ["to", "whom", "to"]),
        ({"enum": ["a", {"b": "c"}], "default": "d", "const": "e"}, ["a", "b", "c", "d", "e"]),
        (
            {"anyOf": [{"title": "t"}], "items": {"pattern": "p"}, "$defs": {"n": {"$ref": "#/x"}}},
            ["t", "p", "n", "#/x"],
        ),
        ({"x-note": "hello"}, ["x-note", "hello"]),
        ({"minimum": 12345678}, ["12345678"]),
        ("a string", ["a string"]),
        (True, []),
    ],
)
def test_keywords_are_structure_and_all_else_is_text(value: object, said: list[str]) -> None:
    assert texts(value) == said


def test_a_keyword_in_other_case_is_ambiguous() -> None:
    with pytest.raises(CallerError, match="write `additionalProperties`"):
        texts({"items": {"additionalproperties": False}})
