"""Comments: what stands in a policy's file beside its values, and to what each belongs."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from yett.policy.nodes import Items, Node, Scalar, Table

__all__ = ["anchors", "attached", "comments"]

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, whose lines the parser counts."""
_HASH = re.compile(r"(?<![^ \t\n])#[^\r\n\x85\u2028\u2029]*")


def comments(text: str, roots: Iterable[Node]) -> tuple[tuple[int, str], ...]:
    """Return the comments in *text*, which was read as *roots*, each with its line."""
    text = text.removeprefix("\ufeff")
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    bare = list(text)
    for scalar in _scalars(roots):
        begin = starts[scalar.place.line - 1] + scalar.place.column - 1
        header = scalar.written.partition("\n")[0]
        if scalar.written[:1] in {"|", ">"} and "#" in header:
            begin += len(header)
        end = starts[scalar.place.line - 1] + scalar.place.column - 1 + len(scalar.written)
        bare[begin:end] = ["x" if char.isprintable() else char for char in bare[begin:end]]
    return tuple(
        (bisect_right(starts, found.start()), text[found.start() : found.end()].rstrip())
        for found in _HASH.finditer(_BREAK.sub(lambda each: "\n" * len(each[0]), "".join(bare)))
    )


def attached(text: str, roots: Iterable[Node]) -> tuple[Mapping[int, tuple[str, ...]], tuple[str, ...]]:
    """
    Return the comments by the identity of the key or item that each belongs to, and those behind everything.

    One at the end of a line belongs to the first thing on that line, and one on its own line to what comes next.
    """
    roots = tuple(roots)
    placed = [(anchor.place.line, id(anchor)) for root in roots for anchor in anchors(root)]
    owned: dict[int, tuple[str, ...]] = {}
    behind = []
    for line, comment in comments(text, roots):
        owner = next((name for at, name in placed if at >= line), None)
        if owner is None:
            behind.append(comment)
        else:
            owned[owner] = (*owned.get(owner, ()), comment)
    return owned, tuple(behind)


def anchors(node: Node) -> Iterator[Node]:
    """Iterate over what comments can belong to, in the order of the file: *node*, keys and items below it."""
    yield node
    match node:
        case Table(entries=entries):
            for key, value in entries:
                yield key
                if not isinstance(value, Scalar):
                    yield from list(anchors(value))[1:]
        case Items(items=items):
            for item in items:
                yield from anchors(item)
        case _:
            pass


def _scalars(nodes: Iterable[Node]) -> Iterator[Scalar]:
    for node in nodes:
        match node:
            case Scalar():
                yield node
            case Items(items=items):
                yield from _scalars(items)
            case Table(entries=entries):
                for key, value in entries:
                    yield key
                    yield from _scalars((value,))
