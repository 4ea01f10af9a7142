"""
Complaints: what is wrong with a configuration, as Problems.

Rules:

1. A message names the key as it is written in the file, and a hint says what would be right.
2. A value is repeated only where it is a short word for which another word was expected. So no secret is ever shown, even
   one that stands in the wrong place.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from yett.compose.settings import Settings
from yett.model.errors import Place, Problem

__all__ = ["KeyPath", "Places", "complain", "dotted", "meant"]

KeyPath = tuple[str | int, ...]
"""A key's way down from the root."""


class Places(NamedTuple):
    """Where the configuration says what: *values* by path; *root* stands for what is said nowhere."""

    root: Place
    values: Mapping[KeyPath, Place]
    hidden: frozenset[KeyPath] = frozenset()
    """The paths whose values came out of a reference."""

    def of(self, path: KeyPath) -> Place:
        """Return the place of *path*, or of the nearest key above it that has one."""
        nearest = (path[:end] for end in range(len(path), 0, -1))
        return next((self.values[above] for above in nearest if above in self.values), self.root)


_WORD = re.compile(r"[A-Za-z0-9_.-]{1,24}\Z")
_WHOLE = "must be a whole number"
_MAPPING = "must be a mapping of keys and values"
_WRONG_TYPE = {
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": _WHOLE,
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "path_type": "must be a path",
    "tuple_type": "must be a list",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
_RANGE = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def dotted(path: KeyPath) -> str:
    """Write *path* as people do: `access.keys[0].secret`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def meant(word: str, choices: Iterable[str]) -> str:
    """Return the hint for *word*, which is none of *choices*."""
    known = sorted(choices)
    close = get_close_matches(word.lower(), known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{name}`' for name in known)}"


def complain(errors: Iterable[ErrorDetails], places: Places) -> tuple[Problem, ...]:
    """Turn what Pydantic found into problems, in the order of their places."""
    found = (_problem(error, places) for error in errors)
    return tuple(sorted(found, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column)))


def _problem(error: ErrorDetails, places: Places) -> Problem:
    path = tuple(step for step in error["loc"] if step != "[key]")
    kind, context = error["type"], error.get("ctx", {})
    if "message" in context:
        return _own(kind, path, context, places)
    if kind == "extra_forbidden":
        return _unknown_key(path, places.of(path))
    code, message, hint = _worded(error, path, places)
    return Problem(places.of(path), code, f"`{dotted(path)}` {message}", hint)


def _worded(error: ErrorDetails, path: KeyPath, places: Places) -> tuple[str, str, str]:
    """Word what Pydantic itself found: a code, a message without its subject, and a hint."""
    kind, context = error["type"], error.get("ctx", {})
    word = str(error["input"]) if _shown(error, path, places) else ""
    if kind == "missing":
        return "missing-key", "is missing", ""
    if kind == "literal_error":
        message = f"cannot be `{word}`" if word else "is not one of its words"
        return "unknown-value", message, meant(word, re.findall(r"'([^']*)'", str(context["expected"])))
    if kind in _RANGE:
        return "out-of-range", _RANGE[kind].format(**context), ""
    if kind in _WRONG_TYPE:
        return "wrong-type", f"{_WRONG_TYPE[kind]}{f', not `{word}`' if word else ''}", ""
    return "bad-value", f"is not right: {error['msg'].lower()}", ""


def _own(code: str, path: KeyPath, context: Mapping[str, object], places: Places) -> Problem:
    """Tell a problem that a validator of ours worded."""
    whole = (*path, str(context["key"])) if context["key"] else path
    message = str(context["message"])
    subject = f"`{dotted(whole)}` " if dotted(whole) else ""
    joined = message if message.startswith(("must", "is", "has", "names", "cannot")) else f"cannot be read: {message}"
    return Problem(places.of(whole), code, f"{subject}{joined}", str(context["hint"]))


def _unknown_key(path: KeyPath, place: Place) -> Problem:
    key, above = str(path[-1]), dotted(path[:-1])
    where = f" in `{above}`" if above else ""
    return Problem(place, "unknown-key", f"unknown key `{key}`{where}", meant(key, _keys(path[:-1])))


def _shown(error: ErrorDetails, path: KeyPath, places: Places) -> bool:
    value = error["input"]
    telling = error["type"] not in {"model_type", "model_attributes_type", "dict_type", "tuple_type", "string_type"}
    return telling and path not in places.hidden and isinstance(value, str) and _WORD.match(value) is not None


def _keys(path: KeyPath) -> tuple[str, ...]:
    """List the keys that may stand in the mapping at *path*."""
    model: type[BaseModel] = Settings
    for step in path:
        # A step that is no field is a name or a position, and what follows is below the same type.
        if isinstance(step, str) and step in model.model_fields:
            inner = _model(model.model_fields[step].annotation)
            if inner is None:
                return ()
            model = inner
    return tuple(model.model_fields)


def _model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for inner in map(_model, get_args(annotation)) if inner is not None), None)
