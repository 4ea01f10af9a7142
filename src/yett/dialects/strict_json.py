"""
Strict JSON: one body, one meaning.

Rules:

1. What two parsers could understand differently is refused: duplicate keys, NaN and infinities, lone surrogates, byte
   order marks, any encoding but UTF-8 (RFC 8259 leaves all of these open, and I-JSON, RFC 7493, closes them).
2. What could exhaust a parser behind us is refused: depth, number of values, digits of an integer.
3. What is sent on is our own serialisation of what was read, never the bytes that came in.
"""

import json
import re
from typing import NoReturn

import orjson

from yett.model.errors import CallerError

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "MAX_NODES", "dump", "parse"]

MAX_DEPTH = 64
"""Deepest nesting of arrays and objects; common parsers give up between 200 and 1,000."""
MAX_NODES = 100_000
"""Most values in one body."""
MAX_DIGITS = 300
"""Most digits of an integer: beyond 308 a double overflows to infinity."""
_SHOWN = 60
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""A string, or what begins as one and never ends; so that no quote is looked at twice."""


def parse(body: bytes | str, nodes: int = MAX_NODES) -> object:
    """
    Parse *body*, which may hold at most *nodes* values.

    Raises:
        CallerError: it is not JSON, or could be understood in two ways, or is too deep or too large.
    """
    if isinstance(body, bytes) and (plain := _plain(body, nodes)) is not None:
        return plain
    text = body if isinstance(body, str) else _decoded(body)
    openings = text.count("[") + text.count("{")
    if openings + text.count(",") >= nodes:
        _count(text, nodes)
    try:
        payload: object = _DECODER.decode(text)
    except RecursionError:
        _refuse(f"the JSON is nested deeper than {MAX_DEPTH} levels")
    except json.JSONDecodeError as error:
        _refuse(f"malformed JSON at line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}")
    if openings > MAX_DEPTH:
        _measure(payload)
    if "\\ud" in text or "\\uD" in text:
        _reject_surrogates(payload)
    return payload


def _plain(body: bytes, nodes: int) -> object:
    """
    Return what *body* says if it is the one compact form of that, which most clients write; None where it is not.

    What serialises to the very bytes that were read has no key twice, nothing that is no JSON, and only one meaning.
    """
    brackets = body.translate(None, _NO_BRACKETS)
    openings = brackets.count(b"[") + brackets.count(b"{")
    # Every value begins with a character of its own, so that short bodies cannot hold too many.
    if (len(body) >= nodes and openings + body.count(b",") >= nodes) or (
        openings > MAX_DEPTH and _levels(brackets) > MAX_DEPTH
    ):
        return None
    try:
        payload: object = orjson.loads(body)
        return payload if orjson.dumps(payload) == body else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def _levels(brackets: bytes) -> int:
    """Count the levels of a body with those *brackets*, at least; some in strings may make it seem deeper than it is."""
    levels = 0
    while brackets and levels <= MAX_DEPTH:
        inner = brackets.replace(b"[]", b"").replace(b"{}", b"")
        levels += 1 if len(inner) < len(brackets) else MAX_DEPTH
        brackets = inner
    return levels


def dump(payload: object) -> bytes:
    """Serialise *payload* as compact UTF-8."""
    try:
        return orjson.dumps(payload)
    except TypeError:  # integers of more than 64 bits
        return json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _decoded(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        _refuse(f"the body is not UTF-8: invalid byte at offset {error.start}")
    if text.startswith("\ufeff"):
        _refuse("the body begins with a byte order mark; send plain UTF-8")
    return text


def _count(text: str, nodes: int) -> None:
    """Count the values before any is made: each opens a list or an object, or follows a comma or an opening."""
    bare = _STRING.sub("", text)
    if bare.count("[") + bare.count("{") + bare.count(",") >= nodes:
        _refuse(f"the JSON holds more than {nodes} values")


def _measure(payload: object) -> None:
    """Count the levels, breadth first, so that depth cannot exhaust us."""
    level, depth = [payload], 0
    while level := [value for value in level if type(value) in (dict, list)]:
        depth += 1
        if depth > MAX_DEPTH:
            _refuse(f"the JSON is nested deeper than {MAX_DEPTH} levels")
        level = [item for value in level for item in (value.values() if isinstance(value, dict) else _items(value))]


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _reject_surrogates(payload: object) -> None:
    try:
        json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse("the JSON holds half of a surrogate pair, which is no character")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        _refuse(f"ambiguous JSON: the key `{_shown(twice)}` occurs twice in one object; send it once")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        _refuse(f"the JSON holds an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value - value != 0.0:  # only infinity differs from itself
        _refuse(f"the number `{digits[:_SHOWN]}` is larger than any double")
    return value


def _constant(name: str) -> NoReturn:
    _refuse(f"`{name}` is not JSON")


def _shown(text: str) -> str:
    return text[:_SHOWN].encode("utf-8", "backslashreplace").decode()


def _refuse(message: str) -> NoReturn:
    raise CallerError(message)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)
