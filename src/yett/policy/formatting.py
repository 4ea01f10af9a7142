"""
Formatting: policies in their canonical form.

Rules:

1. What is written means what was read: the result is read again, and compared, before anybody gets it.
2. Keys are in one order, except those that an author chose: facts, constants, quantities. What fits stands on one line.
3. Every comment stays, above what it belongs to.
4. A policy without `apiVersion` gets the one that it has always had.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from yett.model.errors import Place
from yett.policy.comments import anchors, attached, comments
from yett.policy.nodes import Items, Node, Scalar, Table
from yett.policy.problems import Problems
from yett.policy.source import read

__all__ = ["formatted"]

_WIDTH = 120
_ORDER = (
    "apiVersion",
    "metadata",
    "constants",
    "rules",
    "tests",
    "status",
    "id",
    "name",
    "version",
    "namespace",
    "priority",
    "closed",
    "description",
    "owner",
    "tags",
    "enabled",
    "stages",
    "condition",
    "when",
    "all",
    "any",
    "not",
    "operator",
    "field",
    "value",
    "conditions",
    "action",
    "on_missing",
    "expires",
    "type",
    "decision",
    "reason",
    "limit",
    "route",
    "require_approval",
    "obligations",
    "what",
    "kinds",
    "how",
    "keep",
    "origins",
    "channel",
    "quantity",
    "models",
    "level",
    "message",
    "given",
    "text",
    "origin",
    "stage",
    "expect",
    "effect",
    "allowed",
)
_RANK = MappingProxyType({key: rank for rank, key in enumerate(_ORDER)})
_FREE = frozenset({"given", "constants", "limit", "expect"})
"""What lies below these keeps the order that its author gave it."""
_SPREAD = frozenset({"rules", "tests"})
"""The lists at the top of a policy whose items each have lines of their own."""
_VERSION = (Scalar(Place(""), "apiVersion", "apiVersion"), Scalar(Place(""), "yett/v1", "yett/v1"))


def formatted(text: str, file: str, problems: Problems) -> str | None:
    """
    Return the policies in *text* in their canonical form; None where that would say something else.

    What is no policy, such as another program's file, goes to *problems* as what cannot be read does, and has no form here.
    """
    roots = read(text, file, problems)
    for root in roots:
        if not (isinstance(root, Table) and any(key.text == "rules" for key, _ in root.entries)):
            problems.add(root.place, "no-rules", "is no policy: it has no `rules`", "name files with policies")
    if problems:
        return None
    owned, behind = attached(text, roots)
    writer = _Writer(owned)
    parts = ["\n".join(writer.document(root)) for root in roots]
    result = "\n---\n".join(parts) + "\n" + "".join(f"{comment}\n" for comment in behind)
    return result if _same(text, roots, result) else None


def _same(text: str, roots: tuple[Node, ...], result: str) -> bool:
    """Say whether *result* is read as *roots* are, and keeps their comments."""
    problems = Problems()
    again = read(result, "", problems)
    kept = sorted(comment for _, comment in comments(result, again))
    same = [_meaning(root) for root in map(_upgraded, roots)] == [_meaning(root) for root in again]
    return same and not problems and kept == sorted(comment for _, comment in comments(text, roots))


def _meaning(node: Node) -> object:
    match node:
        case Scalar(value=value, text=text):
            return type(value).__name__, text if value is not None else ""
        case Items(items=items):
            return [_meaning(item) for item in items]
        case Table(entries=entries):
            return {key.text: _meaning(value) for key, value in entries}


def _upgraded(root: Node) -> Node:
    if not isinstance(root, Table) or any(key.text == "apiVersion" for key, _ in root.entries):
        return root
    return Table(root.place, (_VERSION, *root.entries))


class _Writer:
    """Write nodes as lines, comments above what owns them."""

    def __init__(self, owned: Mapping[int, tuple[str, ...]]) -> None:
        self._owned = owned

    def document(self, root: Node) -> Iterator[str]:
        """Write one policy."""
        yield from self._comments(root)
        upgraded = _upgraded(root)
        if isinstance(upgraded, Table):
            yield from self._table(upgraded, "", _SPREAD, free=False)
        else:
            yield from self._spread(upgraded, "", frozenset(), free=False)

    def _comments(self, anchor: Node, indent: str = "") -> Iterator[str]:
        return (f"{indent}{comment}" for comment in self._owned.get(id(anchor), ()))

    def _spread(self, node: Node, indent: str, spread: frozenset[str], *, free: bool) -> Iterator[str]:
        match node:
            case Table():
                yield from self._table(node, indent, frozenset(), free=free)
            case Items(items=items):
                for item in items:
                    yield from self._item(item, indent, own_lines=bool(spread), free=free)
            case Scalar():
                yield f"{indent}{_flow(node, free=free)}"

    def _table(self, table: Table, indent: str, spread: frozenset[str], *, free: bool) -> Iterator[str]:
        for key, value in _ordered(table, free=free):
            yield from self._comments(key, indent)
            inner_free = free or key.text in _FREE
            head = f"{indent}{_scalar(key)}:"
            line = f"{head} {_flow(value, free=inner_free)}"
            lists = key.text in spread and isinstance(value, Items) and bool(value.items)
            literal = _literal(value)
            if literal is not None:
                yield f"{head} {literal[0]}"
                yield from (f"{indent}  {each}" if each else "" for each in literal[1:])
            elif not lists and self._fits(value, line):
                yield line
            else:
                yield head
                deeper = spread if key.text in spread else frozenset[str]()
                yield from self._spread(value, f"{indent}  ", deeper, free=inner_free)

    def _item(self, item: Node, indent: str, *, own_lines: bool, free: bool) -> Iterator[str]:
        yield from self._comments(item, indent)
        line = f"{indent}- {_flow(item, free=free)}"
        if self._fits(item, line) and not (own_lines and isinstance(item, Table) and item.entries):
            yield line
            return
        lines = self._spread(item, f"{indent}  ", frozenset(), free=free)
        first = next(lines)
        while first.lstrip().startswith("#"):
            yield f"{indent}{first.lstrip()}"
            first = next(lines)
        yield f"{indent}- {first[len(indent) + 2 :]}"
        yield from lines

    def _fits(self, node: Node, line: str) -> bool:
        if isinstance(node, Scalar):
            return True
        filled = bool(node.entries if isinstance(node, Table) else node.items)
        inner = list(anchors(node))[1:]
        return not filled or (len(line) <= _WIDTH and not any(id(anchor) in self._owned for anchor in inner))


def _ordered(table: Table, *, free: bool) -> list[tuple[Scalar, Node]]:
    entries = list(table.entries)
    return entries if free else sorted(entries, key=lambda entry: _RANK.get(entry[0].text, len(_RANK)))


def _flow(node: Node, *, free: bool) -> str:
    match node:
        case Scalar():
            return _scalar(node)
        case Items(items=items):
            return f"[{', '.join(_flow(item, free=free) for item in items)}]"
        case Table():
            entries = _ordered(node, free=free)
            told = (f"{_scalar(key)}: {_flow(value, free=free or key.text in _FREE)}" for key, value in entries)
            return f"{{{', '.join(told)}}}"


def _scalar(scalar: Scalar) -> str:
    text = scalar.text
    if scalar.value is None:
        return "null"
    if not isinstance(scalar.value, str) or _plain(text):
        return text
    if text.isprintable():
        return f"'{text.replace(chr(39), chr(39) * 2)}'" if '"' in text or "\\" in text else f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _plain(text: str) -> bool:
    """Say whether *text*, as it stands, is read as this string."""
    if not text.isprintable():
        return False
    problems = Problems()
    match read(f"[{text}]", "", problems):
        case (Items(items=(Scalar(value=value, written=written),)),) if not problems:
            return value == text == written
    return False


def _escaped(char: str) -> str:
    if char.isprintable() and char not in {'"', "\\"}:
        return char
    if char in '"\\\n\t\r':
        return json.dumps(char)[1:-1]
    return f"\\U{ord(char):08X}"


def _literal(node: Node) -> list[str] | None:
    """Return *node* as a block of lines, with its mark first; None where it is no text of several lines."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or "\n" not in node.text.rstrip("\n"):
        return None
    body = node.text.removesuffix("\n")
    lines = body.split("\n")
    if body.startswith((" ", "\n")) or body.endswith("\n") or not all(line.isprintable() for line in lines):
        return None
    return ["|" if body != node.text else "|-", *lines]
