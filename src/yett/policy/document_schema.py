"""
Document schema: what a policy may say, as JSON Schema, for editors that complete and check.

It is made of the reader's own tables. It says what shape a policy has; the reader alone knows whether types suit fields.
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from yett.model.decision import Effect
from yett.model.kinds import FAMILIES, KINDS
from yett.model.obligation import Transform
from yett.model.release import NAMESPACE
from yett.model.stage import Stage
from yett.policy.actions import ACTION_KEYS, MOST_KEPT, OBLIGATIONS
from yett.policy.conditions import CONDITION_KEYS
from yett.policy.documents import Status
from yett.policy.expression import Operator
from yett.policy.reading import CASE_KEYS, DOCUMENT_KEYS, EXPECT_KEYS, METADATA_KEYS, RULE_KEYS, VERSION
from yett.policy.schema import OPEN, ORIGINS, known_fields
from yett.policy.suites import SUITE_KEYS, TEST_KEYS, WHERE

__all__ = ["document_schema", "suite_schema"]

_Schema = Mapping[str, object]
_TEXT: _Schema = {"type": "string"}
_LABEL: _Schema = {"type": ["string", "number", "boolean"]}
"""A name is taken as it is written, so `version: 1.0` is one."""
_FLAG: _Schema = {"type": "boolean"}
_WHOLE: _Schema = {"type": "integer", "minimum": 0}
_SCALAR: _Schema = {"type": ["string", "number", "boolean"]}
_DAY: _Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_TEXTS: _Schema = {"type": "array", "items": _TEXT, "minItems": 1}
_VALUE: _Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}


def _one_of(words: Iterable[str]) -> _Schema:
    return {"enum": list(words)}


def _list(item: _Schema) -> _Schema:
    return {"type": "array", "items": item}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


_CONDITIONS: _Schema = {"type": "array", "items": _ref("condition"), "minItems": 1}
_KEYS: Mapping[str, _Schema] = MappingProxyType(
    {
        "apiVersion": {"const": VERSION},
        "metadata": _ref("metadata"),
        "rules": _list(_ref("rule")),
        "tests": _list(_ref("test")),
        "status": _one_of(Status),
        "constants": {"type": "object", "additionalProperties": _VALUE},
        "id": _LABEL,
        "name": _LABEL,
        "version": _LABEL,
        "namespace": {**_LABEL, "pattern": f"^{NAMESPACE}$"},
        "priority": {"type": "integer"},
        "description": _LABEL,
        "owner": _LABEL,
        "tags": _TEXTS,
        "closed": _FLAG,
        "expires": _DAY,
        "condition": _ref("condition"),
        "when": {"type": "string", "minLength": 1, "description": "a line of CEL"},
        "all": _CONDITIONS,
        "any": _CONDITIONS,
        "not": _ref("condition"),
        "action": _ref("action"),
        "enabled": _FLAG,
        "stages": {"type": "array", "items": _one_of(Stage), "minItems": 1},
        "on_missing": _one_of(("match", "skip")),
        "operator": _one_of(Operator),
        "field": _ref("field"),
        "value": _VALUE,
        "conditions": _CONDITIONS,
        "decision": _one_of(Effect),
        "effect": _one_of(Effect),
        "reason": _TEXT,
        "obligations": _list(_ref("obligation")),
        "limit": {"type": "object", "additionalProperties": _WHOLE, "minProperties": 1},
        "route": {"type": "object", "properties": {"models": _TEXTS}, "required": ["models"], "additionalProperties": False},
        "require_approval": {"type": "object", "properties": {"level": _WHOLE}, "additionalProperties": False},
        "given": {"type": "object"},
        "stage": _one_of(Stage),
        "expect": _ref("expect"),
        "allowed": _FLAG,
        "policies": _TEXTS,
        "now": _TEXT,
        "fixtures": {"type": "object", "additionalProperties": {"type": "object"}},
        "use": _TEXTS,
        "matrix": {"type": "object", "additionalProperties": _list(_SCALAR)},
        "where": {"type": "object", "additionalProperties": _VALUE},
    }
)  # fmt: skip
_OBLIGED: Mapping[str, _Schema] = MappingProxyType(
    {
        "kinds": {"type": "array", "items": _ref("kind"), "minItems": 1},
        "how": _one_of(Transform),
        "keep": {"type": "integer", "minimum": 0, "maximum": MOST_KEPT},
        "what": {"const": "segment"},
        "origins": {"type": "array", "items": _one_of(ORIGINS), "minItems": 1},
        "channel": _LABEL,
        "message": _TEXT,
        "quantity": _LABEL,
        "limit": _WHOLE,
        "models": _TEXTS,
        "level": {"type": "integer", "minimum": 1},
    }
)


def document_schema() -> dict[str, object]:
    """Return the JSON Schema of one policy."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yett policy",
        **_table(DOCUMENT_KEYS, ("metadata", "rules")),
        "$defs": {
            "metadata": _table(METADATA_KEYS, ("id",)),
            "rule": _table(RULE_KEYS, ("id", "action")),
            "test": _table(CASE_KEYS, ("given", "expect")),
            "expect": {**_table(EXPECT_KEYS, ()), "minProperties": 1, **_expected(EXPECT_KEYS)},
            "action": _table(ACTION_KEYS, ("decision",)),
            "condition": {
                **_table(CONDITION_KEYS, ()),
                "anyOf": [{"required": [key]} for key in ("operator", "when", "all", "any", "not")],
            },
            "obligation": {"oneOf": [_obligation(kind) for kind in OBLIGATIONS]},
            "field": {"anyOf": [_one_of(known_fields()), {"type": "string", "pattern": f"^({'|'.join(OPEN)})\\."}]},
            "kind": {"anyOf": [_one_of(_kinds()), {"type": "string", "pattern": _open_kinds()}]},
        },
    }


def suite_schema() -> dict[str, object]:
    """Return the JSON Schema of one suite, before its holes are filled: a text may stand where a word is asked for."""
    one, several = ({**_table(keys, ()), **_expected(keys)} for keys in (EXPECT_KEYS, (*EXPECT_KEYS, WHERE)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yett suite",
        **_table(SUITE_KEYS, ("tests",)),
        "$defs": {
            "test": _table(TEST_KEYS, ("expect",)),
            "expect": {"anyOf": [one, _list(several)]},
        },
    }


def _table(keys: Collection[str], required: Collection[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {key: _KEYS[key] for key in keys},
        "required": list(required),
        "additionalProperties": False,
    }


def _expected(keys: Collection[str]) -> dict[str, object]:
    return {"properties": {**{key: _KEYS[key] for key in keys}, "rules": _list(_LABEL)}}


def _obligation(kind: str) -> _Schema:
    keys, required = next((keys, required) for each, (keys, required, _) in OBLIGATIONS.items() if each == kind)
    return {
        "type": "object",
        "properties": {"type": {"const": str(kind)}, **{key: _OBLIGED[key] for key in keys}},
        "required": ["type", *required],
        "additionalProperties": False,
    }


def _kinds() -> list[str]:
    return sorted({"*", *FAMILIES, *(kind for kind in KINDS if not kind.endswith("."))})


def _open_kinds() -> str:
    prefixes = (kind.replace(".", r"\.") for kind in KINDS if kind.endswith("."))
    return f"^({'|'.join(prefixes)})."
