"""
Completing: what may be written at a place of a policy or a suite, and what stands there.

What may be written is read from the published schema, followed along the keys that lead to the place.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from yett.policy.cursor import Cursor, Standing, cursor_at
from yett.policy.document_schema import document_schema, suite_schema
from yett.policy.meanings import field_meaning, meaning
from yett.policy.schema import known_fields

__all__ = ["Choice", "choices", "explained"]

_Schema = Mapping[str, object]
_SORTS = MappingProxyType({"array": "list", "object": "mapping", "integer": "whole number"})


class Choice(NamedTuple):
    """One thing that may be written."""

    text: str
    kind: str
    """`key`; `fact` where a field is a key; `field`; or `value`."""
    meaning: str


def choices(text: str, offset: int, *, suite: bool = False) -> tuple[Cursor, tuple[Choice, ...]]:
    """Return the word at *offset*, and what may stand in its place; what does not suit its beginning, too."""
    cursor = cursor_at(text, offset)
    root = suite_schema() if suite else document_schema()
    found = (choice for standing in cursor.standings for choice in _choices(root, standing))
    return cursor, tuple({choice.text: choice for choice in found}.values())


def explained(text: str, offset: int, *, suite: bool = False) -> tuple[Cursor, str]:
    """Return the word at *offset*, and what it is; empty when there is nothing to say."""
    cursor = cursor_at(text, offset)
    root = suite_schema() if suite else document_schema()
    told = (_explained(root, standing, cursor.word) for standing in cursor.standings)
    return cursor, next(filter(None, told), "") if cursor.word else ""


def _choices(root: _Schema, standing: Standing) -> Iterator[Choice]:
    above = _facts_above(standing)
    if above is not None:
        kind = "fact" if standing.key else "field"
        below = (name for name in known_fields() if name.startswith(above))
        yield from (Choice(name.removeprefix(above), kind, field_meaning(name)) for name in below)
    elif standing.whole:
        named = _named(standing)
        for schema in _schemas(root, standing):
            if standing.key:
                properties = _table(schema, "properties")
                left = (key for key in properties if key not in standing.beside)
                yield from (Choice(key, "key", _shape(root, properties[key])) for key in left)
            else:
                kind = "field" if named == "field" else "value"
                yield from (Choice(word, kind, meaning(named, word)) for word in _words(schema))


def _explained(root: _Schema, standing: Standing, word: str) -> str:
    above = _facts_above(standing)
    if above is not None:
        return _field_within(f"{above}{word}")
    if not standing.whole:
        return ""
    if not standing.key:
        return meaning(_named(standing), word)
    properties = (_table(schema, "properties") for schema in _schemas(root, standing))
    return next((_shape(root, found[word]) for found in properties if word in found), "")


def _facts_above(standing: Standing) -> str | None:
    """Return what the names of fields there begin with, which the keys above say; None where no fields stand."""
    path = standing.path
    if not standing.key:
        return "" if path[-1:] == ("when",) else None
    for key, skipped in (("given", 1), ("fixtures", 2)):
        if key in path and len(path) >= path.index(key) + skipped:
            return "".join(f"{each}." for each in path[path.index(key) + skipped :])
    return None


def _field_within(word: str) -> str:
    """Tell of the field in *word*, which may end with a function of CEL."""
    less = word.rpartition(".")[0]
    return field_meaning(less if word not in known_fields() and less in known_fields() else word)


def _named(standing: Standing) -> str | None:
    """Return the last key that leads to *standing*."""
    return next((key for key in reversed(standing.path) if key is not None), None)


def _schemas(root: _Schema, standing: Standing) -> list[_Schema]:
    """Return what the schema *root* says of the place, or of the mapping that a key is in."""
    found = list(_alternatives(root, root))
    for step in standing.path:
        below = (each for schema in found if (each := _below(schema, step)) is not None)
        found = [each for schema in below for each in _alternatives(root, schema)]
    suiting = [schema for schema in found if _suits(schema, standing.beside)]
    return suiting if standing.key and suiting else found


def _alternatives(root: _Schema, schema: _Schema) -> Iterator[_Schema]:
    """Yield *schema*, and all that it refers to or leaves a choice of."""
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from _alternatives(root, _table(root, "$defs")[reference.rpartition("/")[2]])
    for key in ("anyOf", "oneOf"):
        listed = schema.get(key)
        for each in listed if isinstance(listed, list) else ():
            yield from _alternatives(root, each)


def _below(schema: _Schema, step: str | None) -> _Schema | None:
    if step is None:
        below = schema.get("items")
    else:
        below = _table(schema, "properties").get(step, schema.get("additionalProperties"))
    return below if isinstance(below, Mapping) else None


def _suits(schema: _Schema, beside: Mapping[str, str]) -> bool:
    """Say whether what is *beside* a key is what an alternative, such as one obligation among all, asks for."""
    return all(
        beside.get(key, about["const"]) == about["const"]
        for key, about in _table(schema, "properties").items()
        if "const" in about
    )


def _table(schema: _Schema, key: str) -> Mapping[str, _Schema]:
    found = schema.get(key)
    return found if isinstance(found, Mapping) else {}


def _words(schema: _Schema) -> list[str]:
    match schema:
        case {"const": str(word)}:
            return [word]
        case {"enum": [*words]}:
            return [str(word) for word in words]
        case {"type": "boolean"}:
            return ["true", "false"]
        case _:
            return []


def _shape(root: _Schema, schema: _Schema) -> str:
    """Say what a value of *schema* is."""
    return next(filter(None, map(_said, _alternatives(root, schema))), "")


def _said(schema: _Schema) -> str:
    told = ""
    match schema:
        case {"description": str(told)}:
            pass
        case {"const": word}:
            told = f"`{word}`"
        case {"enum": [*words]}:
            told = f"one of {', '.join(f'`{word}`' for word in words)}"
        case {"type": [*sorts]}:
            told = f"a {' or '.join(map(str, sorts))}"
        case {"type": sort}:
            told = f"a {_SORTS.get(str(sort), sort)}"
    return told
