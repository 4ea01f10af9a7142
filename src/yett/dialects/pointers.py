"""
Pointers: where in a payload, and how to write there.

Rules:

1. A pointer is a JSON pointer (RFC 6901): `/messages/0/content`; the empty one is the whole document.
2. `#` ends a token whose value is a string that holds JSON, and what follows points into that JSON:
   `/messages/2/tool_calls/0/function/arguments#/to`. A `#` that belongs to a key is written `~2`, beside RFC 6901's
   `~0` for `~` and `~1` for `/`, so no key can pretend to be a step inside.
3. `~key` at the end means the key itself, not its value: `/metadata/colour~key`. It is no escape of RFC 6901, so no
   key can pretend to be it either.
4. A document is never changed in place: `replaced` answers a copy that shares whatever did not change.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from yett.dialects import strict_json

__all__ = ["KEY", "REMOVED", "Removed", "escaped", "get", "joined", "replaced", "tokens"]

KEY = "~key"
"""Marks a pointer that means a key."""
_NESTED = object()
_ESCAPES = (("~", "~0"), ("/", "~1"), ("#", "~2"))


class Removed(Enum):
    """What `replaced` is given in place of a value that must go."""

    REMOVED = "removed"


REMOVED = Removed.REMOVED


def escaped(key: str) -> str:
    """Write *key* as one token of a pointer."""
    if "~" in key or "/" in key or "#" in key:
        for plain, escape in _ESCAPES:
            key = key.replace(plain, escape)
    return key


def joined(keys: Iterable[str | int]) -> str:
    """Write *keys* as a pointer."""
    return "".join(f"/{escaped(str(key))}" for key in keys)


def tokens(pointer: str) -> list[str]:
    """List the keys of *pointer*; the step into nested JSON and the mark of a key are left out."""
    return [token for token in _steps(pointer.removesuffix(KEY)) if isinstance(token, str)]


def get(document: object, pointer: str) -> object:
    """
    Return the value, or for a pointer to a key the key, at *pointer*.

    Raises:
        LookupError: there is none.
    """
    value, last = document, ""
    for step in _steps(pointer.removesuffix(KEY)):
        if step is _NESTED and isinstance(value, str):
            value = strict_json.parse(value)
        elif isinstance(value, dict) and step in value:
            value, last = value[step], str(step)
        elif isinstance(value, list) and isinstance(step, str) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            message = f"there is nothing at `{pointer}`"
            raise LookupError(message)
    return last if pointer.endswith(KEY) else value


def replaced(document: object, edits: Mapping[str, object]) -> object:
    """
    Copy *document* with the values at the pointers of *edits* replaced, or taken out where they are REMOVED.

    An edit of a value overrides edits below it. Positions in arrays are those before anything was taken out.

    Raises:
        LookupError: a pointer leads nowhere, or means a key.
    """
    whole: dict[object, Any] = {}
    for pointer in sorted(edits, key=len, reverse=True):  # so that an edit comes after those below it
        if pointer.endswith(KEY):
            message = f"a key cannot be replaced: `{pointer}`"
            raise LookupError(message)
        branch = whole
        *path, last = (None, *_steps(pointer))
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = _Leaf(edits[pointer])
    return _edited(document, whole.get(None))


class _Leaf:
    """An edit's value; a type of its own, for a new value may be a dictionary too."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def _steps(pointer: str) -> Iterable[object]:
    if not pointer:
        return
    # a pointer into nested JSON may begin with the step itself: `#/to`
    head, *rest = pointer.split("/")
    if head not in {"", "#"}:
        message = f"`{pointer}` is no pointer"
        raise LookupError(message)
    if head:
        yield _NESTED
    for token in rest:
        nested = token.endswith("#")
        key = token[:-1] if nested else token
        yield key.replace("~2", "#").replace("~1", "/").replace("~0", "~") if "~" in key else key
        if nested:
            yield _NESTED


def _edited(value: object, branch: object) -> object:
    if isinstance(branch, _Leaf):
        return branch.value
    if not isinstance(branch, dict) or not branch:
        return value
    if _NESTED in branch and isinstance(value, str):
        return strict_json.dump(_edited(strict_json.parse(value), branch[_NESTED])).decode()
    if isinstance(value, dict):
        _demand(branch, value.keys())
        pairs = ((key, _edited(item, branch.get(key))) for key, item in value.items())
        return {key: item for key, item in pairs if item is not REMOVED}
    if isinstance(value, list):
        _demand(branch, [str(position) for position in range(len(value))])
        items = (_edited(item, branch.get(str(position))) for position, item in enumerate(value))
        return [item for item in items if item is not REMOVED]
    message = "an edit leads below a value that holds nothing"
    raise LookupError(message)


def _demand(branch: Mapping[object, object], present: Iterable[str]) -> None:
    if missing := branch.keys() - set(present):
        message = f"there is no `{next(iter(missing))}` to write to"
        raise LookupError(message)
