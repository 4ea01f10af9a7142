"""
The table of JSON Schema, as tools and response formats use it: keywords are structure, everything else is text.

The names of properties are text, and so are titles, descriptions, enumerations, constants, defaults and examples: a
model reads all of them.
"""

from yett.dialects.shapes import Sieve, any_of, fields, free, items, mapping, word
from yett.model.segment import Origin

__all__ = ["schema"]


def schema(value: object, path: str, origin: Origin, sieve: Sieve) -> None:
    """Read a JSON Schema, which is an object, or true or false."""
    _KEYWORDS(value, path, origin, sieve)


_TYPES = word("string", "number", "integer", "boolean", "object", "array", "null")
_KEYWORDS = fields(
    {
        "type": any_of(_TYPES, items(_TYPES)),
        "format": word("date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname", "duration"),
        "properties": mapping(schema),
        "patternProperties": mapping(schema),
        "$defs": mapping(schema),
        "definitions": mapping(schema),
        "required": items(free),
        "items": any_of(free, schema),
        "prefixItems": items(schema),
        "additionalProperties": schema,
        "anyOf": items(schema),
        "oneOf": items(schema),
        "allOf": items(schema),
        "not": schema,
        "if": schema,
        "then": schema,
        "else": schema,
        "title": free,
        "description": free,
        "pattern": free,
        "enum": free,
        "const": free,
        "default": free,
        "examples": free,
        "$ref": free,
        "$schema": free,
        "$id": free,
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), free),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), free),
        **dict.fromkeys(("uniqueItems", "strict", "nullable", "deprecated", "readOnly", "writeOnly"), free),
    }
)
